"""The first restaurant: whoever takes the order cooks it, and everybody behind waits.

There is no queue here but the people: a request waits for the cashier's hands, and its answer is the
meal. What waits in a process ends with the process.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

LINE_AT_MOST = 100


class LineTooLong(Exception):
    """So many stand in line already that nobody else may."""


class Spoilt(Exception):
    """The recipe has failed, and with it the order."""


@dataclass(frozen=True)
class Plate:
    """One dish to cook: what a recipe has to know of it."""

    sku: str
    cooking_s: float


Recipe = Callable[[Plate], Awaitable[object]]


@dataclass(frozen=True)
class Served:
    """How long the customer waited for the cashier, and then for the pot; in ms."""

    waited_ms: int
    cooked_ms: int


class OneCounter:
    """One cashier with one pair of hands. `cook` is his recipe. `tell` hears whom he serves: a name, or
    None.
    """

    def __init__(self, cook: Recipe, tell: Callable[[str | None], None]) -> None:
        self.cook = cook
        self._tell = tell
        self._hands = asyncio.Lock()
        self._in_line = 0

    async def serve(self, customer: str, plates: Sequence[Plate]) -> Served:
        """Wait for the cashier, and while he cooks. Raises LineTooLong, Spoilt.

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
                    await self._cook(plates)
                finally:
                    self._tell(None)
        finally:
            self._in_line -= 1
        return Served(_ms(begun - came), _ms(time.monotonic() - begun))

    async def _cook(self, plates: Sequence[Plate]) -> None:
        """All of them side by side, as a cook of the crew does. Raises Spoilt."""
        try:
            async with asyncio.TaskGroup() as pots:
                for plate in plates:
                    pots.create_task(self._cook_one(plate))
        except* Spoilt as spoilt:
            raise Spoilt(str(spoilt.exceptions[0])) from None

    async def _cook_one(self, plate: Plate) -> None:
        try:
            await self.cook(plate)
        except Exception as error:
            raise Spoilt(str(error)) from error


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
