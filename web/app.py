"""The counter put together: routes, errors, texts, and the resources that live while it serves."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING

from quart import Quart

from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.settings import Settings
from web import error_answers, texts
from web.api import api
from web.api_staff import api_staff
from web.board import board
from web.cashier import cashier
from web.counter import Counter
from web.cross_site import refuse_cross_site
from web.docs import docs
from web.doorkeeper import Doorkeeper
from web.headers import SecurityHeaders, keep_to_https
from web.health import health
from web.hooks import hooks
from web.hub import Hub
from web.kitchen_api import kitchen_api
from web.kitchen_screen import kitchen_screen
from web.menu import menu
from web.metrics import metrics
from web.office import office
from web.office_csv import office_csv
from web.openapi import openapi
from web.pin import staff_pin
from web.proxies import TrustedProxies
from web.rate_limit import RateLimit
from web.schedule import schedule
from web.seats import Seats
from web.session import NoSessions, Sessions
from web.sign_in import sign_in
from web.streams import Streams
from web.ticket import ticket
from web.totals import totals
from web.vitals import Stopwatch, Vitals

if TYPE_CHECKING:
    from web.workshop.opening import Staging

log = logging.getLogger("web")

LARGEST_BODY = 64 * 1024
BLUEPRINTS = (
    cashier,
    ticket,
    board,
    kitchen_screen,
    kitchen_api,
    office,
    office_csv,
    api,
    api_staff,
    menu,
    sign_in,
    health,
    totals,
    metrics,
    openapi,
    docs,
    schedule,
    hooks,
)


def create_app(settings: Settings, staging: Staging | None = None) -> Quart:
    """The ASGI application of one web process; with a `staging` there is the workshop.

    Raises MenuError, OSError (the PIN's file).
    """
    app = _bare()
    book = OrderBook(settings)
    hub = Hub(book)
    vitals = Vitals(book, hub)
    app.extensions["counter"] = Counter(
        settings,
        staff_pin(settings)[0],
        Sessions(app, settings),
        book,
        hub,
        Seats(settings.max_streams, settings.max_streams_per_address),
        vitals,
        staging.invitation if staging else None,
    )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if staging is not None:
        from web.workshop.page import put_up

        put_up(app, staging)
    error_answers.register(app)
    app.context_processor(texts.for_templates)
    _guard(app, settings)
    _wrap(app, settings, vitals)

    @app.while_serving
    async def _open() -> AsyncGenerator[None, None]:
        async with book, hub.open(), vitals.reported():
            await _choose_crew(book, settings)
            yield

    return app


def _bare() -> Quart:
    here = _home()
    app = Quart("web", static_folder=str(here / "static"), template_folder=str(here / "templates"))
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0  # asked for again each time, and answered 304
    app.session_interface = NoSessions()
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    return app


def _guard(app: Quart, settings: Settings) -> None:
    """What looks at each request before its route does, or at the answer."""
    if settings.rate_limit:
        app.before_request(RateLimit(settings.rate_limit).count)
    app.before_request(refuse_cross_site)
    if settings.hsts_days:
        keep_to_https(app, settings.hsts_days)


def _wrap(app: Quart, settings: Settings, vitals: Vitals) -> None:
    """Put ASGI layers around Quart, as Quart documents it: the last is the outermost. What lies inside
    of the streams has done its work, and is forgotten, when a viewer settles down to stay.
    """
    inner = SecurityHeaders(Doorkeeper(Stopwatch(app.asgi_app, vitals)))
    app.asgi_app = Streams(inner)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        app.asgi_app = TrustedProxies(  # type: ignore[method-assign]
            app.asgi_app, settings.trusted_proxies
        )


async def _choose_crew(book: OrderBook, settings: Settings) -> None:
    if settings.kitchen is None:
        return
    try:
        await book.crew.choose(settings.kitchen)
    except BookUnavailable:
        log.warning("Redis is away; who cooks stays as it was")


def _home() -> Path:
    """Where `static/` and `templates/` are: beside `web/` in the source, inside it when installed."""
    package = Path(__file__).parent
    return package if (package / "static").is_dir() else package.parent
