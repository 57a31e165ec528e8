"""Boards: a rush of 200 changes a second, seen by every viewer of one board."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench import nginx, parts, rush, stacks
from bench.hall import at_rate, hall
from bench.harness import Figure, Form, Goal, Ledger, Outcome, Scenario
from bench.statistic import quantile

CHANGES_PER_S = 200
OURS_1, OURS_5, OURS_10 = (f"ours, {n},000 viewers" for n in (1, 5, 10))
UVICORN_10 = "ours on uvicorn, 10,000 viewers"
FASTAPI_1 = "FastAPI + sse-starlette, 1,000 viewers"
NCHAN_1, NCHAN_10 = (f"nginx + nchan, {n},000 viewers" for n in (1, 10))

SCENARIO = Scenario(
    name="boards",
    title="Boards: many viewers of one board during a rush",
    what=(
        "All viewers watch the board of one web process while 67 orders a second are placed over HTTP, "
        "started and finished: 200 changes a second. The delay is that of each change at each viewer, "
        "from Redis's clock at the change to the viewer's read. Viewers run in one process of their "
        "own, its CPU is told. sse-starlette has a queue for each viewer and sends each change as an "
        "event; its rush is 3 s long, or it would take minutes to catch up. nchan gets one message "
        "each tenth of a second, and takes no orders."
    ),
    figures=(
        Figure("p99_ms", "ms, 99 % of deliveries", "less"),
        Figure("median_ms", "ms, median", "less"),
        Figure("post_p99_ms", "ms, 99 % of POSTs meanwhile", "less"),
        Figure("web_cpu_pct", "% of a core, web", "less"),
        Figure("viewers_cpu_pct", "% of a core, viewers", "less"),
    ),
    contestants=(OURS_1, OURS_5, OURS_10, UVICORN_10, FASTAPI_1, NCHAN_1, NCHAN_10),
    goals=(
        Goal("1,000 viewers: 99 % within 250 ms", "p99_ms", 250, of=OURS_1),
        Goal("10,000 viewers: 99 % within 1 s", "p99_ms", 1000, of=OURS_10),
        Goal("10,000 viewers: 99 % of POSTs below 200 ms", "post_p99_ms", 200, of=OURS_10),
        Goal("10,000 viewers: web below one core", "web_cpu_pct", 100, of=OURS_10),
    ),
    rounds=3,
    not_in_quick=(OURS_5, OURS_10, UVICORN_10, FASTAPI_1, NCHAN_10),
)


@dataclass(frozen=True)
class Stage:
    web: parts.Web
    serve: rush.Serve


async def run(contestant: str, form: Form) -> Outcome:
    viewers = int(contestant.split(", ")[1].split(maxsplit=1)[0].replace(",", ""))
    seconds = 3 if contestant == FASTAPI_1 else form.pick(20, 3)
    orders = seconds * CHANGES_PER_S // rush.CHANGES_PER_ORDER
    per_s = CHANGES_PER_S / rush.CHANGES_PER_ORDER
    async with (
        _stage(contestant, form) as stage,
        hall(stage.web.address, ["/board/events"] * viewers) as boards,
    ):
        before_s, viewers_before_s = stage.web.cpu_s(), (await boards.seen()).cpu_s
        took = await at_rate(per_s, orders, stage.serve)
        web_s = stage.web.cpu_s() - before_s
        viewers_s = (await boards.seen()).cpu_s - viewers_before_s
        seen = await boards.until(orders * viewers, rush.limit_s(seconds))
    figures = {
        "p99_ms": seen.late(0.99),
        "median_ms": seen.late(0.5),
        "web_cpu_pct": 100 * web_s / took.seconds,
        "viewers_cpu_pct": 100 * viewers_s / took.seconds,
    }
    if any(took.results):
        figures["post_p99_ms"] = quantile(took.results, 0.99) * 1000
    if seen.gaps or seen.lost:
        raise RuntimeError(f"{seen.gaps} changes out of line, {seen.lost} viewers lost")
    notes = [f"{seen.began_anew} viewers had to begin anew"] if seen.began_anew else []
    return Outcome(figures, Ledger(orders * viewers, seen.finals, "final states seen"), notes=notes)


@asynccontextmanager
async def _stage(contestant: str, form: Form) -> AsyncIterator[Stage]:
    if contestant in (NCHAN_1, NCHAN_10):
        async with nginx.nchan(form.folder) as web, rush.nchan(web.address) as serve:
            yield Stage(web, serve)
        return
    stack = stacks.SAQ if contestant == FASTAPI_1 else contestant.split(",", maxsplit=1)[0]
    served_by = rush.fastapi if contestant == FASTAPI_1 else rush.ours
    async with (
        parts.valkey(form.folder) as valkey,
        stacks.web(stack, form.folder, valkey.url) as web,
        served_by(web.address, valkey.url) as serve,
    ):
        yield Stage(web, serve)
