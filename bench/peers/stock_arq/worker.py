"""arq's worker: `arq bench.peers.stock_arq.worker.WorkerSettings`, or `….TunedSettings`."""

from __future__ import annotations

import os
from typing import Any

from arq.connections import RedisSettings

from bench.peers import async_shop


async def cook_order(ctx: dict[str, Any], order_id: str, number: str) -> None:
    await async_shop.move(ctx["redis"], order_id, number, "STARTED")
    await async_shop.move(ctx["redis"], order_id, number, "SUCCESS")


class WorkerSettings:
    """Default settings."""

    functions = (cook_order,)
    redis_settings = RedisSettings.from_dsn(os.environ["BENCH_REDIS_URL"])


class TunedSettings:
    """The same in a hurry. (arq reads a class's own names only, not those it inherits.)"""

    functions = (cook_order,)
    redis_settings = WorkerSettings.redis_settings
    max_jobs = 100
    poll_delay = 0.01
    keep_result = 0
