"""The everyday life of a kitchen: mostly quick, some orders long, and one in twenty attempts burns."""

from __future__ import annotations

import asyncio
import random
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> None:
    # Some are long in every attempt, so that two cooks are at the same order when one comes back.
    long = zlib.crc32(dish.order_id.encode()) % 10 == 0
    await asyncio.sleep(random.uniform(8, 12) if long else random.uniform(0.05, 0.8))
    if random.random() < 0.05:
        raise RuntimeError("burnt")
