"""What kind of Redis the book is kept on: new enough, and does it keep what it has answered?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orders.errors import BookUnavailable, BookUnusable
from orders.gateway import Gateway

OLDEST_REDIS = (7, 0)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What kind of Redis the book is kept on. `warnings`: what it does not promise, in sentences."""

    version: str
    run_id: str
    clock_ms: int  # its clock, by which all times in the book are
    warnings: tuple[str, ...]


async def inspect(gateway: Gateway) -> Inspection:
    """Look at the Redis behind the gateway.

    Raises BookUnusable when it is too old or a cluster, BookUnavailable while it is another one's
    read-only copy.
    """
    info = _info(await gateway.command("INFO", "everything"))
    version = info.get("redis_version", "0")
    if tuple(map(int, version.split(".")[:2])) < OLDEST_REDIS:
        raise BookUnusable(f"Redis 7.0 or newer is needed, this one is {version}.")
    if str(info.get("cluster_enabled")) == "1":
        raise BookUnusable("A store lives on one Redis, and this one is part of a cluster.")
    if str(info.get("slave_read_only")) == "1":  # only a replica says so; it may become a primary
        raise BookUnavailable("This Redis is a read-only replica, and takes no orders.")
    appendfsync = await gateway.setting("appendfsync")
    clock_ms = int(info.get("server_time_usec", 0)) // 1000
    return Inspection(version, info["run_id"], clock_ms, tuple(_warnings(info, appendfsync)))


async def run_id(gateway: Gateway) -> str:
    """What tells one Redis process from the next on the same address."""
    return str(_info(await gateway.command("INFO", "server"))["run_id"])


def _info(answer: dict[str, Any] | str) -> dict[str, Any]:
    """INFO's answer as a map; redis-py has parsed it where it knows the command."""
    if isinstance(answer, dict):
        return answer
    lines = (line.partition(":") for line in answer.splitlines())
    return {name: value for name, _, value in lines if value}


def _warnings(info: dict[str, Any], appendfsync: str | None) -> list[str]:
    """What this Redis does not promise, in sentences that say what to set."""
    warnings = []
    if str(info.get("aof_enabled")) != "1":
        warnings.append(
            "Redis keeps no append-only file: a restart may lose orders (appendonly yes)."
        )
    elif appendfsync not in {"always", None}:
        warnings.append("Redis answers before data are on disk: set appendfsync always.")
    if info.get("maxmemory_policy", "noeviction") != "noeviction":
        warnings.append(
            "Redis may evict keys when memory is short: set maxmemory-policy noeviction."
        )
    return warnings
