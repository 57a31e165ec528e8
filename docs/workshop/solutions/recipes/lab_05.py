"""Lab 5, solved: another process grinds, and this one cooks on."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from kitchen.processes import elsewhere

if TYPE_CHECKING:
    from kitchen.recipes import Dish

TURNS_PER_S = 500_000


async def cook(dish: Dish) -> dict[str, str | int]:
    return await elsewhere(grind, int(dish.cooking_s * TURNS_PER_S))


def grind(turns: int) -> dict[str, str | int]:
    flour = b"corn"
    for _ in range(turns):
        flour = hashlib.sha256(flour).digest()
    return {"flour": flour.hex(), "process": os.getpid()}
