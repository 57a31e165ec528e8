"""Lab 2: a result is fetched after its number has left the board, by somebody who knows nothing else."""

from __future__ import annotations

from orders.book import OrderBook
from orders.states import Actor, Status

from .bench import Bench, expect


async def check(bench: Bench) -> str:
    lab = bench.exercise(2)
    order = await bench.place("special")
    kept = lab.receipt(order)
    async with bench.kitchen():
        cooked = await bench.reached(order.id, Status.SUCCESS)
    expect(cooked.result, "The kitchen has not cooked it; see its log.")
    await bench.book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    async with OrderBook(bench.settings) as elsewhere:
        found = await lab.collect(elsewhere, kept)
    expect(
        found == cooked.result,
        f"The receipt {kept!r} gets {found!r}. The meal was collected, so its number is off the board; "
        f"the result is still in the book: {cooked.result}.",
    )
    return f"The receipt {kept!r} still gets {found}."
