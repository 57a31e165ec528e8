"""The roster: who is on shift, and what becomes of the orders of a cook who is not heard any more.

Every cook process beats into the book and watches the others' beats (`orders/watch.py`). It also does
what is due by time, and now and then looks the book over for what does not fit together.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from kitchen import schedule
from kitchen.cook import Cook
from kitchen.hands import Hands
from orders.errors import BookBroken, BookUnavailable, OrderNotFound, TransitionRefused
from orders.states import Actor
from orders.version import version
from orders.watch import CrewWatch

log = logging.getLogger("kitchen")

BEAT_S = 0.5
WATCH_EVERY = 4  # beats; every beat while somebody seems to be silent
CONTACT_S = 1.5  # twice as long without a look, and what others did meanwhile is not known
LOOK_AGAIN_EVERY = 2
CLOCK_EVERY = 24


class Roster:
    """One cook's beat and its watch over the others."""

    def __init__(self, cook: Cook, hands: Hands) -> None:
        self._cook = cook
        self._hands = hands
        self._book = cook.book
        self._watch = CrewWatch(CONTACT_S)
        self._sweep_every = max(1, round(cook.settings.sweep_s / BEAT_S))
        self._dropped: set[tuple[str, str]] = set()  # order and cook, as found the last time
        self._since_ms = int(time.time() * 1000)
        self._much_is_due = False

    @asynccontextmanager
    async def on_shift(self) -> AsyncIterator[None]:
        """Beat and watch while inside; take the name off the roster at the end."""
        self._hands.wish((await self._book.crew.beats_as_told())[1])
        await self._book.crew.arrive(self._cook.name, self._description(0))
        task = asyncio.create_task(self._keep_watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            try:
                await self._put_back_all()
                await self._book.crew.leave(self._cook.name)
            except BookUnavailable:
                log.info("Redis is away; the others will notice that %s left", self._cook.name)

    async def _put_back_all(self) -> None:
        """Put back what was claimed in the last moment, and never begun."""
        cooking = await self._book.crew.cooking()
        mine = [order_id for order_id, name in cooking.items() if name == self._cook.name]
        for order in (await self._book.orders(mine)).values():
            with suppress(TransitionRefused, BookBroken):
                await self._book.put_back(order.id, order.attempt, self._cook.name)

    async def _keep_watch(self) -> None:
        count = 0
        while True:
            count += 1
            try:
                await self._do_what_is_due(count)
            except BookUnavailable:
                self._watch.contact_lost()
                self._dropped = set()
            except Exception:
                log.exception("the watch stumbled, and goes on")
            await asyncio.sleep(BEAT_S)

    async def _do_what_is_due(self, count: int) -> None:
        await self._book.crew.beat(self._cook.name, self._description(count))
        if count % CLOCK_EVERY == 0 or (self._much_is_due and count % LOOK_AGAIN_EVERY == 0):
            # Where something was due, more is due in a moment; otherwise Redis is left in peace.
            done = await self._book.tick()
            self._much_is_due = any(done)
            if self._much_is_due:
                await self._book.diary.end("collect", schedule.told_of_tick(done), ok=True)
        if count % WATCH_EVERY == 0 or self._watch.in_doubt:
            beats, cooks = await self._book.crew.beats_as_told()
            self._hands.wish(cooks)
            self._watch.observe(beats)
            for name in self._watch.lost - {self._cook.name}:
                await self._give_up(name)
        if count % CLOCK_EVERY == 0:
            await self._find_dropped()
        if count % self._sweep_every == 0:
            await self._sweep()

    def _description(self, beat: int) -> dict[str, object]:
        return {
            "beat": beat,
            "cooks": self._hands.number,
            "follows": self._hands.follows,  # a wish for another number
            "version": version(),
            "host": platform.node(),
            "pid": os.getpid(),
            "since_ms": self._since_ms,
            "broken_recipes": self._cook.cookbook.left_out,
            "standstill": self._cook.standstill.told,
        }

    async def _give_up(self, name: str) -> None:
        log.warning("the cook %s is lost", name)
        for order_id, holder in (await self._book.crew.cooking()).items():
            if holder == name:
                await self._return(order_id, name)
        await self._book.crew.leave(name)

    async def _find_dropped(self) -> None:
        """Find started orders that nobody has in hand: their cook is on no roster, or is this one
        and never got the answer to his claim. Seen twice, since an answer may just be on its way.
        """
        dropped = {
            (order_id, name)
            for order_id, name in (await self._book.crew.cooking()).items()
            if (name not in self._watch.on_roster and name != Actor.STAFF)  # a person's is nobody's
            or (name == self._cook.name and order_id not in self._cook.in_hand)
        }
        for order_id, name in dropped & self._dropped:
            await self._return(order_id, name)
        self._dropped = dropped

    async def _return(self, order_id: str, name: str) -> None:
        try:
            order = await self._book.give_up(order_id, name)
            back = {"order": order_id}
            log.warning("%s goes back to the crew: %s", order.reference, order.status, extra=back)
        except (OrderNotFound, TransitionRefused):
            return  # somebody else was quicker
        except BookBroken as error:
            log.warning("%s is damaged, and stays where it is: %s", order_id, error)

    async def _sweep(self) -> None:
        mended = await self._book.sweep()
        told = schedule.told_of_sweep(mended)
        await self._book.diary.end("sweep", told, ok=True)
        if any(mended.values()):
            log.warning("the sweep %s", told)
