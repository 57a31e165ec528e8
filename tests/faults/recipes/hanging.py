"""Is never done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(_dish: Dish) -> None:
    await asyncio.Event().wait()
