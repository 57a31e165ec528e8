"""The bell on the counter: it rings when an order is placed, and one idle crew wakes.

A short list in Redis on which an idle worker blocks. A token waits for a listener and wakes exactly
one; a published message would wake all of them, or none that was not listening just then.
"""

from __future__ import annotations

import asyncio
import random
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from orders.gateway import connection_pool

LISTEN_S = 15
RING_WITHIN_S = 2.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0


class Bell:
    """The bell of one queue, heard on a connection of its own, since listening blocks it."""

    def __init__(self, url: str, key: str, listen_s: int = LISTEN_S) -> None:
        pool = connection_pool(url, size=2, wait_s=1, answer_s=listen_s + 2)
        self._redis: Any = Redis(connection_pool=pool)
        self._key = key
        self._listen_s = listen_s
        self._pause_s = FIRST_PAUSE_S

    async def heard(self) -> bool:
        """Wait for a ring, `listen_s` at most. An outage counts as silence: polling goes on.

        Raises nothing but cancellation.
        """
        try:
            rung = await self._redis.blpop(self._key, timeout=self._listen_s) is not None
        except (RedisError, OSError):
            await asyncio.sleep(random.uniform(self._pause_s / 2, self._pause_s))  # noqa: S311 - jitter
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
            return False
        self._pause_s = FIRST_PAUSE_S
        return rung

    async def ring(self) -> None:
        """Hand a token on to the next listener."""
        try:
            # Its connection is one that may be silent for long.
            async with asyncio.timeout(RING_WITHIN_S):
                await self._redis.lpush(self._key, "1")
        except (RedisError, OSError):  # TimeoutError is one
            return  # the others poll

    async def close(self) -> None:
        await self._redis.aclose(close_connection_pool=True)
