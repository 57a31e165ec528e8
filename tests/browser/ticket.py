"""The ticket in a browser: an order that waits, and what the page does about it."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from orders.book import OrderBook
from orders.model import Order, OrderLine, OrderRequest
from orders.settings import Settings
from tests.browser.sizes import SIZES
from tests.conftest import eventually
from tests.restaurant import Restaurant

PHONE = SIZES["phone"]
MEAL = OrderRequest(
    items=(
        OrderLine(sku="nuggets-6", quantity=2, note="no sauce, please"),
        OrderLine(sku="cheeseburger", quantity=1),
        OrderLine(sku="water", quantity=3),
    ),
    name="Maria",
)

EAR = """
window.EventSource = class extends EventSource {
  constructor(address) { super(address); this.addEventListener("order", () => window.heard = true); }
};
"""

# What the page asks of the browser, noted down: a machine can neither hear nor feel it.
NOTE_CALLS = (
    EAR
    + """
window.calls = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { window.calls.push("tone"); start.apply(this, at); };
navigator.vibrate = (pattern) => window.calls.push(`vibrate ${pattern}`);
window.Notification = class extends Notification {
  constructor(title, options) { super(title, options); window.calls.push(`message ${title}`); }
};
"""
)


def book_of(restaurant: Restaurant) -> OrderBook:
    url = f"redis://127.0.0.1:{restaurant.valkey_port}/0"
    return OrderBook(Settings(redis_url=url, data_dir=restaurant.data))


def path_of(order: Order) -> str:
    return f"/orders/{order.id}"


async def calls(ticket: Page) -> list[str]:
    found: list[str] = await ticket.evaluate("window.calls")
    return found


async def listening(ticket: Page) -> None:
    """The page hears its stream, so that nothing that happens from now on is in the page already."""

    async def heard() -> bool:
        return bool(await ticket.evaluate("window.heard"))

    await eventually(heard)


async def says(ticket: Page, words: str) -> None:
    """This is what a button reads; its other words are in the page too, and hidden."""
    await expect(ticket.get_by_role("button", name=words, exact=True)).to_be_visible()


async def cooked(book: OrderBook, order: Order, **more: Any) -> None:
    await book.start(order.id, order.attempt, "anna")
    await book.finish(order.id, order.attempt, "anna", **more)
