"""A stock arq worker with default settings: what the pick-up of orders is measured beside."""

from __future__ import annotations

import os
from typing import Any

from arq.connections import RedisSettings


async def nothing(ctx: dict[str, Any], number: int) -> None:
    """A job that only says that it has started."""
    await ctx["redis"].publish("bench:started", str(number))


class WorkerSettings:
    """Run by `arq bench.stock_arq.WorkerSettings`."""

    functions = (nothing,)
    redis_settings = RedisSettings.from_dsn(os.environ["REDIS_URL"])
