"""The roster: who is on shift, and what becomes of the orders of a cook who is not heard any more.

Every cook process beats into the book and watches the others' beats. A beat that stands still means
little by itself, since the watcher may have been cut off as well. So a cook is given up only after
the watcher's *own* contact with Redis held without a break while that beat did not change.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kitchen.cook import Cook
from orders.errors import BookUnavailable, OrderNotFound, TransitionRefused
from orders.states import Actor

log = logging.getLogger("kitchen")

BEAT_S = 0.5
LOST_AFTER_S = 4.0
WATCH_EVERY = 2  # beats
CLOCK_EVERY = 20  # beats


class Roster:
    """One cook's beat and its watch over the others."""

    def __init__(self, cook: Cook) -> None:
        self._cook = cook
        self._contact_since = time.monotonic()
        self._seen: dict[str, tuple[str, float]] = {}  # cook → beat, and since when unchanged
        self._dropped: set[tuple[str, str]] = set()  # order and cook, as found the last time
        self._since_ms = int(time.time() * 1000)

    @asynccontextmanager
    async def on_shift(self) -> AsyncIterator[None]:
        """Beat and watch while inside; take the name off the roster at the end."""
        await self._beat(0)
        task = asyncio.create_task(self._keep_watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            try:
                await self._cook.book.leave(self._cook.name)
            except BookUnavailable:
                log.info("Redis is away; the others will notice that %s left", self._cook.name)

    async def _keep_watch(self) -> None:
        count = 0
        while True:
            count += 1
            try:
                await self._beat(count)
                if count % WATCH_EVERY == 0:
                    await self._watch()
                if count % CLOCK_EVERY == 0:
                    await self._find_dropped()
                    await self._cook.book.tick()
            except BookUnavailable:
                self._contact_since = time.monotonic()
                self._dropped = set()
            await asyncio.sleep(BEAT_S)

    async def _beat(self, count: int) -> None:
        await self._cook.book.beat(
            self._cook.name,
            {
                "beat": count,
                "cooks": self._cook.settings.cooks,
                "host": platform.node(),
                "pid": os.getpid(),
                "since_ms": self._since_ms,
            },
        )

    async def _watch(self) -> None:
        """Give up the cooks whose beat stood still for too long."""
        crew = await self._cook.book.crew()
        now = time.monotonic()
        self._seen = {name: seen for name, seen in self._seen.items() if name in crew}
        for name, beat in crew.items():
            if name not in self._seen or self._seen[name][0] != beat:
                self._seen[name] = (beat, now)
            elif name != self._cook.name and now - self._last_sign(name) > LOST_AFTER_S:
                await self._give_up(name)

    def _last_sign(self, name: str) -> float:
        return max(self._seen[name][1], self._contact_since)

    async def _give_up(self, name: str) -> None:
        log.warning("the cook %s is lost", name)
        for order_id, holder in (await self._cook.book.cooking()).items():
            if holder == name:
                await self._return(order_id, name)
        await self._cook.book.leave(name)
        del self._seen[name]

    async def _find_dropped(self) -> None:
        """Find started orders that nobody has in hand: their cook is on no roster, or is this one
        and never got the answer to his claim. Seen twice, since an answer may just be on its way.
        """
        dropped = {
            (order_id, name)
            for order_id, name in (await self._cook.book.cooking()).items()
            if (name not in self._seen and name != Actor.STAFF)  # a person's order is nobody's
            or (name == self._cook.name and order_id not in self._cook.in_hand)
        }
        for order_id, name in dropped & self._dropped:
            await self._return(order_id, name)
        self._dropped = dropped

    async def _return(self, order_id: str, name: str) -> None:
        try:
            order = await self._cook.book.give_up(order_id, name)
            log.warning("%s goes back to the crew: %s", order.reference, order.status)
        except (OrderNotFound, TransitionRefused):
            return  # somebody else was quicker
