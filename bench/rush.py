"""A rush at the counter: orders come at a steady rate, and each is placed, started and finished.

Three changes an order. Orders of ours are placed over HTTP, as customers do, and the answers are timed;
the kitchen's part is done by the book itself. What a peer publishes is published in its stead.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from bench import http, parts, stacks
from orders.book import OrderBook
from orders.settings import Settings

CHANGES_PER_ORDER = 3
PAUSE_S = 0.05  # between two changes of one order
FRAME_S = 0.1
CUSTOMERS = 64

Serve = Callable[[int], Awaitable[float]]
"""Serve one customer; the seconds until the number was given."""


@asynccontextmanager
async def ours(address: str, redis_url: str) -> AsyncIterator[Serve]:
    settings = Settings.model_validate({"REDIS_URL": redis_url})
    async with OrderBook(settings) as book, _customers(address) as place:

        async def serve(_: int) -> float:
            took_s, order = await place()
            await cook(book, order["id"])
            return took_s

        yield serve


async def cook(book: OrderBook, order_id: str) -> None:
    await asyncio.sleep(PAUSE_S)
    await book.start(order_id, 1, "bench")
    await asyncio.sleep(PAUSE_S)
    await book.finish(order_id, 1, "bench")


@asynccontextmanager
async def fastapi(address: str, redis_url: str) -> AsyncIterator[Serve]:
    """The time of a change stands where the order's id would, for the viewers to read."""
    async with Redis.from_url(redis_url) as redis, _customers(address) as place:

        async def serve(number: int) -> float:
            took_s, _ = await place()
            for status in ("STARTED", "SUCCESS"):
                await asyncio.sleep(PAUSE_S)
                await redis.publish("changes", f"{_now_ms()} {number} {status}")
            return took_s

        yield serve


@asynccontextmanager
async def nchan(address: str) -> AsyncIterator[Serve]:
    """nchan merges nothing, so what happens in a tenth of a second is published as one message."""
    frame: list[dict[str, object]] = []
    connection = await http.connect(address)

    async def publish() -> None:
        while True:
            await asyncio.sleep(FRAME_S)
            if frame:
                body = json.dumps({"tickets": frame}).encode()
                frame.clear()
                await connection.ask(http.post("/publish", body))

    async def serve(number: int) -> float:
        for status in ("PENDING", "STARTED", "SUCCESS"):
            frame.append({"reference": str(number), "status": status, "since_ms": _now_ms()})
            await asyncio.sleep(PAUSE_S)
        return 0.0

    publishing = asyncio.create_task(publish())
    try:
        await connection.ask(http.post("/publish", b'{"tickets": []}'))
        yield serve
    finally:
        publishing.cancel()
        connection.close()


@asynccontextmanager
async def _customers(
    address: str,
) -> AsyncIterator[Callable[[], Awaitable[tuple[float, dict[str, str]]]]]:
    """Connections on which one customer after the other orders; the time includes waiting for one."""
    free: asyncio.Queue[http.Connection] = asyncio.Queue()
    request = http.post("/api/orders", stacks.ORDER)
    made = 0

    async def place() -> tuple[float, dict[str, str]]:
        nonlocal made
        began = time.perf_counter()
        if free.empty() and made < CUSTOMERS:
            made += 1
            free.put_nowait(await http.connect(address))
        connection = await free.get()
        try:
            answer = await connection.ask(request)
        except ConnectionResetError:  # an idle connection is closed after a while
            connection = await http.connect(address)
            answer = await connection.ask(request)
        finally:
            free.put_nowait(connection)
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {answer.body.decode()}")
        return time.perf_counter() - began, json.loads(answer.body)

    try:
        yield place
    finally:
        while not free.empty():
            free.get_nowait().close()


def _now_ms() -> int:
    return int(time.time() * 1000)


def limit_s(seconds: float) -> float:
    """How long after a rush of so many seconds its last change is waited for."""
    return max(parts.START_S, 20 * seconds)
