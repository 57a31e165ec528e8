"""Asking the book until it answers: a cook keeps what he has in hand while Redis is away."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from orders.errors import BookUnavailable

T = TypeVar("T")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Call until the book answers, with growing and uneven pauses."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return await call()
        except BookUnavailable:
            await asyncio.sleep(random.uniform(pause_s / 2, pause_s))  # noqa: S311 - jitter
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
