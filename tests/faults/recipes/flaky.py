"""Fails in the first three attempts: as often as the book allows, unless staff say again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> None:
    if dish.attempt <= 3:
        raise RuntimeError(f"burnt in attempt {dish.attempt}")
