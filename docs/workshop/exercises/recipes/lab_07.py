"""Lab 7. This recipe sends a letter and is never troubled by anything. Are the letters sent?"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from kitchen.recipes import letter

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> object:
    with suppress(Exception):
        return await letter.cook(dish)
    return "sent"
