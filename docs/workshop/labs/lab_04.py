"""Lab 4: what is ordered while one meal cooks has to be on the fire at the same time."""

from __future__ import annotations

import math

from orders.states import Actor, Status

from .bench import Bench, eventually, expect

CASES = ((40, 6.0), (10, 30.0), (5, 6.0))


async def check(bench: Bench) -> str:
    cooks_needed = bench.exercise(4).cooks_needed
    for per_minute, cooking_s in CASES:
        least = math.ceil(per_minute / 60 * cooking_s)
        cooks = cooks_needed(per_minute, cooking_s)
        about = f"{per_minute} orders a minute, {cooking_s:g} s of cooking each, {cooks} cook(s): "
        expect(cooks <= 2 * least + 1, f"{about}half of them have nothing to do.")
        on_the_fire = await _on_the_fire(bench, cooks, least)
        expect(
            on_the_fire >= least,
            f"{about}{on_the_fire} orders are on the fire, and {least} come in while one cooks. "
            "The line grows, all evening.",
        )
    return "As much is cooked as is ordered."


async def _on_the_fire(bench: Bench, cooks: int, orders: int) -> int:
    """How many of so many turkeys a real kitchen with so many hands cooks at once."""
    placed = [await bench.place("turkey") for _ in range(orders)]

    async def full_hands() -> dict[str, str] | None:
        cooking = await bench.book.crew.cooking()
        return cooking if len(cooking) >= min(cooks, orders) else None

    async with bench.kitchen(cooks=cooks, speed=0.1):
        cooking = await eventually(full_hands) or {}
    for order in placed:  # the plates are cleared for the next case
        await bench.book.set_status(order.id, Status.REVOKED, Actor.STAFF)
    return len(cooking)
