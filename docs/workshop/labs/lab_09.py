"""Lab 9: three kitchens, two mornings, and one clock that is late."""

from __future__ import annotations

import asyncio
from datetime import date

from .bench import Bench, expect

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
KITCHENS = 3


async def check(bench: Bench) -> str:
    breakfast = bench.exercise(9).breakfast
    mornings = []
    for day in (MONDAY, TUESDAY):
        at_once = await asyncio.gather(*(breakfast(bench.book, day) for _ in range(KITCHENS)))
        late = await breakfast(bench.book, day)  # this kitchen was switched off at that hour
        mornings.append({order.reference for order in (*at_once, late)})
    for day, numbers in zip((MONDAY, TUESDAY), mornings, strict=True):
        expect(
            len(numbers) == 1,
            f"On {day} {KITCHENS} kitchens, one of them late, have ordered {len(numbers)} breakfasts.",
        )
    expect(mornings[0] != mornings[1], "On Tuesday nobody got a breakfast.")
    return f"{KITCHENS} clocks, and one breakfast a day."
