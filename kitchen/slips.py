"""How a claimed slip is run: an order, which its claim has started, at once; anything else as arq does.

What a job is, its hooks, limits and retries are arq's. When slips are claimed is in `kitchen/crew.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from arq.worker import Worker
from redis.exceptions import RedisError

from kitchen.cook import cook_order
from kitchen.shift import go_home
from orders.claims import Slip
from orders.model import Meal

log = logging.getLogger("kitchen")

PAUSE_S = 0.2


class SlipWorker(Worker):
    """arq's worker, to whom slips are given that are claimed already."""

    closing = False

    async def take(self, slip: Slip) -> None:
        """Begin with a slip, in one of arq's slots. The caller has seen that one is free."""
        await self.sem.acquire()
        self.job_counter += 1
        task = self.loop.create_task(self._run(slip))
        task.add_done_callback(lambda _: self._release_sem_dec_counter_on_complete())
        self.tasks[slip.job_id] = task

    def look_again(self) -> None:
        """Called when there may be something to claim."""

    async def _run(self, slip: Slip) -> None:
        """Run a slip: an order that is started already at once, anything else as arq does.

        The order's end, whatever it is, removes the job with its keys (transition.lua), so nothing
        of arq's bookkeeping is left to do for it.
        """
        if slip.meal is None:
            await self.run_job(slip.job_id, slip.score)
            self.look_again()  # it may be due again, and nobody rings for that
            return
        try:
            await self._run_order(slip.meal, {**self.ctx, **_told_of(slip)})
        except Exception:  # a hook's, or an order that somebody has damaged: the others go on
            log.exception("%s came to a bad end", slip.meal.reference)
            self.jobs_failed += 1

    async def _run_order(self, meal: Meal, ctx: dict[str, Any]) -> None:
        self.ctx["cook"].claimed[meal.order_id] = meal
        if self.on_job_start:
            await self.on_job_start(ctx)
        await self._cook(ctx["job_id"], cook_order(ctx, meal.order_id, meal.attempt))
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
        while not self.closing:
            try:
                await super().run_job(job_id, score)
            except (RedisError, OSError):
                await asyncio.sleep(PAUSE_S)
            else:
                return

    async def close(self) -> None:
        """As arq's, but neither a task that ended badly nor an absent Redis stops it halfway."""
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        with suppress(RedisError, OSError):
            await self.pool.delete(self.health_check_key)
        await go_home(self.ctx)
        await self.pool.aclose(close_connection_pool=True)


def _told_of(slip: Slip) -> dict[str, Any]:
    """What arq tells a job and its hooks. An order's attempts are the book's: each is a new job."""
    due = datetime.fromtimestamp(slip.score / 1000, UTC)
    return {"job_id": slip.job_id, "job_try": 1, "enqueue_time": due, "score": slip.score}
