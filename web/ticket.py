"""The ticket: one order's page, with its number and QR code, and its own stream of events."""

from __future__ import annotations

from urllib.parse import urlsplit

import segno
from markupsafe import Markup
from quart import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from orders.errors import BookUnavailable, TransitionRefused
from orders.states import Actor, Status
from web.counter import counter, stream
from web.door import EVERYWHERE, address_on_the_net, is_loopback
from web.problems import Unacceptable
from web.texts import choose_language, language
from web.texts import gettext as _

ticket = Blueprint("ticket", __name__)


@ticket.get("/orders/<order_id>")
async def show_ticket(order_id: str) -> Response:
    order = await counter().book.order(order_id)
    choose_language(order.language)
    address = _public_address() + url_for("ticket.show_ticket", order_id=order_id)
    names = {sku: item.called(language()) for sku, item in counter().book.menu.items.items()}
    done, of = order.progress or (None, None)
    page = await render_template(
        "ticket.html",
        order=order,
        names=names,
        total_cents=order.total_cents,
        progress_done=done,
        progress_of=of,
        qr_svg=_qr(address),
        ticket_url=address,
        can_cancel=order.status is Status.PENDING,
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
    """The order's stream. A finished order has none: 204 tells the browser to stop asking.

    While Redis is away nobody knows which orders there are. A browser gives up for good on any answer
    but 200, so the stream is opened all the same and says that it is blind.
    """
    try:
        if (await counter().book.order(order_id)).finished:
            return Response(status=204)
    except BookUnavailable:
        pass
    return stream(counter().hub.follow(order_id))


def _qr(address: str) -> Markup:
    code = segno.make(address, error="m")
    return Markup(code.svg_inline(scale=4, border=2, omitsize=True))  # noqa: S704 - segno's own


def _public_address() -> str:
    """The address under which phones in the hall reach this counter, without a path."""
    settings = counter().settings
    if settings.public_url:
        return settings.public_url
    asked = urlsplit(request.host_url)
    if not is_loopback(asked.hostname or ""):
        return f"{asked.scheme}://{asked.netloc}"
    outside = address_on_the_net() if settings.host in EVERYWHERE else None
    port = f":{asked.port}" if asked.port else ""
    return f"{asked.scheme}://{outside or asked.hostname}{port}"
