"""Lab 5: while one dish grinds, the same kitchen has to go on with everything else."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from kitchen import recipes

from .bench import Bench, expect

TICK_S = 0.01
LEAST_TICKS = 5


async def check(bench: Bench) -> str:
    dish = recipes.Dish("lab-5", 1, 1.0, "lab", 1)
    grinding = asyncio.ensure_future(recipes.find("lab_05")(dish))
    ticks = 0
    while not grinding.done():
        await asyncio.sleep(TICK_S)
        ticks += 1
    told: Any = await grinding
    expect(
        isinstance(told, dict) and "flour" in told, "The recipe has to return its flour, as before."
    )
    expect(
        ticks >= LEAST_TICKS,
        f"While it ground, the kitchen came to do {ticks} other thing(s). Nobody else was served.",
    )
    expect(
        told["process"] != os.getpid(),
        "It ground in the kitchen's own process (in a thread?): two dishes would share one processor "
        "core, since Python lets one thread compute at a time. Take it to another process.",
    )
    return f"The kitchen did {ticks} other things while process {told['process']} ground."
