"""The menu for programs, what of it is sold out or special, and the stream that tells so."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from quart import Blueprint, Response, request, url_for

from orders.menu import Item
from web.answers import answer, json_body
from web.counter import counter, stream
from web.problem import Unacceptable
from web.staff import require_kitchen, require_staff
from web.texts import gettext as _
from web.texts import language

menu = Blueprint("menu", __name__)


class Availability(BaseModel):
    """Whether an item can be ordered from now on, and whether it is today's special; one or both."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, json_schema_extra={"minProperties": 1}
    )

    available: bool = True
    special: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Availability:
        if not self.model_fields_set:
            raise ValueError("say available, or special, or both")
        return self


@menu.get("/api/menu")
async def get_menu() -> Response:
    here = counter().book.menu
    categories = [
        {
            "key": category.key,
            "name": category.called(language()),
            "items": [_to_json(item) for item in category.items],
        }
        for category in here.categories
    ]
    body = {"currency": here.currency, "language": language(), "categories": categories}
    response = answer(body, 200, **{"Cache-Control": "no-cache", "Vary": "Accept-Language"})
    await response.add_etag()
    return await response.make_conditional(request)


@menu.put("/api/menu/<sku>")
async def set_availability(sku: str) -> Response:
    await require_kitchen()
    wanted = Availability.model_validate_json(await json_body())
    if "special" in wanted.model_fields_set:
        await require_staff()
    item = await change(sku, wanted)
    return answer(_to_json(item), 200)


async def change_item(sku: str, said: dict[str, bool]) -> None:
    """The same, as a form says it."""
    await change(sku, Availability.model_validate(said))


async def change(sku: str, wanted: Availability) -> Item:
    """Raises Unacceptable when the menu does not allow it."""
    book = counter().book
    item = book.menu.items.get(sku)
    if item is None:
        text = _("There is no item {sku} on the menu.", sku=sku)
        raise Unacceptable(404, "unknown-item", _("Unknown item"), text, sku=sku)
    said = wanted.model_fields_set
    if "available" in said and wanted.available and not item.available:
        text = _(
            "The menu's file has {item} off; only there it can be put on again.",
            item=item.called(language()),
        )
        raise Unacceptable(409, "off-the-menu", _("Not on the menu"), text, sku=sku)
    if "available" in said:
        await book.shelf.set_available(sku, available=wanted.available)
    if "special" in said and wanted.special != (await book.special.today() == sku):
        await book.special.choose(sku if wanted.special else None)
    await counter().hub.look_at_shelf()  # who asks us next hears of it
    return item


@menu.get("/menu/events")
async def menu_events() -> Response:
    return stream(counter().hub.menu())


def _to_json(item: Item) -> dict[str, Any]:
    return {
        "sku": item.sku,
        "name": item.called(language()),
        "price_cents": item.price_cents,
        "available": item.available and item.sku not in counter().hub.sold_out,
        "special": item.sku == counter().hub.special,
        "served": item.served,
        "cooking_ms": item.cooking_ms,
        "allergens": item.allergens,
        "picture": url_for("static", filename=f"pictures/{item.picture}.svg"),
    }
