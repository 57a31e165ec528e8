"""Lab 9. Every morning the clock orders breakfast for the staff. In each kitchen there is a clock."""

from __future__ import annotations

from datetime import date

from orders.book import OrderBook
from orders.model import Order, OrderLine, OrderRequest
from orders.states import Actor

BREAKFAST = OrderRequest(items=(OrderLine(sku="special", quantity=3),), name="staff")


async def breakfast(book: OrderBook, day: date) -> Order:
    """What the clock runs in the morning of that day."""
    return await book.place(BREAKFAST, by=Actor.STAFF)
