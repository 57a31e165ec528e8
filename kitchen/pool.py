"""arq's connections to Redis, and how its jobs are written."""

from __future__ import annotations

import json
from typing import Any

from arq.connections import ArqRedis

from orders.book import DEFAULT_REDIS_URL
from orders.gateway import connection_pool
from orders.settings import Settings

DEADLINE_S = 5.0


def redis_pool(settings: Settings, queue: str, at_once: int) -> ArqRedis:
    """Connections for so many jobs at once, with time limits and repeats that arq's RedisSettings does
    not offer.
    """
    url = settings.redis_url or DEFAULT_REDIS_URL
    return ArqRedis(
        pool_or_conn=connection_pool(url, size=at_once + 4, wait_s=DEADLINE_S),
        job_serializer=serialize,
        job_deserializer=json.loads,
        default_queue_name=queue,
    )


def serialize(job: dict[str, Any]) -> bytes:
    """JSON, not pickle: a slip is data, and never runs code when it is read.

    What is not JSON becomes its text: arq serializes the exception of a void slip, which nobody reads.
    """
    return json.dumps(job, default=str).encode()
