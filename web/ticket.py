"""The ticket: one order's page, with its number and QR code, and its own stream of events."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from babel.units import format_unit
from quart import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from orders.errors import BookUnavailable, TransitionRefused
from orders.states import Actor, Status
from web.address import public_address
from web.counter import counter, stream
from web.estimate import Range
from web.followers import mark
from web.outlook import Progress
from web.problem import Unacceptable
from web.qr import qr
from web.texts import choose_language, language
from web.texts import gettext as _

ticket = Blueprint("ticket", __name__)

IN_SECONDS_TO_MS = 90_000  # what takes longer is told in minutes


@ticket.get("/orders/<order_id>")
async def show_ticket(order_id: str) -> Response:
    order = await counter().book.order(order_id)
    choose_language(order.language)
    address = public_address() + url_for("ticket.show_ticket", order_id=order_id)
    names = {sku: item.called(language()) for sku, item in counter().book.menu.items.items()}
    done, of = order.progress or (None, None)
    outlook = counter().hub.outlook(Progress.of(order))
    page = await render_template(
        "ticket.html",
        order=order,
        names=names,
        total_cents=order.total_cents,
        progress_done=done,
        progress_of=of,
        place=None if outlook.ahead is None else outlook.ahead + 1,
        ready_in=outlook.ready and in_words(outlook.ready),
        results=_results(order.result, names),
        seen=mark(order),
        qr_svg=qr(address),
        ticket_url=address,
    )
    return Response(page, headers={"Cache-Control": "no-store"})


@ticket.post("/orders/<order_id>/cancel")
async def cancel_order(order_id: str) -> AnyResponse:
    try:
        await counter().book.set_status(order_id, Status.REVOKED, Actor.CUSTOMER)
    except TransitionRefused as error:
        raise Unacceptable(
            409,
            "too-late",
            _("Too late to cancel"),
            _("Your order is already being prepared or ready. Please ask at the counter."),
            reference=error.order.reference,
        ) from error
    asked = request.args.get("lang")
    return redirect(url_for("ticket.show_ticket", order_id=order_id, lang=asked), 303)


@ticket.get("/orders/<order_id>/events")
async def order_events(order_id: str) -> Response:
    """The order's stream. A finished order has none: 204 tells the browser to stop asking, unless it was
    cut off before the end and comes back (Last-Event-ID; a page says what it was loaded with).

    While Redis is away nobody knows which orders there are. A browser gives up for good on any answer
    but 200, so the stream is opened all the same and says that it is blind.
    """
    try:
        order = await counter().book.order(order_id)
        seen = request.headers.get("Last-Event-ID") or request.args.get("seen")
        if order.finished and (not seen or seen == mark(order)):
            return Response(status=204)
    except BookUnavailable:
        pass
    return stream(counter().hub.follow(order_id))


def in_words(ready: Range) -> str:
    """From when to when, rounded outwards, in the reader's language and the figures of the numbers.

    static/js/order-outlook.js says the same, from the next word on.
    """
    minutes = ready.high_ms > IN_SECONDS_TO_MS
    unit, size, step = ("minute", 60_000, 1) if minutes else ("second", 1_000, 10)
    low = math.floor(ready.low_ms / size / step) * step
    high = math.ceil(ready.high_ms / size / step) * step
    longest = format_unit(high, f"duration-{unit}", locale=language(), numbering_system="latn")
    return f"{low}\N{EN DASH}{longest}" if low else _("{time} at most", time=longest)


def _results(result: object, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the recipes returned, by dish, in words; recipes may return anything that is JSON."""
    if not isinstance(result, dict):
        return [] if result is None else [("", _plainly(result))]
    return [(names.get(sku, sku), _plainly(returned)) for sku, returned in result.items()]


def _plainly(value: object) -> str:
    match value:
        case str():
            return value
        case list():
            return ", ".join(map(_plainly, value))
        case dict():
            return ", ".join(f"{name}: {_plainly(inner)}" for name, inner in value.items())
    return json.dumps(value)
