"""Lab 3. "Is it ready? Is it ready?" This customer asks fifty times a second. Let the board tell him."""

from __future__ import annotations

import asyncio

from orders.book import OrderBook
from orders.model import Order
from orders.states import Status


async def wait_until_ready(book: OrderBook, order_id: str) -> Order:
    """The order, as soon as it is ready."""
    while True:
        order = await book.order(order_id)
        if order.status is Status.SUCCESS:
            return order
        await asyncio.sleep(0.02)
