"""The workshop's one recipe: as the stage directions say (orders/directions.py).

The cashier of the first restaurant and the crew of the second cook by this same function, so that what
differs on the page is where it is called, and nothing else.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Protocol

from orders.directions import Directions, present

LOOK_EVERY_S = 0.05
FRIED = {"fries-small", "nuggets-6"}
SLOW_FRYER = 5  # so many times as long
FAILS = 1 / 3


class Dish(Protocol):
    """What has to be known of a dish to cook it."""

    @property
    def sku(self) -> str: ...

    @property
    def cooking_s(self) -> float: ...


class Burnt(Exception):
    """The dish failed, as the directions wanted it."""


async def cook(dish: Dish) -> None:
    """Take as long as the menu says, at the speed of the play. Raises Burnt."""
    burns = present().failing and random.random() < FAILS  # noqa: S311 - it is only a dish
    left_s = dish.cooking_s / 2 if burns else dish.cooking_s
    while left_s > 0:
        pace = _pace(dish, present())
        began = time.monotonic()
        await asyncio.sleep(min(LOOK_EVERY_S, left_s / pace if pace else LOOK_EVERY_S))
        left_s -= (time.monotonic() - began) * pace
    if burns:
        raise Burnt(f"{dish.sku} is burnt")


def _pace(dish: Dish, directions: Directions) -> float:
    """Seconds of cooking in one second."""
    if directions.paused:
        return 0.0
    slow = directions.slow_fryer and dish.sku in FRIED
    return directions.speed / SLOW_FRYER if slow else directions.speed
