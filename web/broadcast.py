"""Frames for many viewers: each is encoded once and kept once, and a viewer is a cursor.

A viewer who reads slowly holds no queue. When the frames it missed are no longer kept, it gets what a
newcomer gets. Viewers are woken a few at a time, so that an order can be taken in between.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable

from web import sse

KEPT_FRAMES = 64
END_WITHIN_S = 1.0
WOKEN_AT_ONCE = 50


class Broadcast:
    """One stream of frames. `catch_up` gives what a newcomer must see first, as of the last frame;
    so many frames are kept for those who are a little behind.
    """

    # A phone's stream is a broadcast to one; there are as many of these as customers.
    __slots__ = (
        "_catch_up",
        "_keep",
        "_kept",
        "_over",
        "_sent",
        "_waiting",
        "_waking",
        "viewers",
    )

    def __init__(self, catch_up: Callable[[], bytes], keep: int = KEPT_FRAMES) -> None:
        self.viewers = 0
        self._catch_up = catch_up
        self._keep = keep
        self._kept: list[bytes] = []  # a deque would take 600 bytes, empty
        self._sent = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._waking: asyncio.Task[None] | None = None
        self._over = False

    def send(self, frame: bytes) -> None:
        """Show a frame to all viewers."""
        self._kept.append(frame)
        del self._kept[: -self._keep]
        self._sent += 1
        self._wake()

    async def reached_all(self) -> None:
        """Wait until everybody who waited for a frame has been woken."""
        if self._waking is not None:
            await asyncio.wait([self._waking])

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
                    await self._more()
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
        return b"".join(self._kept[-missed:])

    async def _more(self) -> None:
        news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(news)
        await news

    def _wake(self) -> None:
        """Wake those who wait; at once when they are few, as on a customer's own stream."""
        if self._waking is not None:
            return
        if len(self._waiting) <= WOKEN_AT_ONCE:
            self._wake_these(self._take_waiting())
        else:
            self._waking = asyncio.create_task(self._wake_all())

    async def _wake_all(self) -> None:
        seen = -1
        while seen < self._sent and self._waiting:  # again for what was sent meanwhile
            seen, waiting = self._sent, self._take_waiting()
            for first in range(0, len(waiting), WOKEN_AT_ONCE):
                self._wake_these(waiting[first : first + WOKEN_AT_ONCE])
                await asyncio.sleep(0)
        self._waking = None
        if self._over:
            self._wake()

    def _take_waiting(self) -> list[asyncio.Future[None]]:
        waiting, self._waiting = self._waiting, []
        return waiting

    @staticmethod
    def _wake_these(waiting: list[asyncio.Future[None]]) -> None:
        for news in waiting:
            if not news.done():  # else: has left
                news.set_result(None)
