"""The crew at work: arq's worker, which looks for work when the bell rings, not only twice a second.

Only *when* it looks and *how* slips are claimed differ from a stock worker; what a job is, how it
runs, its hooks, limits and retries are arq's. A stock worker can serve the same queue beside it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import suppress
from typing import Any

from redis.exceptions import RedisError

from kitchen.bell import Bell
from kitchen.cook import Cook
from kitchen.hands import Hands
from kitchen.shift import worker_options
from kitchen.slips import PAUSE_S, SlipWorker
from kitchen.tasks import Tasks
from orders.book import DEFAULT_REDIS_URL
from orders.crew import MOST_COOKS
from orders.errors import BookUnavailable
from orders.gateway import unavailable
from orders.keys import Keys
from orders.settings import Settings

log = logging.getLogger("kitchen")

POLL_S = 8.0
LOOK_AGAIN_S = 1.0
ATTEND_S = 0.5  # arq's own poll
RING_S = 0.003  # the bell is followed so often at most: in a rush more slips are claimed at once


def run(settings: Settings) -> None:
    """Open the kitchen, and cook until SIGTERM or Ctrl-C; then finish what is in hand, and go.

    Raises BookUnavailable when Redis goes away before the kitchen is open; afterwards it waits for it.
    """
    asyncio.set_event_loop(_new_loop())
    worker = CrewWorker(settings)
    with unavailable():
        worker.run()


def _new_loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


class CrewWorker(SlipWorker):
    """arq's worker, woken by the bell and by its own free hands; polling stays as the fallback."""

    def __init__(self, settings: Settings, **more: Any) -> None:
        """`more` are any of arq's parameters, for other tasks beside the orders, cron, hooks."""
        super().__init__(**{**worker_options(settings), "poll_delay": POLL_S, **more})
        self.functions = Tasks(self.functions)
        # Claims count by max_jobs, which may grow; arq's own count of slots cannot.
        self.sem = asyncio.BoundedSemaphore(MOST_COOKS + 1)
        self.ctx["hands"] = Hands(self.max_jobs, self._change_hands)
        self._bell = Bell(settings.redis_url or DEFAULT_REDIS_URL, Keys(settings.key_prefix).bell)
        self._rung = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._looking = asyncio.Lock()
        self._claims = 0
        self._more_waits = True
        self._listening: asyncio.Task[None] | None = None

    async def main(self) -> None:
        """As arq's, with two tasks beside it: one hears the bell, one looks when it has rung."""
        self._listening = asyncio.create_task(self._listen())
        tasks = [asyncio.create_task(self._look())]
        if self.cron_jobs or self.allow_abort_jobs:
            tasks.append(asyncio.create_task(self._attend()))
        try:
            await super().main()
        finally:
            self._stop_listening()
            for task in tasks:
                task.cancel()
            await asyncio.gather(self._listening, *tasks, return_exceptions=True)
            await self._bell.close()

    def handle_sig(self, signum: signal.Signals) -> None:
        """SIGTERM or Ctrl-C without a grace period."""
        self._begin_to_close()
        super().handle_sig(signum)

    def handle_sig_wait_for_completion(self, signum: signal.Signals) -> None:
        """SIGTERM or Ctrl-C: finish what is in hand; arq cancels what is not done in time."""
        self._begin_to_close()
        super().handle_sig_wait_for_completion(signum)

    def _begin_to_close(self) -> None:
        """From now on nothing is claimed, and no ring is taken from those who can follow it."""
        self.closing = True
        log.info("going home: nothing new is taken, %d orders are in hand", self.job_counter)
        self._rung.set()  # arq waits until what is done has been taken off its list
        self._stop_listening()

    def _stop_listening(self) -> None:
        """Once: to be cancelled again would interrupt it in handing the bell on."""
        if self._listening is not None and not self._listening.cancelling():
            self._listening.cancel()

    async def _listen(self) -> None:
        try:
            while True:
                await self._free.wait()
                if await self._bell.heard():
                    self._rung.set()
                    if not self._free.is_set():  # busy since; the ring is for somebody else
                        await self._bell.ring()
                    await asyncio.sleep(RING_S)
        finally:
            # A ring may have come just now, and nobody here follows it any more.
            await self._bell.ring()

    async def _look(self) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            if "cook" in self.ctx:
                await self._poll_iteration()

    async def _attend(self) -> None:
        """Cron and abort, as often as a stock worker attends to them: our polls are too far apart."""
        while True:
            await asyncio.sleep(ATTEND_S)
            planned = [job.next_run for job in self.cron_jobs]
            async with self._looking:
                with suppress(RedisError, OSError):
                    await self._arq_iteration()
            if planned != [job.next_run for job in self.cron_jobs]:
                self._rung.set()  # a run was put into the queue, and nobody rings for that

    async def _poll_iteration(self) -> None:
        """Claim slips for all free hands. While Redis is away nothing is claimed, and nobody leaves."""
        async with self._looking:
            try:
                if self.allow_pick_jobs and self.job_counter < self.max_jobs:
                    await self._claim()
                await self._arq_iteration()
            except (BookUnavailable, RedisError, OSError) as error:
                log.warning("Redis is away (%s); the kitchen waits", error)
                self.loop.call_later(LOOK_AGAIN_S, self._rung.set)
                await asyncio.sleep(PAUSE_S)

    async def _claim(self) -> None:
        cook: Cook = self.ctx["cook"]
        lasts_ms = int(self.in_progress_timeout_s * 1000)
        hands = self.max_jobs - self.job_counter
        claim = await cook.book.claim(cook.name, hands, lasts_ms, self._claims)
        self._claims += 1  # only now: without an answer the same claim is made again
        self._more_waits = len(claim.slips) == hands
        if claim.next_s is not None and claim.next_s < POLL_S:
            self.loop.call_later(claim.next_s, self._rung.set)
        for slip in claim.slips:
            await self.take(slip)
        if self.job_counter >= self.max_jobs:
            self._free.clear()
            if self._rung.is_set():  # it rang while we claimed; somebody else may have a free hand
                await self._bell.ring()

    async def _arq_iteration(self) -> None:
        """The rest of arq's own iteration: aborted jobs, done tasks, health, cron; not the queue."""
        picking, self.allow_pick_jobs = self.allow_pick_jobs, False
        try:
            await super()._poll_iteration()
        finally:
            # A signal may have come in between, and has said no.
            self.allow_pick_jobs = picking and not self.closing

    def look_again(self) -> None:
        self._rung.set()

    def _change_hands(self, number: int) -> None:
        """Cook so many at once from now on; what is in hand above that is finished first."""
        log.info("%d orders at once from now on", number)
        self.max_jobs = number
        self._feel_free()
        self._rung.set()

    def _feel_free(self) -> None:
        if self.job_counter < self.max_jobs:
            self._free.set()
        else:
            self._free.clear()

    def _release_sem_dec_counter_on_complete(self) -> None:
        super()._release_sem_dec_counter_on_complete()
        self._feel_free()
        if self._more_waits or self.closing:
            self._rung.set()
