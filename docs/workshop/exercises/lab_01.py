"""Lab 1. At this counter the customer stands until the meal is there. Let it hand out a number."""

from __future__ import annotations

import asyncio

from orders.book import OrderBook
from orders.model import OrderRequest
from orders.states import Status


async def serve(book: OrderBook, request: OrderRequest) -> str:
    """Serve one customer; what they are told before the next one steps up."""
    order = await book.place(request)
    while order.status is not Status.SUCCESS:
        await asyncio.sleep(0.05)
        order = await book.order(order.id)
    return order.reference
