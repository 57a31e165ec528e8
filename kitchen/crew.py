"""The crew at work: arq's worker, which looks for work when the bell rings, not only twice a second.

Only *when* it looks and *how* slips are claimed differ from a stock worker; what a job is, how it
runs, its hooks, limits and retries are arq's. A stock worker can serve the same queue beside it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from arq.worker import Worker
from redis.exceptions import RedisError

from kitchen.bell import Bell
from kitchen.cook import Cook, cook_order
from kitchen.shift import go_home, worker_options
from orders.book import DEFAULT_REDIS_URL
from orders.errors import BookUnavailable
from orders.gateway import unavailable
from orders.keys import Keys
from orders.model import Slip
from orders.settings import Settings

log = logging.getLogger("kitchen")

POLL_S = 8.0
PAUSE_S = 0.2
LOOK_AGAIN_S = 1.0
ATTEND_S = 0.5  # arq's own poll
RING_S = (
    0.003  # in a rush the bell is followed so often at most, and the more slips are claimed at once
)


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


class CrewWorker(Worker):
    """arq's worker, woken by the bell and by its own free hands; polling stays as the fallback."""

    def __init__(self, settings: Settings, **more: Any) -> None:
        """`more` are any of arq's parameters, for other tasks beside the orders, cron, hooks."""
        super().__init__(**{**worker_options(settings), "poll_delay": POLL_S, **more})
        self._bell = Bell(settings.redis_url or DEFAULT_REDIS_URL, Keys(settings.key_prefix).bell)
        self._rung = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._looking = asyncio.Lock()
        self._claims = 0
        self._more_waits = True
        self._listening: asyncio.Task[None] | None = None
        self._closing = False

    async def main(self) -> None:
        """As arq's, with two tasks beside it: one hears the bell, one looks when it has rung."""
        self._listening = asyncio.create_task(self._listen())
        tasks = [self._listening, asyncio.create_task(self._look())]
        if self.cron_jobs or self.allow_abort_jobs:
            tasks.append(asyncio.create_task(self._attend()))
        try:
            await super().main()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
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
        self._closing = True
        if self._listening is not None:
            self._listening.cancel()

    async def close(self) -> None:
        """As arq's, but neither a task that ended badly nor an absent Redis stops it halfway."""
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        with suppress(RedisError, OSError):
            await self.pool.delete(self.health_check_key)
        await go_home(self.ctx)
        await self.pool.aclose(close_connection_pool=True)

    async def _listen(self) -> None:
        while True:
            await self._free.wait()
            if await self._bell.heard():
                self._rung.set()
                if not self._free.is_set():  # busy since; the ring is for somebody else
                    await self._bell.ring()
                await asyncio.sleep(RING_S)

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
            await self.sem.acquire()
            self.job_counter += 1
            task = self.loop.create_task(self._run(slip))
            task.add_done_callback(lambda _: self._release_sem_dec_counter_on_complete())
            self.tasks[slip.job_id] = task
        if self.job_counter >= self.max_jobs:
            self._free.clear()

    async def _arq_iteration(self) -> None:
        """The rest of arq's own iteration: aborted jobs, done tasks, health, cron; not the queue."""
        picking, self.allow_pick_jobs = self.allow_pick_jobs, False
        try:
            await super()._poll_iteration()
        finally:
            # A signal may have come in between, and has said no.
            self.allow_pick_jobs = picking and not self._closing

    async def _run(self, slip: Slip) -> None:
        """Run a slip: an order that is started already at once, anything else as arq does.

        The order's end, whatever it is, removes the job with its keys (transition.lua), so nothing
        of arq's bookkeeping is left to do for it.
        """
        if slip.meal is None:
            await self.run_job(slip.job_id, slip.score)
            self._rung.set()  # it may be due again, and nobody rings for that
            return
        meal, cook = slip.meal, self.ctx["cook"]
        cook.claimed[meal.order_id] = meal
        ctx = {**self.ctx, **_told_of(slip)}
        if self.on_job_start:
            await self.on_job_start(ctx)
        await self._cook(slip.job_id, cook_order(ctx, meal.order_id, meal.attempt))
        for hook in (self.on_job_end, self.after_job_end):
            if hook is not None:
                await hook(ctx)

    async def _cook(self, job_id: str, cooking: Coroutine[Any, Any, None]) -> None:
        """Cook, so that `Job.abort` finds it: then the cook has put the order back, as on going home."""
        me = asyncio.current_task()
        assert me is not None
        self.job_tasks[job_id] = me
        try:
            await cooking
            self.jobs_complete += 1
        except asyncio.CancelledError:
            if job_id not in self.aborting_tasks:
                raise
            self.aborting_tasks.remove(job_id)
            self.jobs_failed += 1
        finally:
            del self.job_tasks[job_id]

    async def run_job(self, job_id: str, score: int) -> None:
        """As arq's, but an outage of Redis does not end it: run again, and the book says what is left.

        (What was cooked and written before is refused the second time, which only ends the slip.)
        """
        while not self._closing:
            try:
                await super().run_job(job_id, score)
            except (RedisError, OSError):
                await asyncio.sleep(PAUSE_S)
            else:
                return

    def _release_sem_dec_counter_on_complete(self) -> None:
        super()._release_sem_dec_counter_on_complete()
        self._free.set()
        if self._more_waits:
            self._rung.set()


def _told_of(slip: Slip) -> dict[str, Any]:
    """What arq tells a job and its hooks. An order's attempts are the book's: each is a new job."""
    due = datetime.fromtimestamp(slip.score / 1000, UTC)
    return {"job_id": slip.job_id, "job_try": 1, "enqueue_time": due, "score": slip.score}
