"""Lab 3: a customer waits for a second, and it is counted how often he asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from orders.board import Snapshot
from orders.book import OrderBook
from orders.model import Order
from orders.states import Status

from .bench import Bench, expect, wanted

WAIT_S = 1.0
AT_MOST = 6


class CountingBook(OrderBook):
    """A book that counts how often somebody looks into it."""

    looks = 0

    async def order(self, order_id: str) -> Order:
        self.looks += 1
        return await super().order(order_id)

    async def orders(self, ids: Sequence[str]) -> dict[str, Order]:
        self.looks += 1
        return await super().orders(ids)

    async def snapshot(self) -> Snapshot:
        self.looks += 1
        return await super().snapshot()


async def check(bench: Bench) -> str:
    wait_until_ready = bench.exercise(3).wait_until_ready
    async with CountingBook(bench.settings) as book:
        order = await book.place(wanted("nuggets-6"))
        waiting = asyncio.create_task(wait_until_ready(book, order.id))
        await asyncio.wait({waiting}, timeout=WAIT_S)
        async with bench.kitchen():
            ready = await asyncio.wait_for(waiting, 20)
            looks = book.looks
            late = await asyncio.wait_for(wait_until_ready(book, order.id), 5)
    expect(ready.status is Status.SUCCESS, f"It said ready, and the order is {ready.status}.")
    expect(late.status is Status.SUCCESS, "Whoever comes when it is ready has to be told so, too.")
    expect(
        looks <= AT_MOST,
        f"In {WAIT_S:g} s the book was asked {looks} times; {AT_MOST} are plenty if you listen. "
        "And a hall has two hundred customers.",
    )
    return f"The book was asked {looks} times, however long it took."
