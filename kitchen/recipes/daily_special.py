"""What the chef makes of today: another dish on each day of the week, told as the result.

Its entry on the menu says `daily = true`: as the business day begins the clock orders one, and nobody
has to ask for it (`order_daily` in kitchen/schedule.py). Whoever wants another one orders it as usual.
"""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish

SPECIALS = (
    "lentil soup",
    "pancakes",
    "vegetable curry",
    "dumplings",
    "fish pie",
    "noodle salad",
    "roast with all that belongs to it",
)


async def cook(dish: Dish) -> dict[str, str]:
    await asyncio.sleep(dish.cooking_s)
    today = dish.today()
    return {"day": today.isoformat(), "special": special_of(today)}


def special_of(day: date) -> str:
    """The same for whoever asks on that day: no memory is needed, and no second run does harm."""
    return SPECIALS[day.weekday()]
