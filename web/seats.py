"""Seats: how many streams may be open, in all and from one address.

Generous, since a whole hall shares one address; but nobody takes all of them. A browser's EventSource
gives up for good on any answer but 200, so who finds no seat gets 200, is told to come back later,
and the stream ends.
"""

from __future__ import annotations

import gc
import random
from collections import Counter as Tally
from collections.abc import AsyncGenerator, Awaitable

from web import sse

COME_BACK_MS = (10_000, 30_000)
LEFTOVERS = 100  # viewers, who took some 20 KiB each


class Seats:
    def __init__(self, in_all: int, per_address: int) -> None:
        self._in_all = in_all
        self._per_address = per_address
        self._taken: Tally[str] = Tally()
        self._left = 0

    def seated(self, address: str, frames: AsyncGenerator[bytes, None]) -> Seated:
        """`frames` on a seat of their own, or the word that all are taken. To be closed."""
        return Seated(self, address, frames)

    def take(self, address: str) -> bool:
        """Whether there is one for this address."""
        if self._taken.total() >= self._in_all or self._taken[address] >= self._per_address:
            return False
        self._taken[address] += 1
        return True

    def give_back(self, address: str) -> None:
        self._taken[address] -= 1
        if not self._taken[address]:
            del self._taken[address]
        self._tidy_up()

    def _tidy_up(self) -> None:
        """What a viewer leaves behind are cycles of tasks and protocols, which only Python's collector
        finds. It looks through all who stay, so it comes when as many as an eighth of these have left.
        """
        self._left += 1
        if self._left >= max(LEFTOVERS, self._taken.total() // 8):
            self._left = 0
            gc.collect()


class Seated:
    """The frames of one viewer, who takes a seat when the first is asked for.

    A generator around the other would say it in fewer lines, and take half a KiB for each viewer.
    """

    __slots__ = ("_address", "_arrived", "_frames", "_has_seat", "_seats")

    def __init__(self, seats: Seats, address: str, frames: AsyncGenerator[bytes, None]) -> None:
        self._seats, self._address, self._frames = seats, address, frames
        self._arrived = self._has_seat = False

    def __aiter__(self) -> Seated:
        return self

    def __anext__(self) -> Awaitable[bytes]:
        return anext(self._frames) if self._arrived else self._arrive()

    async def _arrive(self) -> bytes:
        self._arrived = True
        self._has_seat = self._seats.take(self._address)
        if self._has_seat:
            return await anext(self._frames)
        await self._frames.aclose()
        return _full()

    async def aclose(self) -> None:
        """Give the seat back. Whoever found none has none to give."""
        if self._has_seat:
            self._has_seat = False
            self._seats.give_back(self._address)
        await self._frames.aclose()


def _full() -> bytes:
    retry_ms = random.randint(*COME_BACK_MS)  # noqa: S311 - jitter
    return f"retry: {retry_ms}\n\n".encode() + sse.event("full", {"retry_ms": retry_ms})
