"""Lab 10: the order arrives, and its answer does not. How many meals are cooked?"""

from __future__ import annotations

import asyncio
from functools import partial

from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.model import Order

from .bench import Bench, eventually, expect, wanted
from .line import BadLine

DEADLINE_S = 0.3  # after which the book says that Redis is away; in the product it is longer


async def check(bench: Bench) -> str:
    order = bench.exercise(10).order
    before = await bench.place("water")  # from then on Redis knows the script that takes orders

    async def turkeys() -> list[Order]:
        return [placed for placed in await bench.book.last_placed(10) if placed.id != before.id]

    async with BadLine(bench.settings.redis_url or "") as line:
        settings = bench.settings.model_copy(update={"redis_url": line.url})
        async with OrderBook(settings, deadline_s=DEADLINE_S) as book:
            expect(await eventually(partial(_connected, book)), "Redis does not answer.")
            line.deaf = True
            ordering = asyncio.create_task(order(book, wanted("turkey")))
            expect(await eventually(turkeys), "No order has come to the book.")
            await asyncio.wait({ordering}, timeout=2 * DEADLINE_S)
            expect(not ordering.done(), "It has given up, or made up an answer.")
            line.mend()
            told = await asyncio.wait_for(ordering, 20)
    placed = await turkeys()
    expect(
        len(placed) == 1,
        f"One guest, and {len(placed)} turkeys: {', '.join(o.reference for o in placed)}. Each try was "
        "taken for another order.",
    )
    expect(placed[0].id == told.id, "The guest was told of another order than the one in the book.")
    return f"Tried again and again, and there is one turkey: {told.reference}."


async def _connected(book: OrderBook) -> bool:
    """Before the line goes bad; a machine that is busy may need more than the deadline."""
    try:
        await book.orders(["nobody"])
    except BookUnavailable:
        return False
    return True
