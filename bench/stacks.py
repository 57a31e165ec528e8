"""How the stacks are started that can take an order and cook it: ours, and the peers beside it.

Every peer runs as its documentation says, with the setting that proved best for it on two cores; what
that is stands in its command here.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis

from bench import parts

OURS, OURS_UVICORN = "ours", "ours on uvicorn"
PREFORK, THREADS = "Flask + Celery prefork", "Flask + Celery threads"
SAQ = "FastAPI + SAQ"
ARQ, ARQ_TUNED = "stock arq", "stock arq, tuned"

ORDER = b'{"items":[{"sku":"nuggets-6","quantity":1}]}'
CHANNEL = {OURS: "orderup:main:changes", OURS_UVICORN: "orderup:main:changes"}


def channel(contestant: str) -> str:
    """Where a stack publishes its orders' changes."""
    return CHANNEL.get(contestant, "changes")


def web(
    contestant: str, folder: Path, redis_url: str, **settings: str
) -> AbstractAsyncContextManager[parts.Web]:
    """The web server of a stack, one process. `settings` are ours, as `ORDERUP_…` variables."""
    if contestant == OURS:
        return parts.our_web(folder, redis_url, **settings)
    if contestant == OURS_UVICORN:
        return _ours_on_uvicorn(folder, redis_url, **settings)
    port = parts.free_port()
    env = {"BENCH_REDIS_URL": redis_url}
    if contestant == SAQ:
        app = "bench.peers.fastapi_saq.app:app"
        words = [parts.peer("uvicorn"), app, "--port", str(port), "--no-access-log"]
    else:
        app = "bench.peers.classic.app:create_app()"
        words = [parts.peer("gunicorn"), app, "--bind", f"127.0.0.1:{port}", "--threads", "8"]
        words += ["--keep-alive", "75"]  # as behind a proxy; else idle customers are shown out
    return parts.web(folder, "web", port, *words, **env)


@asynccontextmanager
async def _ours_on_uvicorn(
    folder: Path, redis_url: str, **settings: str
) -> AsyncIterator[parts.Web]:
    """Our application on another server: uvicorn comes from the peers' environment, all else is ours."""
    port = parts.free_port()
    env = {**parts.OURS, "REDIS_URL": redis_url, "ORDERUP_PORT": str(port), **settings}
    parts.peer("uvicorn")
    words = (sys.executable, "-m", "bench.ours_on_uvicorn")
    async with parts.web(folder, "web", port, *words, **env) as server:
        await parts.ready(server)
        yield server


@asynccontextmanager
async def kitchen(
    contestant: str, folder: Path, redis_url: str, *, ready_s: float | None = None, **settings: str
) -> AsyncIterator[parts.Program]:
    """The worker of a stack, one process (and the children it forks).

    With `ready_s` its clock collects what has been ready for so long.
    """
    if contestant in (OURS, OURS_UVICORN):
        clock = {} if ready_s is None else {"ORDERUP_READY_S": str(ready_s)}
        async with parts.our_kitchen(folder, redis_url, **clock, **settings) as crew:
            yield crew
        return
    env = {
        "BENCH_REDIS_URL": redis_url,
        "BENCH_READY_S": str(ready_s or ""),
        "BENCH_BEAT_FILE": str(folder / "beat"),
    }
    words = _worker(contestant, beat=ready_s is not None)
    async with parts.program(folder, "kitchen", *words, **env) as worker:
        if contestant == SAQ:
            await _has_swept(redis_url)
        yield worker


async def _has_swept(redis_url: str) -> None:
    """Whom SAQ's worker finds fetched and not yet marked as begun, it has cooked twice; it looks at its
    start, and then (as set in its settings) no more.
    """
    async with Redis.from_url(redis_url) as redis, asyncio.timeout(parts.START_S):
        while not await redis.exists("saq:default:sweep"):
            await asyncio.sleep(0.02)


def _worker(contestant: str, *, beat: bool) -> list[str]:
    if contestant == SAQ:
        return [parts.peer("saq"), "bench.peers.fastapi_saq.worker.settings"]
    if contestant in (ARQ, ARQ_TUNED):
        settings = "WorkerSettings" if contestant == ARQ else "TunedSettings"
        return [sys.executable, "-m", "arq", f"bench.peers.stock_arq.worker.{settings}"]
    celery = [parts.peer("celery"), "--app", "bench.peers.classic.make_celery", "worker"]
    celery += ["--loglevel", "WARNING", *(["--beat"] if beat else [])]
    if contestant == THREADS:
        return [*celery, "--pool", "threads", "--concurrency", "10"]
    return [*celery, "--pool", "prefork"]


def fill(contestant: str, orders: int) -> list[str]:
    """The command that puts orders into the queue of a stack."""
    if contestant == OURS:
        return [sys.executable, "-m", "bench.fill", str(orders)]
    if contestant in (ARQ, ARQ_TUNED):
        return [sys.executable, "-m", "bench.peers.stock_arq.fill", str(orders)]
    package = "fastapi_saq" if contestant == SAQ else "classic"
    return [parts.peer("python"), "-m", f"bench.peers.{package}.fill", str(orders)]
