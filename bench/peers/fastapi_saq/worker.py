"""SAQ's worker: `saq bench.peers.fastapi_saq.worker.settings`."""

from __future__ import annotations

import os
from typing import Any

from redis.asyncio import Redis
from saq import CronJob, Queue

from bench.peers import async_shop

URL = os.environ["BENCH_REDIS_URL"]
queue = Queue.from_url(URL)


async def startup(ctx: dict[str, Any]) -> None:
    ctx["redis"] = Redis.from_url(URL, decode_responses=True)


async def cook_order(ctx: dict[str, Any], *, order_id: str, number: str) -> None:
    await async_shop.move(ctx["redis"], order_id, number, "STARTED")
    await async_shop.move(ctx["redis"], order_id, number, "SUCCESS")


async def collect(ctx: dict[str, Any]) -> None:
    await async_shop.collect(ctx["redis"])


settings = {
    "queue": queue,
    "functions": [cook_order],
    "cron_jobs": [CronJob(collect, cron="* * * * * */1")],
    "concurrency": int(os.environ.get("BENCH_CONCURRENCY", "10")),
    "startup": startup,
    # Its look for stuck jobs, otherwise each minute, has a job done twice that it meets between being
    # fetched and being marked as active (saq 0.26, `sweep` of its queue): one at the start is enough.
    "timers": {"sweep": 3600},
}
