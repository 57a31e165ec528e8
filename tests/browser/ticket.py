"""The ticket in a browser: an order that waits, and what the page does about it."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from orders.book import OrderBook
from orders.errors import OrderNotFound, TransitionRefused
from orders.model import Order, OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Actor, Status
from tests.browser.sizes import SIZES
from tests.conftest import eventually
from tests.restaurant import OPEN_WITHIN_S, Restaurant

PHONE = SIZES["phone"]
MEAL = OrderRequest(
    items=(
        OrderLine(sku="nuggets-6", quantity=2, note="no sauce, please"),
        OrderLine(sku="cheeseburger", quantity=1),
        OrderLine(sku="water", quantity=3),
    ),
    name="Maria",
)

# Who starts an order by hand. From a cook who is on no roster it would be taken back after a while.
ANNA = str(Actor.STAFF)

# How an order ends.
REVOKED = (Status.REVOKED, Actor.STAFF)
OVER = {
    Status.SUCCESS: (Status.COLLECTED, Actor.STAFF),
    Status.FAILURE: (Status.REVOKED, Actor.STAFF, Status.FAILURE),
}

EAR = """
window.EventSource = class extends EventSource {
  constructor(address) {
    super(address);
    window.opened = (window.opened ?? 0) + 1;
    this.addEventListener("order", () => window.heard = true);
  }
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


async def clear_board(book: OrderBook) -> None:
    """Everybody goes home. What a cook finishes in that moment is looked at once more."""
    moved_on = True
    while moved_on:
        moved_on = False
        for order_id, ticket in (await book.snapshot()).tickets.items():
            try:
                await book.set_status(order_id, *OVER.get(ticket.status, REVOKED))
            except TransitionRefused:
                moved_on = True
            except OrderNotFound:  # a test has erased it
                continue


def path_of(order: Order) -> str:
    return f"/orders/{order.id}"


async def calls(ticket: Page) -> list[str]:
    found: list[str] = await ticket.evaluate("window.calls")
    return found


async def listening(ticket: Page) -> None:
    """The page hears its stream, so that nothing that happens from now on is in the page already."""

    async def heard() -> bool:
        return bool(await ticket.evaluate("window.heard"))

    await eventually(heard, OPEN_WITHIN_S)


async def says(ticket: Page, words: str) -> None:
    """This is what a button reads; its other words are in the page too, and hidden."""
    await expect(ticket.get_by_role("button", name=words, exact=True)).to_be_visible()


async def cooked(book: OrderBook, order: Order, **more: Any) -> None:
    await book.start(order.id, order.attempt, ANNA)
    await book.finish(order.id, order.attempt, ANNA, **more)
