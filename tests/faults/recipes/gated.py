"""Is ready when the file named by TEST_GATE exists; writes down who began what."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> None:
    gate = Path(os.environ["TEST_GATE"])
    with gate.with_name("diary").open("a") as diary:
        diary.write(f"{dish.order_id} {dish.attempt} {os.getpid()}\n")
    while not gate.exists():
        await asyncio.sleep(0.05)
