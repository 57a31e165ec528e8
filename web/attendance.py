"""Attendance: where people cook, an open kitchen screen is a crew, and the book's roster says so.

Nobody takes orders away from a person: a screen that is closed or lost only leaves the roster.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import time
from collections.abc import Callable
from contextlib import suppress

from orders.book import OrderBook
from orders.crew import SCREEN
from orders.errors import BookUnavailable

log = logging.getLogger("web")

BEAT_S = 0.5


class Attendance:
    """The beat of this process's kitchen screens; `screens` tells how many are open."""

    def __init__(self, book: OrderBook, screens: Callable[[], int]) -> None:
        self._book = book
        self._screens = screens
        self._name = f"{SCREEN}{platform.node()}-{os.getpid()}".replace(" ", "-")
        self._since_ms = int(time.time() * 1000)
        self._beat = 0
        self._there = False

    async def keep(self) -> None:
        """Beat while a screen is open and people cook; take the name off the roster after it."""
        try:
            while True:
                with suppress(BookUnavailable):  # then nobody knows who is on shift
                    await self._say_it()
                await asyncio.sleep(BEAT_S)
        finally:
            with suppress(BookUnavailable):
                await self._leave()

    async def _say_it(self) -> None:
        if not self._screens() or await self._book.crew.mode() != "people":
            await self._leave()
            return
        self._beat += 1
        say = self._book.crew.beat if self._there else self._book.crew.arrive
        self._there = True  # even if nobody waits for the answer any more, it may be a yes
        await say(self._name, self._description())

    async def _leave(self) -> None:
        if self._there:
            await self._book.crew.leave(self._name)
            self._there = False

    def _description(self) -> dict[str, object]:
        return {
            "beat": self._beat,
            "screens": self._screens(),
            "host": platform.node(),
            "pid": os.getpid(),
            "since_ms": self._since_ms,
        }
