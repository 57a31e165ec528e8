"""What a worker of this store is made of, ours or a stock one, and how it comes on shift.

The names are those of arq's `Worker`; what our own worker does differently is in `kitchen/crew.py`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import platform
import secrets
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from arq.connections import ArqRedis
from arq.worker import func

from kitchen import processes, recipes
from kitchen.cook import Cook, cook_order
from kitchen.patience import patiently
from kitchen.roster import Roster
from orders.book import DEFAULT_REDIS_URL, OrderBook
from orders.gateway import connection_pool
from orders.keys import Keys
from orders.settings import Settings

log = logging.getLogger("kitchen")

DEADLINE_S = 5.0
LONGEST_JOB_S = 24 * 3600
TRIES = 1000  # the book counts attempts; arq only must not stop before it
HEALTH_S = 15.5  # arq's mark lasts a second longer; our polls, 8 s apart, must meet that second
READ_LIMIT = 2000  # more than all slots of a crew, or cooks starve beside a full queue


def worker_options(settings: Settings) -> dict[str, Any]:
    """What a worker of this store is made with, ours or a stock one (arq's `Worker(**options)`)."""
    return {
        "functions": [func(cook_order, name="cook_order", timeout=LONGEST_JOB_S, max_tries=TRIES)],
        "queue_name": Keys(settings.key_prefix).queue,
        "redis_pool": _redis_pool(settings),
        "on_startup": come_on_shift,
        "on_shutdown": go_home,
        "max_jobs": settings.cooks,
        "queue_read_limit": READ_LIMIT,
        "job_completion_wait": settings.grace_s,
        "keep_result": 0,
        "health_check_interval": HEALTH_S,
        "log_results": False,
        "job_serializer": serialize,
        "job_deserializer": json.loads,
        "ctx": {"settings": settings},
    }


def serialize(job: dict[str, Any]) -> bytes:
    """JSON, not pickle: a slip is data, and never runs code when it is read.

    What is not JSON becomes its text: arq serializes the exception of a void slip, which nobody reads.
    """
    return json.dumps(job, default=str).encode()


async def come_on_shift(ctx: dict[str, Any]) -> None:
    """arq's `on_startup`: open the book, and put a name on the roster."""
    settings: Settings = ctx["settings"]
    if settings.recipes is not None:
        recipes.also_look_in(settings.recipes)
    stack = ctx["shift"] = AsyncExitStack()
    book = await stack.enter_async_context(OrderBook(settings, deadline_s=DEADLINE_S))
    name = f"{platform.node()}-{os.getpid()}-{secrets.token_hex(2)}".replace(" ", "-")
    cook = ctx["cook"] = Cook(name, book, settings)
    await patiently(book.meet)
    if settings.kitchen is not None:
        await book.crew.choose(settings.kitchen)
    cook.cookbook.read()
    if settings.reload:
        await stack.enter_async_context(_beside(cook.cookbook.follow()))
    await stack.enter_async_context(cook.standstill.watched())
    await stack.enter_async_context(Roster(cook).on_shift())
    log.info("%s is on shift, %d orders at once", name, settings.cooks)


async def go_home(ctx: dict[str, Any]) -> None:
    """arq's `on_shutdown`."""
    processes.close(at_once=True)  # what they were at has been put back, or was cancelled
    if "shift" in ctx:
        await ctx["shift"].aclose()


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let `work` go on while inside."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _redis_pool(settings: Settings) -> ArqRedis:
    """arq's connections, with time limits and repeats that its RedisSettings does not offer."""
    url = settings.redis_url or DEFAULT_REDIS_URL
    pool = connection_pool(url, size=settings.cooks + 4, wait_s=DEADLINE_S)
    return ArqRedis(
        pool_or_conn=pool,
        job_serializer=serialize,
        job_deserializer=json.loads,
        default_queue_name=Keys(settings.key_prefix).queue,
    )
