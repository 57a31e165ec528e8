"""The API: the counter for programs. Each route parses, makes one call, and answers.

What a customer may do is here, what only the staff may in web/api_staff.py.
"""

from __future__ import annotations

import logging
from http import HTTPStatus

from quart import Blueprint, Response, request

from orders.errors import NotFinished
from orders.model import Order, OrderRequest
from orders.states import Actor, Status
from web.answers import answer, json_body
from web.counter import counter
from web.intake import take, take_together
from web.queries import query_as
from web.schemas import DeleteQuery, GroupRequest, WaitQuery
from web.staff import is_staff
from web.waiting import next_state

api = Blueprint("api", __name__, url_prefix="/api")

log = logging.getLogger("web")


@api.post("/orders")
async def place_order() -> Response:
    wanted = OrderRequest.model_validate_json(await json_body())
    by = Actor.STAFF if await is_staff() else Actor.CUSTOMER
    order = await take(wanted, request.headers.get("Idempotency-Key"), by)
    location = f"{request.root_path}{request.path}/{order.id}"
    return answer(order.to_json(for_staff=by is Actor.STAFF), 201, Location=location)


@api.post("/orders/batch")
async def place_orders() -> Response:
    wanted = GroupRequest.model_validate_json(await json_body()).orders
    by = Actor.STAFF if await is_staff() else Actor.CUSTOMER
    orders = await take_together(wanted, request.headers.get("Idempotency-Key"), by)
    for_staff = by is Actor.STAFF
    return answer({"orders": [order.to_json(for_staff=for_staff) for order in orders]}, 201)


@api.get("/orders/<order_id>")
async def get_order(order_id: str) -> Response:
    """The order as it is; with `wait_s` as it is at its next change, unless it has changed already since
    the state that `If-None-Match` names. One that is over is not waited for.
    """
    wait_s = query_as(WaitQuery).wait_s
    for_staff = await is_staff()
    order = await counter().book.order(order_id)
    response = await _tagged(order, for_staff=for_staff)
    if wait_s and not order.finished and _is_known(response):
        order = await next_state(order, wait_s)
        response = await _tagged(order, for_staff=for_staff)
    return await response.make_conditional(request)


@api.delete("/orders/<order_id>")
async def delete_order(order_id: str) -> Response:
    """Cancel an order that is open. From the staff, for one that is over: erase it, which is a 204."""
    after = query_as(DeleteQuery).after
    actor = Actor.STAFF if await is_staff() else Actor.CUSTOMER
    if actor is Actor.STAFF:
        try:
            await counter().book.archive.erase(order_id, after=after)
        except NotFinished:
            pass
        else:
            log.info("the staff erased order %s", order_id, extra={"order": order_id})
            return Response(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})
    order = await counter().book.set_status(order_id, Status.REVOKED, actor, after=after)
    return answer(order.to_json(for_staff=actor is Actor.STAFF), 200)


@api.get("/board")
async def get_board() -> Response:
    """The snapshot. Who knows it already costs a look at its version, however many are waiting."""
    if request.if_none_match:
        epoch, version = await counter().book.where()
        if request.if_none_match.contains_weak(f"{epoch}-{version}"):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers=_of_board(epoch, version))
    seen = await counter().book.snapshot()
    tickets = [ticket.to_json() for ticket in seen.tickets.values()]
    body = {"epoch": seen.epoch, "version": seen.version, "tickets": tickets}
    return answer(body, 200, **_of_board(seen.epoch, seen.version))


def _of_board(epoch: str, version: int) -> dict[str, str]:
    # Weak: Redis may give the tickets of the same moment in another order.
    return {"ETag": f'W/"{epoch}-{version}"', "Cache-Control": "no-cache"}


async def _tagged(order: Order, *, for_staff: bool) -> Response:
    response = answer(order.to_json(for_staff=for_staff), 200)
    await response.add_etag()
    return response


def _is_known(response: Response) -> bool:
    """Whether who asks has seen it: as its tag says, or, without one, as it is just now."""
    etag, _weak = response.get_etag()
    return not request.if_none_match or request.if_none_match.contains_weak(etag or "")
