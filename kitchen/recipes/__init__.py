"""Recipes. One file is one recipe: an async function `cook(dish)` that takes as long as it takes.

The menu names the recipe of an item by its file's name; without one it is `timed`. What a recipe
returns is stored with the order as its result (JSON, at most 4 KiB); None means there is none. A
recipe that raises has failed, and the order is tried again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Dish:
    """What a cook has to do: so many of one item, in an attempt to cook an order."""

    sku: str
    quantity: int
    cooking_s: float
    order_id: str
    attempt: int


Recipe = Callable[[Dish], Awaitable[object]]


class RecipeMissing(Exception):
    """The menu names a recipe that is not here, or that has no `cook`."""


def also_look_in(folder: Path) -> None:
    """Find the recipes in `folder` as well, those of this package first."""
    __path__.append(str(folder.resolve()))


def find(name: str) -> Recipe:
    """The recipe in `kitchen/recipes/<name>.py`. Raises RecipeMissing."""
    try:
        module = import_module(f"{__name__}.{name}")
        recipe: Recipe = module.cook
    except (ImportError, AttributeError) as error:
        raise RecipeMissing(f"kitchen/recipes/{name}.py has no recipe: {error}.") from error
    return recipe
