"""Lab 7, solved: what fails must be seen to fail. Then the order is tried again, later and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitchen.recipes import letter

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> object:
    return await letter.cook(dish)
