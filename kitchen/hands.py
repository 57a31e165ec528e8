"""How many orders a kitchen process cooks at once: as it was started, or as the office wishes.

A stock arq worker keeps the number it was started with; ours follows the wish (`kitchen/crew.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from orders.crew import MOST_COOKS


class Hands:
    """`number` is how many there are now; `follow` is told when it becomes another, and without it
    the number stays.
    """

    def __init__(self, number: int, follow: Callable[[int], None] | None = None) -> None:
        self.number = self._at_the_start = number
        self._follow = follow

    @property
    def follows(self) -> bool:
        """Whether wishes are followed at all."""
        return self._follow is not None

    def wish(self, cooks: int | None) -> None:
        """So many are wished; `None`: as at the start."""
        number = min(cooks or self._at_the_start, MOST_COOKS)
        if self._follow is not None and number != self.number:
            self.number = number
            self._follow(number)
