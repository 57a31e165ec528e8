"""The steps of one order in one attempt: what was finished is kept in the book, and not done again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from kitchen.patience import patiently
from kitchen.recipes import Work
from orders.book import OrderBook
from orders.model import Meal


class StepRefused(Exception):
    """The order is no longer this cook's; what he still does is thrown away."""


class Steps:
    """Kept steps by the number of the portion and their name."""

    def __init__(self, book: OrderBook, meal: Meal, cook: str) -> None:
        self._book = book
        self._meal = meal
        self._cook = cook
        self._kept: dict[tuple[int, str], object] | None = {} if meal.attempt == 1 else None
        self._reading = asyncio.Lock()

    async def take(self, number: int, name: str, work: Work) -> object:
        """What the step returned, now or in an earlier attempt. Raises StepRefused."""
        kept = await self._read()
        if (number, name) not in kept:
            result = await work()
            await self._keep(number, name, result)
            kept[number, name] = result
        return kept[number, name]

    async def _read(self) -> dict[tuple[int, str], object]:
        """What earlier attempts have kept; asked for once, and only if a recipe has steps."""
        async with self._reading:
            if self._kept is None:
                order = await patiently(lambda: self._book.order(self._meal.order_id))
                self._kept = {(step.number, step.name): step.result for step in order.steps}
        return self._kept

    async def _keep(self, number: int, name: str, result: object) -> None:
        def ask() -> Awaitable[bool]:
            return self._book.keep_step(self._meal, self._cook, number, name, result)

        if not await patiently(ask):
            raise StepRefused(f"the order was taken away after {name}")
