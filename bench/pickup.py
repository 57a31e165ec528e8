"""How long an order lies before an idle cook starts it, beside a stock arq worker in the same run.

Ours: from the answer of `POST /api/orders` to the STARTED that Redis publishes. Stock arq, default
settings: from the answer of `enqueue_job` to what the job publishes first. Both on one private Valkey
that syncs to disk before it answers, in turn, one order at a time, so that the cook is idle each time.

    python -m bench.pickup [orders]
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.asyncio.client import PubSub

HOME = Path(__file__).parent.parent
ROUNDS = 5
LIMIT_S = 20
PORT = 8790

Pickup = Callable[[], Awaitable[float]]


async def main(orders: int) -> None:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        port = await stack.enter_async_context(_restaurant(Path(folder)))
        redis = await create_pool(RedisSettings(port=port))
        stack.push_async_callback(redis.aclose)
        env = {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        await stack.enter_async_context(
            _process("-m", "arq", "bench.stock_arq.WorkerSettings", **env)
        )
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}")
        )
        await _measure(orders, await _ours(client, redis), await _stock_arq(redis))


async def _measure(orders: int, ours: Pickup, stock: Pickup) -> None:
    times: dict[str, list[float]] = {"ours": [], "stock arq": []}
    for pick_up in (ours, stock):  # once each, so that everything is loaded
        await pick_up()
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS} …", file=sys.stderr)
        for name, pick_up in (("ours", ours), ("stock arq", stock)):
            for _ in range(orders // ROUNDS):
                await asyncio.sleep(random.uniform(0, 0.05))  # not in step with anybody's poll
                times[name].append(await pick_up())
    print(f"answer → started, {orders} orders each, one at a time, idle cook")
    for name, values in times.items():
        median, worst = statistics.median(values), statistics.quantiles(values, n=100)[98]
        print(f"  {name:10} median {median:7.1f} ms   99 % {worst:7.1f} ms")
    ratio = statistics.median(times["stock arq"]) / statistics.median(times["ours"])
    print(f"  ratio of the medians: {ratio:.0f}")


async def _ours(client: httpx.AsyncClient, redis: ArqRedis) -> Pickup:
    started = await _listen(redis, "orderup:main:changes")

    async def pick_up() -> float:
        body = {"items": [{"sku": "nuggets-6", "quantity": 1}]}
        answer = (await client.post("/api/orders", json=body)).raise_for_status().json()
        answered = time.perf_counter()
        return await _until(started, answered, lambda text: _is_started(text, answer["id"]))

    return pick_up


def _is_started(text: str, order_id: str) -> bool:
    tickets = json.loads(text).get("tickets", [])
    return any(t["id"] == order_id and t["status"] == "STARTED" for t in tickets)


async def _stock_arq(redis: ArqRedis) -> Pickup:
    started = await _listen(redis, "bench:started")
    numbers = iter(range(1_000_000))

    async def pick_up() -> float:
        number = next(numbers)
        await redis.enqueue_job("nothing", number)
        return await _until(started, time.perf_counter(), lambda text: text == str(number))

    return pick_up


async def _listen(redis: ArqRedis, channel: str) -> PubSub:
    pubsub = redis.pubsub()
    await pubsub.subscribe(channel)
    await pubsub.get_message(timeout=LIMIT_S)  # the confirmation
    return pubsub


async def _until(pubsub: PubSub, since: float, wanted: Callable[[str], bool]) -> float:
    """Milliseconds from `since` to the wanted message; a start seen before the answer counts as 0."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            message = await pubsub.get_message(timeout=LIMIT_S)
            if message and message["type"] == "message" and wanted(message["data"].decode()):
                return max(0.0, (time.perf_counter() - since) * 1000)


@asynccontextmanager
async def _restaurant(folder: Path) -> AsyncIterator[int]:
    """Order Up as it is opened for customers; yields the port of its Valkey."""
    env = {"ORDERUP_DATA_DIR": str(folder), "ORDERUP_PORT": str(PORT), "ORDERUP_SPEED": "1000"}
    async with _process("orderup.py", "open", **env):
        async with asyncio.timeout(LIMIT_S), httpx.AsyncClient() as client:
            while not await _is_open(client):
                await asyncio.sleep(0.05)
        yield int((folder / "valkey.port").read_text())


async def _is_open(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{PORT}/readyz")).is_success
    except httpx.TransportError:
        return False


@asynccontextmanager
async def _process(*words: str, **env: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=HOME, env=os.environ | env, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
