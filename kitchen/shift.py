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

from arq.worker import func

from kitchen import processes, recipes
from kitchen.cook import Cook, cook_order
from kitchen.errands import errands
from kitchen.hands import Hands
from kitchen.patience import patiently
from kitchen.pool import DEADLINE_S, redis_pool, serialize
from kitchen.roster import Roster
from orders.book import DEFAULT_REDIS_URL, OrderBook
from orders.keys import Keys
from orders.preflight import without_password
from orders.settings import Settings

log = logging.getLogger("kitchen")

LONGEST_JOB_S = 24 * 3600
TRIES = 1000  # the book counts attempts; arq only must not stop before it
HEALTH_S = 15.5  # arq's mark lasts a second longer; our polls, 8 s apart, must meet that second
READ_LIMIT = 2000  # more than all slots of a crew, or cooks starve beside a full queue


def worker_options(settings: Settings) -> dict[str, Any]:
    """What a worker of this store is made with, ours or a stock one (arq's `Worker(**options)`)."""
    queue = Keys(settings.key_prefix).queue
    return {
        "functions": [func(cook_order, name="cook_order", timeout=LONGEST_JOB_S, max_tries=TRIES)],
        "queue_name": queue,
        "redis_pool": redis_pool(settings, queue, settings.cooks),
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
        await stack.enter_async_context(_beside(cook.cookbook.follow(cook.standstill.forget)))
    await stack.enter_async_context(cook.standstill.watched())
    hands: Hands = ctx.get("hands") or Hands(settings.cooks)  # a stock worker has none
    await stack.enter_async_context(Roster(cook, hands).on_shift())
    await stack.enter_async_context(errands(settings, book))
    at = f"{without_password(settings.redis_url or DEFAULT_REDIS_URL)}, store {settings.store}"
    log.info("%s is on shift at %s, %d orders at once", name, at, hands.number)


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
