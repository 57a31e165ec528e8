"""Fails in the first attempt, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> dict[str, int]:
    if dish.attempt == 1:
        raise RuntimeError("not at the first attempt")
    return {"attempt": dish.attempt}
