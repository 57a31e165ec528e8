"""The gate to Redis: it can always be left, and nothing hangs in it."""

from __future__ import annotations

import asyncio

from orders.book import OrderBook


async def test_a_cancellation_is_never_lost(book: OrderBook) -> None:
    """Whatever the book is doing when its caller is cancelled, the caller ends."""

    async def ask_for_ever() -> None:
        while True:
            await book.where()

    for steps in range(60):  # at each place where one of the first questions can be waiting
        caller = asyncio.create_task(ask_for_ever())
        for _ in range(steps):
            await asyncio.sleep(0)
        caller.cancel()
        done, _ = await asyncio.wait({caller}, timeout=5)
        assert {caller} == done, f"the cancellation was lost after {steps} steps"
        assert caller.cancelled()
