"""The API's calls for the staff: any order's way, one by one or many at once, and the list of them."""

from __future__ import annotations

from quart import Blueprint, Response

from orders.model import Order
from orders.states import Actor
from web import bulk
from web.answers import answer, json_body
from web.counter import counter
from web.queries import query_as
from web.schemas import BulkRequest, ListQuery, PriorityRequest, StatusRequest
from web.staff import require_kitchen, require_staff

api_staff = Blueprint("api_staff", __name__, url_prefix="/api/orders")


@api_staff.get("")
async def list_orders() -> Response:
    await require_staff()
    wanted = query_as(ListQuery)
    page = await counter().book.archive.page(wanted.filter, wanted.limit, wanted.cursor or None)
    orders = [order.to_json(for_staff=True) for order in page.orders]
    return answer({"orders": orders, "next": page.next}, 200)


@api_staff.post("/status")
async def set_status_of_many() -> Response:
    await require_staff()
    wanted = BulkRequest.model_validate_json(await json_body())
    return answer(await bulk.change(counter().book, wanted), 200)


@api_staff.put("/<order_id>/status")
async def set_status(order_id: str) -> Response:
    await require_kitchen()
    wanted = StatusRequest.model_validate_json(await json_body())
    order = await counter().book.set_status(
        order_id, wanted.status, Actor.STAFF, wanted.said, after=wanted.after
    )
    return _answer_order(order)


@api_staff.put("/<order_id>/priority")
async def set_priority(order_id: str) -> Response:
    await require_kitchen()
    wanted = PriorityRequest.model_validate_json(await json_body())
    order = await counter().book.prioritize(order_id, priority=wanted.priority, after=wanted.after)
    return _answer_order(order)


def _answer_order(order: Order) -> Response:
    return answer(order.to_json(for_staff=True), 200)
