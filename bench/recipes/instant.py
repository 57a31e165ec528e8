"""A recipe of 0 s."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> None:
    """Nothing is left to do."""
