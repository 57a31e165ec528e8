"""The orders in Redis, for FastAPI with SAQ and for stock arq: `classic/shop.py`, asynchronous."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from redis.asyncio import Redis

READY_S = float(os.environ.get("BENCH_READY_S") or 600)


async def place(redis: Redis, order_id: str, items: list[dict[str, Any]]) -> str:
    number = str(await redis.incr("number"))
    order = {"id": order_id, "reference": number, "items": json.dumps(items)}
    async with redis.pipeline() as pipe:
        pipe.hset(f"order:{order_id}", mapping=order | {"status": "PENDING"})
        pipe.hset("board", order_id, f"{number} PENDING")
        pipe.publish("changes", f"{order_id} {number} PENDING")
        await pipe.execute()
    return number


async def move(redis: Redis, order_id: str, number: str, status: str) -> None:
    async with redis.pipeline() as pipe:
        pipe.hset(f"order:{order_id}", "status", status)
        pipe.hset("board", order_id, f"{number} {status}")
        if status == "SUCCESS":
            pipe.zadd("ready", {f"{order_id} {number}": time.time()})
        pipe.publish("changes", f"{order_id} {number} {status}")
        await pipe.execute()


async def collect(redis: Redis) -> None:
    due = await redis.zrangebyscore("ready", "-inf", time.time() - READY_S)
    async with redis.pipeline() as pipe:
        for member in due:
            order_id, number = (member if isinstance(member, str) else member.decode()).split()
            pipe.hset(f"order:{order_id}", "status", "COLLECTED")
            pipe.hdel("board", order_id)
            pipe.publish("changes", f"{order_id} {number} COLLECTED")
        if due:
            pipe.zrem("ready", *due)
        await pipe.execute()
