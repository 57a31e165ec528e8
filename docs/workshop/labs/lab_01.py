"""Lab 1: twelve customers, one cashier, and no cook in the house."""

from __future__ import annotations

import asyncio

from orders.states import Status

from .bench import Bench, NotYet, expect, wanted

CUSTOMERS = 12
PATIENCE_S = 5.0


async def check(bench: Bench) -> str:
    serve = bench.exercise(1).serve
    told: list[str] = []
    try:
        async with asyncio.timeout(PATIENCE_S):
            for _ in range(CUSTOMERS):  # one cashier: the next one steps up when this one is free
                told.append(await serve(bench.book, wanted("turkey")))  # noqa: PERF401 - told on a time-out
    except TimeoutError:
        raise NotYet(
            f"After {PATIENCE_S:g} s {len(told)} of {CUSTOMERS} customers have a number; the next one "
            "still stands at the counter and waits for a cook."
        ) from None
    waiting = {order.reference: order.status for order in await bench.book.last_placed(CUSTOMERS)}
    expect(set(told) == set(waiting), "Not every customer was told the number of their own order.")
    expect(set(waiting.values()) == {Status.PENDING}, "The orders have to wait in the book.")
    return f"{CUSTOMERS} customers have a number, though nobody has begun to cook."
