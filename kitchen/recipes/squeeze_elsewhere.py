"""Real work, done rightly: it compresses a file in another process, and this kitchen cooks on.

Compare `process` in the result with that of `squeeze_here.py`: the work was done by somebody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitchen.processes import elsewhere
from kitchen.recipes.squeeze_here import BYTES_PER_S, squeeze

if TYPE_CHECKING:
    from kitchen.recipes import Dish


async def cook(dish: Dish) -> dict[str, int]:
    return await elsewhere(squeeze, int(dish.cooking_s * BYTES_PER_S))
