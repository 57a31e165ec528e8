"""The kitchen screen: the open orders as cards, for people at the stove and to watch the robots.

Its page works without JavaScript: every button is a form. With it, the same forms become taps that are
sent to the API, and the stream keeps the cards true.
"""

from __future__ import annotations

import time
from http import HTTPStatus

from quart import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from orders.errors import BookUnavailable, NotWaiting, OrderMovedOn, TransitionRefused
from orders.model import Order
from orders.states import Actor, Status
from web.counter import counter, stream
from web.problem import RETRY_AFTER_S
from web.problems import problem_of
from web.rail import read_rail
from web.schemas import StatusRequest
from web.staff import require_kitchen
from web.texts import language

kitchen_screen = Blueprint("kitchen_screen", __name__)

MOST_CARDS = 60

# Where on the screen an order of this status is.
PLACES = {
    Status.PENDING: "cook",
    Status.RETRY: "cook",
    Status.STARTED: "cook",
    Status.FAILURE: "ask",
    Status.SUCCESS: "ready",
    Status.COLLECTED: "collected",
}


@kitchen_screen.get("/kitchen")
async def show_kitchen() -> Response:
    await require_kitchen()
    return await _page()


@kitchen_screen.get("/kitchen/events")
async def kitchen_events() -> Response:
    await require_kitchen()
    return stream(counter().hub.rail())


@kitchen_screen.post("/kitchen/orders/<order_id>/status")
async def set_status(order_id: str) -> Response | AnyResponse:
    await require_kitchen()
    wanted = StatusRequest.model_validate({**await request.form})
    try:
        await counter().book.set_status(
            order_id, wanted.status, Actor.STAFF, wanted.said, after=wanted.after
        )
    except (OrderMovedOn, TransitionRefused) as error:
        return await _page(error)
    return redirect(_here(), 303)


@kitchen_screen.post("/kitchen/orders/<order_id>/priority")
async def set_priority(order_id: str) -> Response | AnyResponse:
    await require_kitchen()
    priority = (await request.form).get("priority") == "true"
    try:
        await counter().book.prioritize(order_id, priority=priority)
    except NotWaiting as error:
        return await _page(error)
    return redirect(_here(), 303)


@kitchen_screen.post("/kitchen/menu/<sku>")
async def set_availability(sku: str) -> AnyResponse:
    await require_kitchen()
    available = (await request.form).get("available") == "true"
    item = counter().book.menu.items.get(sku)
    if item and item.available:
        await counter().book.shelf.set_available(sku, available=available)
        await counter().hub.look_at_shelf()
    return redirect(_here(), 303)


async def _page(error: Exception | None = None) -> Response:
    """The screen; after a tap that was refused, with the reason."""
    here = counter()
    status = problem_of(error).status if error else HTTPStatus.OK
    places: dict[str, list[Order]] = {place: [] for place in PLACES.values()}
    try:
        _, orders = await read_rail(here.book)
        standing = await here.book.crew.standing()
        for order in sorted(orders.values(), key=_turn):
            if order.status in PLACES:
                places[PLACES[order.status]].append(order)
    except BookUnavailable:
        status, standing = HTTPStatus.SERVICE_UNAVAILABLE, here.hub.standing
    page = await render_template(
        "kitchen.html",
        places=places,
        most=MOST_CARDS,
        totals=_still_to_cook(places["cook"]),
        items=here.book.menu.items,
        menu=here.book.menu,
        sold_out=here.hub.sold_out,
        mode=standing.mode,
        paused=standing.paused,
        settings=here.settings,
        blind_since_ms=here.hub.blind_since_ms,
        now_ms=int(time.time() * 1000),
        problem=problem_of(error).detail if error else None,
        names={sku: item.called(language()) for sku, item in here.book.menu.items.items()},
    )
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return Response(page, status, headers=headers)


def _turn(order: Order) -> tuple[bool, int, str]:
    """Oldest first, priority before; the latest collected first, since it is the one to recall."""
    if order.status is Status.COLLECTED:
        return (False, -(order.finished_ms or 0), order.id)
    return (not order.priority, order.placed_ms, order.id)


def _still_to_cook(orders: list[Order]) -> dict[str, int]:
    """How many of each item the kitchen still has to cook, most first."""
    totals: dict[str, int] = {}
    for order in orders:
        for portion in order.portions:
            totals[portion.sku] = totals.get(portion.sku, 0) + portion.quantity
    return dict(sorted(totals.items(), key=lambda total: -total[1]))


def _here() -> str:
    return url_for("kitchen_screen.show_kitchen", lang=request.args.get("lang"))
