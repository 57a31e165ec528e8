"""The web application: `uvicorn bench.peers.fastapi_saq.app:app`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import uuid
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field
from redis.asyncio import BlockingConnectionPool, Redis
from saq import Queue
from sse_starlette.sse import EventSourceResponse

from bench.peers import async_shop

URL = os.environ["BENCH_REDIS_URL"]
redis = Redis.from_url(URL, decode_responses=True)
queue = Queue.from_url(URL)
# A thousand viewers who come at once would open a thousand connections, more than Redis's backlog holds.
reader = Redis(
    connection_pool=BlockingConnectionPool.from_url(
        URL, max_connections=50, timeout=None, decode_responses=True
    )
)
viewers: set[asyncio.Queue[str]] = set()


class Line(BaseModel):
    sku: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=99)


class Order(BaseModel):
    items: Annotated[list[Line], Field(min_length=1, max_length=50)]


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """One subscription for the process, a queue for each viewer."""
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe("changes")
        task = asyncio.create_task(_fan_out(pubsub))
        yield
        task.cancel()


async def _fan_out(pubsub: object) -> None:
    async for message in pubsub.listen():  # type: ignore[attr-defined]
        if message["type"] == "message":
            for viewer in viewers:
                viewer.put_nowait(message["data"])


app = FastAPI(lifespan=lifespan)


@app.post("/api/orders", status_code=201)
async def place(order: Order) -> dict[str, str]:
    order_id = uuid.uuid4().hex
    number = await async_shop.place(redis, order_id, [line.model_dump() for line in order.items])
    await queue.enqueue("cook_order", order_id=order_id, number=number)
    return {"id": order_id, "reference": number, "status": "PENDING"}


@app.get("/api/orders/{order_id}")
async def show(order_id: str) -> dict[str, str]:
    order = await redis.hgetall(f"order:{order_id}")
    if not order:
        raise HTTPException(404)
    return order


@app.get("/board/events")
async def board_events() -> EventSourceResponse:
    return EventSourceResponse(_board())


async def _board() -> AsyncIterator[dict[str, str]]:
    """The whole board first, then each change: "<id> <number> <status>"."""
    changes: asyncio.Queue[str] = asyncio.Queue()
    viewers.add(changes)
    try:
        yield {"event": "snapshot", "data": json.dumps(await reader.hgetall("board"))}
        while True:
            yield {"event": "change", "data": await changes.get()}
    finally:
        viewers.discard(changes)
