"""Lab 8: Anna charges and is given up for dead; Bob cooks; then Anna comes back."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from kitchen.cook import Cook, cook_order
from orders.states import Status

from .bench import Bench, eventually, expect

COMES_BACK_S = 20.0


async def check(bench: Bench) -> str:
    recipe: Any = import_module("kitchen.recipes.lab_08")
    recipe.TILL = bench.settings.data_dir / "till.txt"
    order = await bench.place("lab-8")
    anna, bob = (Cook(name, bench.book, bench.settings) for name in ("anna", "bob"))
    annas = asyncio.create_task(cook_order({"cook": anna}, order.id, 1))

    async def charged() -> bool:
        return bool(recipe.TILL.exists())

    async def kept() -> object:
        return (await bench.book.order(order.id)).steps

    expect(await eventually(charged), "The guest was not charged at all.")
    await eventually(kept, within_s=0.5)  # a solution without steps has none, and that is fine
    await bench.book.give_up(order.id, "anna")  # as the others do after four silent seconds
    await cook_order({"cook": bob}, order.id, 2)
    await asyncio.wait_for(annas, COMES_BACK_S)

    done = await bench.book.order(order.id)
    times = recipe.TILL.read_text().split().count(order.id)
    expect(done.status is Status.SUCCESS, f"The order is {done.status}: {done.error}.")
    expect(times == 1, f"The guest was charged {times} times: once by Anna, and again by Bob.")
    ends = [entry.by for entry in done.history if entry.status is Status.SUCCESS]
    expect(ends == ["cook:bob"], "One cook finishes an order: the one who has it.")
    return "Charged once, cooked by Bob; and what Anna said when she came back changed nothing."
