"""Fails in every attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> NoReturn:
    raise RuntimeError(f"burnt in attempt {dish.attempt}")
