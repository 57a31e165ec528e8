"""Lab 4. How many orders must a kitchen cook at once, so that the line does not grow?"""

from __future__ import annotations


def cooks_needed(orders_per_minute: float, cooking_s: float) -> int:
    """So many hands that as much is cooked as is ordered."""
    return 1
