"""Errands: web hooks and the schedule, by an arq worker of their own beside the cooks.

It has its own queue, its own slots and its own connections in the same process, so no errand ever takes
a cook's place. It is woken by a bell, as the crew is, and otherwise looks twice a minute.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import wraps
from typing import Any

from arq import Retry
from arq.worker import Worker, func
from redis.exceptions import RedisError

from kitchen import schedule
from kitchen.bell import Bell
from kitchen.hooks import ANSWER_WITHIN_S, Post, send_hook
from kitchen.pool import redis_pool, serialize
from orders.book import DEFAULT_REDIS_URL, OrderBook
from orders.diary import LONGEST_RUN_S
from orders.errors import BookUnavailable
from orders.keys import Keys
from orders.settings import Settings

log = logging.getLogger("kitchen")

SLOTS = 8
POLL_S = 30.0
PAUSE_S = 1.0
CLOSE_S, AGAIN_S = 2.0, 0.05
TRIES = 100_000  # the book counts what counts as an attempt
READ_LIMIT = 200  # more than all slots of all kitchens, or errands starve beside a full queue

Task = Callable[..., Coroutine[Any, Any, None]]


@asynccontextmanager
async def errands(settings: Settings, book: OrderBook) -> AsyncIterator[None]:
    """Run errands while inside. What is under way at the end is put back, and run by others."""
    worker = ErrandsWorker(settings, book)
    working = asyncio.create_task(worker.work())
    try:
        yield
    finally:
        await worker.settle()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await worker.close()


class ErrandsWorker(Worker):
    """arq's worker; only when it looks is ours, and that an absent Redis does not end it."""

    def __init__(self, settings: Settings, book: OrderBook) -> None:
        keys = Keys(settings.key_prefix)
        self._post = Post(settings)
        super().__init__(
            functions=[
                func(_or_again(send_hook), name="send_hook", timeout=ANSWER_WITHIN_S + 10),
                func(_or_again(schedule.run_task), name="run_task", timeout=LONGEST_RUN_S),
            ],
            cron_jobs=[schedule.every_minute(settings)],
            timezone=schedule.TIME_ZONE,
            queue_name=keys.errands,
            redis_pool=redis_pool(settings, keys.errands, SLOTS),
            max_jobs=SLOTS,
            max_tries=TRIES,
            job_timeout=LONGEST_RUN_S,  # and ten seconds later a dead worker's job is another's
            queue_read_limit=READ_LIMIT,
            poll_delay=POLL_S,
            keep_result=0,
            handle_signals=False,
            log_results=False,
            job_serializer=serialize,
            job_deserializer=json.loads,
            ctx={"book": book, "post": self._post, "settings": settings},
        )
        self._bell = Bell(settings.redis_url or DEFAULT_REDIS_URL, keys.errand_bell, int(POLL_S))
        self._rung = asyncio.Event()
        self._looking = asyncio.Lock()
        self._alarm: asyncio.TimerHandle | None = None

    async def work(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for job in (self._keep_polling, self._listen, self._look):
                tasks.create_task(job())

    async def settle(self) -> None:
        """Look for nothing any more, and give back what is under way: arq's answer to a cancelled job is
        that it will be run again.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await (
                    self._looking.acquire()
                )  # for good; a look in the middle would leave a pipeline
                await self._give_back()

    async def close(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        for left in self.tasks.values():
            left.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        await self._post.close()
        await self._bell.close()
        await self.pool.aclose(close_connection_pool=True)

    async def _give_back(self) -> None:
        """Cancel the errands, not arq's care for them: it writes what became of each before it ends."""
        while running := [task for task in self.tasks.values() if not task.done()]:
            for errand in self.job_tasks.values():
                errand.cancel()
            await asyncio.wait(running, timeout=AGAIN_S)  # one may just be about to begin

    async def _keep_polling(self) -> None:
        while True:
            try:
                await self.main()
            except (RedisError, OSError):  # arq asks Redis a few things before it begins
                await asyncio.sleep(PAUSE_S)

    async def _listen(self) -> None:
        while True:
            if await self._bell.heard():
                self._rung.set()

    async def _look(self) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            if "redis" in self.ctx:  # arq has begun
                await self._poll_iteration()

    async def _poll_iteration(self) -> None:
        async with self._looking:
            planned = [job.next_run for job in self.cron_jobs]
            try:
                await super()._poll_iteration()
                await self._wake_for_the_next()
            except (RedisError, OSError) as error:
                log.info("Redis is away (%s); the errands wait", error)
            if planned != [job.next_run for job in self.cron_jobs]:
                self._rung.set()  # a run was put into the queue, and nobody rings for that

    async def _wake_for_the_next(self) -> None:
        """Look again when the next errand is due, if that is before the next poll."""
        now_ms = int(time.time() * 1000)  # arq's clock too
        later = await self.pool.zrangebyscore(
            self.queue_name, f"({now_ms}", "+inf", start=0, num=1, withscores=True
        )
        if self._alarm is not None:
            self._alarm.cancel()
        if later:
            (_, due_ms), *_ = later
            due_s = (float(due_ms) - now_ms) / 1000
            self._alarm = self.loop.call_later(min(due_s, POLL_S) + 0.001, self._rung.set)

    def _release_sem_dec_counter_on_complete(self) -> None:
        """Also, a free slot looks for work at once; arq would leave it empty until the next poll."""
        super()._release_sem_dec_counter_on_complete()
        self._rung.set()


def _or_again(task: Task) -> Task:
    """An errand that Redis's absence interrupts is run again."""

    @wraps(task)
    async def run(ctx: dict[str, Any], *arguments: Any) -> None:
        try:
            await task(ctx, *arguments)
        except BookUnavailable as error:
            raise Retry(defer=PAUSE_S) from error

    return run
