"""Several steps, one after the other and side by side, and none of them is done twice.

    season ─┬─ roast ─┬─ carve
            ├─ peel ──┤
            └─ sauce ─┘

Each finished step is kept with the order. When a later one fails, or the cook dies, the next attempt
begins with what is still missing. The ticket shows the steps as they are done.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish

SIDE_BY_SIDE = ("roast", "peel", "sauce")


async def cook(dish: Dish) -> dict[str, object]:
    step_s = dish.cooking_s / 3

    async def work() -> str:
        await asyncio.sleep(step_s)
        return f"in attempt {dish.attempt}"

    done = {"season": await dish.step("season", work)}
    async with asyncio.TaskGroup() as together:
        tasks = {name: together.create_task(dish.step(name, work)) for name in SIDE_BY_SIDE}
    done |= {name: task.result() for name, task in tasks.items()}
    return {**done, "carve": await dish.step("carve", work)}
