"""The API: the counter for programs. Each route parses, makes one call, and answers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from quart import Blueprint, Response, request

from orders.model import Order, OrderRequest
from orders.states import Actor, Status
from web.answers import answer, json_body
from web.counter import counter
from web.intake import take
from web.staff import is_staff, require_staff

api = Blueprint("api", __name__, url_prefix="/api")


class StatusRequest(BaseModel):
    """The state to be reached, and the one the sender believes in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Status
    said: Status | None = Field(None, alias="from")


class PriorityRequest(BaseModel):
    """Whether the order goes before all others that wait."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    priority: bool


@api.post("/orders")
async def place_order() -> Response:
    wanted = OrderRequest.model_validate_json(await json_body())
    by = Actor.STAFF if await is_staff() else Actor.CUSTOMER
    order = await take(wanted, request.headers.get("Idempotency-Key"), by)
    location = f"{request.root_path}{request.path}/{order.id}"
    return answer(order.to_json(for_staff=by is Actor.STAFF), 201, Location=location)


@api.get("/orders/<order_id>")
async def get_order(order_id: str) -> Response:
    return _answer_order(await counter().book.order(order_id), for_staff=await is_staff())


@api.delete("/orders/<order_id>")
async def cancel_order(order_id: str) -> Response:
    actor = Actor.STAFF if await is_staff() else Actor.CUSTOMER
    order = await counter().book.set_status(order_id, Status.REVOKED, actor)
    return _answer_order(order, for_staff=actor is Actor.STAFF)


@api.put("/orders/<order_id>/status")
async def set_status(order_id: str) -> Response:
    await require_staff()
    wanted = StatusRequest.model_validate_json(await json_body())
    order = await counter().book.set_status(order_id, wanted.status, Actor.STAFF, wanted.said)
    return _answer_order(order, for_staff=True)


@api.put("/orders/<order_id>/priority")
async def set_priority(order_id: str) -> Response:
    await require_staff()
    wanted = PriorityRequest.model_validate_json(await json_body())
    order = await counter().book.prioritize(order_id, priority=wanted.priority)
    return _answer_order(order, for_staff=True)


@api.get("/board")
async def get_board() -> Response:
    snapshot = await counter().book.snapshot()
    tickets = [ticket.to_json() for ticket in snapshot.tickets.values()]
    return answer({"epoch": snapshot.epoch, "version": snapshot.version, "tickets": tickets}, 200)


def _answer_order(order: Order, *, for_staff: bool) -> Response:
    return answer(order.to_json(for_staff=for_staff), 200)
