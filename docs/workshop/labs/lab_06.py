"""Lab 6: no cook in the house. Who gets something all the same?"""

from __future__ import annotations

from orders.book import OrderBook
from orders.states import Status

from .bench import Bench, expect, wanted


async def check(bench: Bench) -> str:
    menu = bench.folder / "lab_06.toml"
    async with OrderBook(bench.settings.model_copy(update={"menu": menu})) as book:
        turkey = await book.place(wanted("turkey"))
        both = await book.place(wanted("nuggets-6", "water"))
        water = await book.place(wanted("water"))
    expect(
        turkey.status is Status.PENDING, "A turkey does not roast itself: it belongs in the queue."
    )
    expect(both.status is Status.PENDING, "Nuggets have to be fried; the water waits with them.")
    expect(
        water.status is Status.SUCCESS,
        f"Number {water.reference} stands in line behind a turkey, for a bottle of water.",
    )
    return (
        f"The water, number {water.reference}, was handed over at once; the rest waits for a cook."
    )
