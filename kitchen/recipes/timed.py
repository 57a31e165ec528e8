"""The plainest recipe: it takes the time that the menu says, whatever the quantity."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> None:
    await asyncio.sleep(dish.cooking_s)
