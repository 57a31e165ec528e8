"""Memory: what a viewer takes in the web process, and whether it is given back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench import nginx, parts, rush, stacks
from bench.hall import hall
from bench.harness import Figure, Form, Goal, Ledger, Outcome, Scenario
from bench.scenarios.phones import place
from orders.book import OrderBook
from orders.settings import Settings

OURS_BOARDS, OURS_PHONES = "ours, boards", "ours, phones"
UVICORN, FASTAPI, NCHAN = "ours on uvicorn, boards", "FastAPI + sse-starlette", "nginx + nchan"
SETTLED_S = 6.0  # a heartbeat has gone out
COMING_AND_GOING_S = float(os.environ.get("BENCH_COMING_AND_GOING_S", "60"))  # 3600: the whole hour

SCENARIO = Scenario(
    name="viewer_memory",
    title="Memory: what a viewer takes in the web process",
    what=(
        "5,000 viewers open a stream, and what the server's memory (PSS) has grown by is divided by "
        "them. Then, for ours, a fifth of as many come and go again and again for a minute "
        "(BENCH_COMING_AND_GOING_S=3600 makes it an hour). Half way through, and at the end, 5,000 come "
        "anew: what they take half way beside what they took first is what the process keeps from then "
        "on; what they take at the end beside half way is the drift. FastAPI + sse-starlette and nginx "
        "+ nchan hold the same streams without a heartbeat of the application's."
    ),
    figures=(
        Figure("kib_per_viewer", "KiB per viewer", "less"),
        Figure("kept_kib", "KiB per viewer more than at first, half way", "less"),
        Figure("drift_kib", "KiB per viewer more at the end than half way", "less"),
    ),
    contestants=(OURS_BOARDS, OURS_PHONES, UVICORN, FASTAPI, NCHAN),
    goals=(
        Goal("at most 24 KiB for each viewer of the board", "kib_per_viewer", 24),
        Goal("at most 24 KiB for each phone", "kib_per_viewer", 24, of=OURS_PHONES),
        Goal(
            "flat: at most 1 KiB more at the end of coming and going than half way", "drift_kib", 1
        ),
        Goal("flat, for phones", "drift_kib", 1, of=OURS_PHONES),
    ),
    rounds=1,
    not_in_quick=(OURS_PHONES, UVICORN, FASTAPI, NCHAN),
)


async def run(contestant: str, form: Form) -> Outcome:
    viewers = form.pick(5000, 1000)
    async with _web(contestant, form, viewers) as (web, paths):
        await _come_and_go(web, paths[:20])  # what the first ones load stays
        empty = web.memory_bytes()
        first = await _taken(web, paths) - empty
        figures = {"kib_per_viewer": first / 1024 / viewers}
        came = viewers
        if contestant in (OURS_BOARDS, OURS_PHONES):
            taken = [first]
            for _ in ("half way", "the end"):
                came += await _come_and_go_for(form.pick(COMING_AND_GOING_S, 2.0) / 2, web, paths)
                taken.append(await _taken(web, paths) - empty)
                came += viewers
            figures["kept_kib"] = (taken[1] - taken[0]) / 1024 / viewers
            figures["drift_kib"] = (taken[2] - taken[1]) / 1024 / viewers
    return Outcome(figures, Ledger(came, came, "viewers who came in"))


async def _taken(web: parts.Web, paths: list[str]) -> int:
    """The server's memory while viewers look at all these."""
    async with hall(web.address, paths):
        await asyncio.sleep(SETTLED_S)
        return web.memory_bytes()


async def _come_and_go_for(seconds: float, web: parts.Web, paths: list[str]) -> int:
    """A fifth of them, again and again; how many came in all."""
    loop, some, came = asyncio.get_running_loop(), paths[: len(paths) // 5], 0
    until = loop.time() + seconds
    while loop.time() < until:
        await _come_and_go(web, some)
        came += len(some)
    return came


async def _come_and_go(web: parts.Web, paths: list[str]) -> None:
    async with hall(web.address, paths):
        pass


@asynccontextmanager
async def _web(
    contestant: str, form: Form, viewers: int
) -> AsyncIterator[tuple[parts.Web, list[str]]]:
    boards = ["/board/events"] * viewers
    if contestant == NCHAN:
        async with nginx.nchan(form.folder) as web, rush.nchan(web.address):
            yield web, boards
        return
    stack = stacks.SAQ if contestant == FASTAPI else contestant.split(",", maxsplit=1)[0]
    async with (
        parts.valkey(form.folder) as valkey,
        stacks.web(stack, form.folder, valkey.url) as web,
    ):
        if contestant != OURS_PHONES:
            yield web, boards
            return
        async with OrderBook(Settings.model_validate({"REDIS_URL": valkey.url})) as book:
            yield web, [f"/orders/{order}/events" for order in await place(book, viewers)]
