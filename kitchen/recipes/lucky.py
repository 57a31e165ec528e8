"""Fails one time in three, at random, but from a seed: a kitchen opened anew has the same luck again.

So a class sees the same dishes burn, and a test knows which. Each kitchen process counts for itself.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish

SEED = 2
FAILS = 1 / 3

luck = random.Random(SEED)  # noqa: S311 - it is to be foreseen


async def cook(dish: Dish) -> None:
    burns = luck.random() < FAILS  # drawn before the wait: in the order in which dishes begin
    await asyncio.sleep(dish.cooking_s)
    if burns:
        raise RuntimeError("burnt, by bad luck")
