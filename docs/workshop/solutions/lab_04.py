"""Lab 4, solved: Little's law. On the fire are, on average, orders per second times seconds of cooking.

Exactly as many would never catch up after a bad minute, so there is one more.
"""

from __future__ import annotations

import math


def cooks_needed(orders_per_minute: float, cooking_s: float) -> int:
    """So many hands that as much is cooked as is ordered."""
    return math.ceil(orders_per_minute / 60 * cooking_s) + 1
