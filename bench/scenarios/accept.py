"""Accept: how many orders a second one web process takes."""

from __future__ import annotations

import asyncio
import json
import resource
import shutil
import time
from typing import Any

from redis.asyncio import Redis

from bench import parts, stacks
from bench.harness import Figure, Form, Goal, Ledger, NotHere, Outcome, Scenario

CONNECTIONS = 64
SETTLED_WITHIN_S = 10.0

SCENARIO = Scenario(
    name="accept",
    title="Accept: POST /api/orders → 201",
    what=(
        "One web process, 64 connections of wrk that each send the next order when the last one is "
        "answered. An answer means that the order and its job are on disk. Nobody cooks meanwhile. "
        "Flask runs on gunicorn with 8 threads, FastAPI on uvicorn with uvloop and httptools. "
        "Afterwards every order that was acknowledged must be found, and as many jobs as orders."
    ),
    figures=(
        Figure("orders_per_s", "orders/s", "more"),
        Figure("p99_ms", "ms, 99 %", "less"),
        Figure("web_cpu_us", "µs of CPU per order, web", "less"),
        Figure("generator_cpu_us", "µs of CPU per order, wrk", "less"),
    ),
    contestants=(stacks.OURS, stacks.OURS_UVICORN, stacks.PREFORK, stacks.SAQ),
    goals=(
        Goal("at least 2.5 times the classic stack", "orders_per_s", 2.5, beside=(stacks.PREFORK,)),
        Goal("ahead of FastAPI + SAQ", "orders_per_s", 1, beside=(stacks.SAQ,)),
    ),
    not_in_quick=(stacks.OURS_UVICORN,),
)


async def run(contestant: str, form: Form) -> Outcome:
    seconds = form.pick(8, 2)
    async with (
        parts.valkey(form.folder) as valkey,
        stacks.web(contestant, form.folder, valkey.url) as web,
    ):
        _, early = await _wrk(web.address, 1)
        before_s = web.cpu_s()
        load, acknowledged = await _wrk(web.address, seconds)
        web_cpu_s = web.cpu_s() - before_s
        safe = await _safe(contestant, early + acknowledged, valkey.port)
    orders = len(acknowledged)
    return Outcome(
        {
            "orders_per_s": orders / load["seconds"],
            "p99_ms": load["p99_ms"],
            "web_cpu_us": web_cpu_s / orders * 1e6,
            "generator_cpu_us": load["cpu_s"] / orders * 1e6,
        },
        Ledger(len(early) + orders, safe, "acknowledged orders found, as many jobs as orders"),
    )


async def _wrk(address: str, seconds: int) -> tuple[dict[str, Any], list[str]]:
    """One run of wrk: its sum, and the ids of the orders that it was told of."""
    if shutil.which("wrk") is None:
        raise NotHere("wrk is missing: apt install wrk")
    used = _children_cpu_s()
    words = ("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", "bench/post.lua", address)
    process = await asyncio.create_subprocess_exec(
        *words, cwd=parts.HOME, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    lines = output.decode().splitlines()
    summary: dict[str, Any] = json.loads(lines[-1])
    if summary["refused"] or summary["broken"]:
        raise RuntimeError(f"wrk: {summary}")
    ids = [line.removeprefix("order ") for line in lines if line.startswith("order ")]
    return {**summary, "cpu_s": _children_cpu_s() - used}, ids


def _children_cpu_s() -> float:
    """CPU of the children that have ended, wrk's among them; the servers still run."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


async def _safe(contestant: str, acknowledged: list[str], port: int) -> int:
    """How many of the acknowledged orders are kept, less what orders and jobs differ by."""
    prefix = "orderup:main:" if contestant in (stacks.OURS, stacks.OURS_UVICORN) else ""
    async with parts.redis(port) as redis:
        found = 0
        for first in range(0, len(acknowledged), 500):
            some = acknowledged[first : first + 500]
            found += await redis.exists(*(f"{prefix}order:{order_id}" for order_id in some))
        return found - await _without_job(contestant, redis)


async def _without_job(contestant: str, redis: Redis) -> int:
    """By how much orders and jobs differ, once those are through whom wrk left in the middle."""
    different, deadline = 1, time.monotonic() + SETTLED_WITHIN_S
    while different and time.monotonic() < deadline:
        if contestant in (stacks.OURS, stacks.OURS_UVICORN):
            kept, queued = "orderup:main:board", await redis.zcard("orderup:main:queue")
        else:
            queue = "saq:default:queued" if contestant == stacks.SAQ else "celery"
            kept, queued = "board", await redis.llen(queue)
        different = abs(await redis.hlen(kept) - queued)
        await asyncio.sleep(0.02)
    return different
