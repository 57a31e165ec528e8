"""Lab 10, solved: each try says that it is the same order, so whoever has taken it says so."""

from __future__ import annotations

import asyncio
import secrets

from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.model import Order, OrderRequest


async def order(book: OrderBook, request: OrderRequest) -> Order:
    """Order, whatever becomes of the line."""
    key = secrets.token_urlsafe()
    while True:
        try:
            return await book.place(request, idempotency_key=key)
        except BookUnavailable:  # was it taken or not? It does not matter
            await asyncio.sleep(0.05)
