"""Frames for many viewers: each is encoded once and kept once, and a viewer is a cursor.

A viewer who reads slowly holds no queue. When the frames it missed are no longer kept, it gets what a
newcomer gets.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncGenerator, Callable
from itertools import islice

from web import sse

KEPT_FRAMES = 64
END_WITHIN_S = 1.0


class Broadcast:
    """One stream of frames. `catch_up` gives what a newcomer must see first, as of the last frame."""

    def __init__(self, catch_up: Callable[[], bytes]) -> None:
        self.viewers = 0
        self._catch_up = catch_up
        self._kept: deque[bytes] = deque(maxlen=KEPT_FRAMES)
        self._sent = 0
        self._news = asyncio.Event()
        self._over = False

    def send(self, frame: bytes) -> None:
        """Show a frame to all viewers."""
        self._kept.append(frame)
        self._sent += 1
        self._wake()

    def end(self) -> None:
        """The frames sent until now are the last ones."""
        self._over = True
        self._wake()

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """One viewer's frames; ends when the broadcast does."""
        self.viewers += 1
        try:
            cursor = self._sent
            yield sse.retry() + self._catch_up()
            while not self._over or cursor < self._sent:
                if cursor == self._sent:
                    await self._news.wait()
                    continue
                missed, cursor = self._sent - cursor, self._sent
                yield self._since(missed)
            await asyncio.sleep(random.uniform(0, END_WITHIN_S))  # noqa: S311 - jitter
            yield sse.retry()
        finally:
            self.viewers -= 1

    def _since(self, missed: int) -> bytes:
        if missed > len(self._kept):
            return self._catch_up()
        return b"".join(islice(self._kept, len(self._kept) - missed, None))

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
