"""The orders in Redis, for Flask and Celery; synchronous."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from redis import Redis

READY_S = float(os.environ.get("BENCH_READY_S") or 600)


def connect(url: str) -> Redis:
    return Redis.from_url(url, decode_responses=True)


def place(redis: Redis, order_id: str, items: list[dict[str, Any]]) -> str:
    number = str(redis.incr("number"))
    order = {"id": order_id, "reference": number, "items": json.dumps(items)}
    with redis.pipeline() as pipe:
        pipe.hset(f"order:{order_id}", mapping=order | {"status": "PENDING"})
        pipe.hset("board", order_id, f"{number} PENDING")
        pipe.publish("changes", f"{order_id} {number} PENDING")
        pipe.execute()
    return number


def move(redis: Redis, order_id: str, number: str, status: str) -> None:
    with redis.pipeline() as pipe:
        pipe.hset(f"order:{order_id}", "status", status)
        pipe.hset("board", order_id, f"{number} {status}")
        if status == "SUCCESS":
            pipe.zadd("ready", {f"{order_id} {number}": time.time()})
        pipe.publish("changes", f"{order_id} {number} {status}")
        pipe.execute()


def collect(redis: Redis) -> None:
    due = redis.zrangebyscore("ready", "-inf", time.time() - READY_S)
    with redis.pipeline() as pipe:
        for member in due:
            order_id, number = member.split()
            pipe.hset(f"order:{order_id}", "status", "COLLECTED")
            pipe.hdel("board", order_id)
            pipe.publish("changes", f"{order_id} {number} COLLECTED")
        if due:
            pipe.zrem("ready", *due)
        pipe.execute()
