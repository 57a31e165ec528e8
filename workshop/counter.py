"""The first restaurant: whoever takes the order cooks it, and everybody behind waits.

There is no queue here but the people: a request waits for the cashier's hands, and its answer is the
meal. What waits in a process ends with the process.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workshop.cooking import Burnt, cook

LINE_AT_MOST = 100


class LineTooLong(Exception):
    """So many stand in line already that nobody else may."""


@dataclass(frozen=True)
class Plate:
    """One dish to cook, as `workshop.cooking` wants to know it."""

    sku: str
    cooking_s: float


@dataclass(frozen=True)
class Served:
    """How long the customer waited for the cashier, and then for the pot; in ms."""

    waited_ms: int
    cooked_ms: int


class OneCounter:
    """One cashier with one pair of hands. `tell` hears whom he serves: a name, or None."""

    def __init__(self, tell: Callable[[str | None], None]) -> None:
        self._tell = tell
        self._hands = asyncio.Lock()
        self._in_line = 0

    async def serve(self, customer: str, plates: Sequence[Plate]) -> Served:
        """Wait for the cashier, and while he cooks. Raises LineTooLong, Burnt.

        A customer who walks away, and is cancelled for that, gives his place in the line free.
        """
        if self._in_line >= LINE_AT_MOST:
            raise LineTooLong
        came = time.monotonic()
        self._in_line += 1
        try:
            async with self._hands:
                begun = time.monotonic()
                self._tell(customer)
                try:
                    async with asyncio.TaskGroup() as pots:
                        for plate in plates:
                            pots.create_task(cook(plate))
                except* Burnt as burnt:
                    raise burnt.exceptions[0] from None
                finally:
                    self._tell(None)
        finally:
            self._in_line -= 1
        return Served(_ms(begun - came), _ms(time.monotonic() - begun))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
