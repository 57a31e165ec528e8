"""The API: the counter for programs. Each route parses, makes one call, and answers."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from quart import Blueprint, Response, request, url_for

from orders.model import Order, OrderRequest
from orders.states import Actor, Status
from web.counter import counter
from web.intake import take
from web.problems import Unacceptable
from web.staff import is_staff, require_staff
from web.texts import gettext as _
from web.texts import language

api = Blueprint("api", __name__, url_prefix="/api")


class StatusRequest(BaseModel):
    """The state to be reached, and the one the sender believes in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Status
    said: Status | None = Field(None, alias="from")


@api.post("/orders")
async def place_order() -> Response:
    wanted = OrderRequest.model_validate_json(await _json_body())
    order = await take(wanted, request.headers.get("Idempotency-Key"))
    location = url_for("api.get_order", order_id=order.id)
    return _answer(order.to_json(), 201, Location=location)


@api.get("/orders/<order_id>")
async def get_order(order_id: str) -> Response:
    return _answer_order(await counter().book.order(order_id))


@api.delete("/orders/<order_id>")
async def cancel_order(order_id: str) -> Response:
    actor = Actor.STAFF if is_staff() else Actor.CUSTOMER
    return _answer_order(await counter().book.set_status(order_id, Status.REVOKED, actor))


@api.put("/orders/<order_id>/status")
async def set_status(order_id: str) -> Response:
    require_staff()
    wanted = StatusRequest.model_validate_json(await _json_body())
    order = await counter().book.set_status(order_id, wanted.status, Actor.STAFF, wanted.said)
    return _answer_order(order)


@api.get("/menu")
async def get_menu() -> Response:
    menu, code = counter().book.menu, language()
    categories = [
        {
            "key": category.key,
            "name": category.called(code),
            "items": [
                {
                    "sku": item.sku,
                    "name": item.called(code),
                    "price_cents": item.price_cents,
                    "available": item.available,
                    "served": item.served,
                    "cooking_ms": item.cooking_ms,
                    "allergens": item.allergens,
                    "picture": url_for("static", filename=f"pictures/{item.picture}.svg"),
                }
                for item in category.items
            ],
        }
        for category in menu.categories
    ]
    body = {"currency": menu.currency, "language": code, "categories": categories}
    return _answer(body, 200, Vary="Accept-Language")


@api.get("/board")
async def get_board() -> Response:
    snapshot = await counter().book.snapshot()
    tickets = [ticket.to_json() for ticket in snapshot.tickets.values()]
    return _answer({"epoch": snapshot.epoch, "version": snapshot.version, "tickets": tickets}, 200)


async def _json_body() -> bytes:
    if not request.is_json:
        raise Unacceptable(
            415,
            "not-json",
            _("JSON is needed"),
            _("Send the body as JSON, with Content-Type: application/json."),
        )
    body = await request.get_data()
    assert isinstance(body, bytes)
    return body


def _answer_order(order: Order) -> Response:
    return _answer(order.to_json(), 200)


def _answer(body: dict[str, Any], status: int, **headers: str) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(
        text,
        status,
        headers={"Cache-Control": "no-store", **headers},
        content_type="application/json",
    )
