"""Pick-up: how long an order lies before an idle cook starts it."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from arq.connections import ArqRedis, RedisSettings, create_pool

from bench import http, parts, stacks
from bench.ear import Ear, listening
from bench.harness import Figure, Form, Goal, Ledger, Outcome, Scenario
from bench.peers import async_shop
from bench.statistic import quantile

SCENARIO = Scenario(
    name="pickup",
    title="Pick-up: from the answer to STARTED",
    what=(
        "One order at a time, at random moments, while the cook is idle: from the moment at which the "
        "POST is answered to the STARTED that Redis publishes. (A STARTED that comes before the answer "
        "counts as 0, so from the asking is told as well.) Stock arq has no web server of its own: "
        "from the answer of `enqueue_job`."
    ),
    figures=(
        Figure("median_ms", "ms, median", "less"),
        Figure("p99_ms", "ms, 99 %", "less"),
        Figure("asked_median_ms", "ms from the asking, median", "less"),
    ),
    contestants=(stacks.OURS, stacks.PREFORK, stacks.THREADS, stacks.SAQ, stacks.ARQ),
    goals=(
        Goal("median at most 3 ms", "median_ms", 3),
        Goal("99 % within 8 ms", "p99_ms", 8),
    ),
    rounds=3,
    not_in_quick=(stacks.THREADS,),
)

Place = Callable[[], Awaitable[str]]


async def run(contestant: str, form: Form) -> Outcome:
    orders = form.pick(200, 25)
    if contestant == stacks.ARQ:
        orders = form.pick(60, 8)  # half a second each
    async with (
        parts.valkey(form.folder) as valkey,
        listening(valkey.port, stacks.channel(contestant)) as ear,
        stacks.kitchen(contestant, form.folder, valkey.url),
        _counter(contestant, form, valkey) as place,
    ):
        await _pick_up(ear, place)  # once, so that everybody is there
        times: list[tuple[float, float]] = []
        for _ in range(orders):
            await asyncio.sleep(random.uniform(0, 0.08))  # not in step with anybody's poll
            times.append(await _pick_up(ear, place))
    answered, asked = zip(*times, strict=True)
    return Outcome(
        {
            "median_ms": statistics.median(answered),
            "p99_ms": quantile(answered, 0.99),
            "asked_median_ms": statistics.median(asked),
        },
        Ledger(orders, len(times), "orders started"),
    )


async def _pick_up(ear: Ear, place: Place) -> tuple[float, float]:
    """Milliseconds to the STARTED of the order placed: from the answer, and from the asking."""
    asked = time.perf_counter()
    order_id = (await place()).encode()
    answered = time.perf_counter()
    started = await ear.until_heard(lambda text: order_id in text and b"STARTED" in text)
    return max(0.0, started - answered) * 1000, (started - asked) * 1000


@asynccontextmanager
async def _counter(contestant: str, form: Form, valkey: parts.Valkey) -> AsyncIterator[Place]:
    """What places one order, and returns its id."""
    if contestant == stacks.ARQ:
        redis = await create_pool(RedisSettings(port=valkey.port))
        try:
            yield lambda: _enqueue(redis)
        finally:
            await redis.aclose()
        return
    async with stacks.web(contestant, form.folder, valkey.url) as web:
        connection = await http.connect(web.address)
        try:
            yield lambda: _post(connection)
        finally:
            connection.close()


async def _post(connection: http.Connection) -> str:
    answer = await connection.ask(http.post("/api/orders", stacks.ORDER))
    if answer.status != 201:
        raise RuntimeError(f"{answer}")
    return str(json.loads(answer.body)["id"])


async def _enqueue(redis: ArqRedis) -> str:
    order_id = uuid.uuid4().hex
    number = await async_shop.place(redis, order_id, [{"sku": "nuggets-6", "quantity": 1}])
    await redis.enqueue_job("cook_order", order_id, number)
    return order_id
