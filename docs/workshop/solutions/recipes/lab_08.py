"""Lab 8, solved: the charge is a step; one that is done is kept, and not done again."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish

TILL = Path(tempfile.gettempdir()) / "orderup-lab-8.txt"


async def cook(dish: Dish) -> None:
    await dish.step("charge", lambda: charge(dish))
    await asyncio.sleep(dish.cooking_s)


async def charge(dish: Dish) -> str:
    with TILL.open("a") as till:
        till.write(f"{dish.order_id}\n")
    return "charged"
