"""Seats: how many streams may be open, in all and from one address.

Generous, since a whole hall shares one address; but nobody takes all of them. A browser's EventSource
gives up for good on any answer but 200, so who finds no seat gets 200, is told to come back later,
and the stream ends.
"""

from __future__ import annotations

import gc
import random
from collections import Counter as Tally
from collections.abc import AsyncGenerator

from web import sse

COME_BACK_MS = (10_000, 30_000)
LEFTOVERS = 100  # viewers, who took some 20 KiB each


class Seats:
    def __init__(self, in_all: int, per_address: int) -> None:
        self._in_all = in_all
        self._per_address = per_address
        self._taken: Tally[str] = Tally()
        self._left = 0

    async def seated(
        self, address: str, frames: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[bytes, None]:
        """`frames` on a seat of their own, given back at the end; or the word that all are taken."""
        if self._taken.total() >= self._in_all or self._taken[address] >= self._per_address:
            await frames.aclose()
            yield _full()
            return
        self._taken[address] += 1
        try:
            async for frame in frames:
                yield frame
        finally:
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address]
            self._tidy_up()
            await frames.aclose()

    def _tidy_up(self) -> None:
        """What a viewer leaves behind are cycles of tasks and protocols, which only Python's collector
        finds. It looks through all who stay, so it comes when as many as an eighth of these have left.
        """
        self._left += 1
        if self._left >= max(LEFTOVERS, self._taken.total() // 8):
            self._left = 0
            gc.collect()


def _full() -> bytes:
    retry_ms = random.randint(*COME_BACK_MS)  # noqa: S311 - jitter
    return f"retry: {retry_ms}\n\n".encode() + sse.event("full", {"retry_ms": retry_ms})
