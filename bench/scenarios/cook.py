"""Cook: how fast one worker process drains a full queue."""

from __future__ import annotations

import asyncio
import json
import re

from bench import parts, stacks
from bench.ear import Heard, listening
from bench.harness import Figure, Form, Goal, Ledger, Outcome, Scenario

SCENARIO = Scenario(
    name="cook",
    title="Cook: drain a full queue",
    what=(
        "20,000 orders wait when one worker process starts (8,000 for the peers, 3,000 for stock arq: "
        "their rates do not depend on it); the recipe takes 0 s. From the first STARTED that is "
        "published to the last SUCCESS. The ledger wants both from every order. Ours "
        "has 200 hands. Celery forks two processes (prefork, a core each) or runs 10 threads, SAQ and "
        "stock arq run 10 jobs at once, as they do by default; `tuned` is arq with a poll of 10 ms, "
        "100 jobs at once and no results kept."
    ),
    figures=(
        Figure("orders_per_s", "orders/s", "more"),
        Figure("worker_cpu_us", "µs of CPU per order, worker", "less"),
        Figure("valkey_cpu_us", "µs of CPU per order, Valkey", "less"),
    ),
    contestants=(
        *(stacks.OURS, stacks.PREFORK, stacks.THREADS),
        *(stacks.SAQ, stacks.ARQ, stacks.ARQ_TUNED),
    ),
    goals=(
        Goal(
            "at least 10 times Celery, prefork or threads, whichever is better",
            "orders_per_s",
            10,
            beside=(stacks.PREFORK, stacks.THREADS),
        ),
        Goal("at least 10 times stock arq", "orders_per_s", 10, beside=(stacks.ARQ,)),
        Goal("ahead of FastAPI + SAQ", "orders_per_s", 1, beside=(stacks.SAQ,)),
    ),
    rounds=3,
    not_in_quick=(stacks.THREADS, stacks.ARQ_TUNED),
)

SILENCE_S = 20.0


async def run(contestant: str, form: Form) -> Outcome:
    orders = _orders(contestant, form)
    async with parts.valkey(form.folder) as valkey:
        await _fill(contestant, orders, valkey.url)
        async with (
            listening(valkey.port, stacks.channel(contestant)) as ear,
            stacks.kitchen(contestant, form.folder, valkey.url, ORDERUP_COOKS="200") as kitchen,
        ):
            before_s = valkey.cpu_s()
            while (ready := ear.count(b"SUCCESS")) < orders:
                if not await ear.until(b"SUCCESS", ready + 1, SILENCE_S):
                    break  # the ledger says it
            worker_s, valkey_s = kitchen.cpu_s(), valkey.cpu_s() - before_s
    heard = ear.heard()
    seconds, told = _drained(heard)
    return Outcome(
        {
            "orders_per_s": orders / seconds,
            "worker_cpu_us": worker_s / orders * 1e6,
            "valkey_cpu_us": valkey_s / orders * 1e6,
        },
        Ledger(2 * orders, told, "transitions published (STARTED and SUCCESS of every order)"),
    )


def _orders(contestant: str, form: Form) -> int:
    """So many that it takes a while. The peers' rates do not depend on how many wait."""
    if contestant == stacks.OURS:
        return form.pick(20_000, 5_000)
    return form.pick(3000, 400) if contestant == stacks.ARQ else form.pick(8000, 1000)


async def _fill(contestant: str, orders: int, url: str) -> None:
    env = {**parts.surroundings(), **parts.OURS, "REDIS_URL": url, "BENCH_REDIS_URL": url}
    process = await asyncio.create_subprocess_exec(
        *stacks.fill(contestant, orders), cwd=parts.HOME, env=env
    )
    if await process.wait() != 0:
        raise RuntimeError("the queue could not be filled")


def _drained(heard: list[Heard]) -> tuple[float, int]:
    """Seconds from the first STARTED to the last SUCCESS, and how many different ones were told."""
    times: dict[tuple[str, str], float] = {}
    for at, text in heard:
        for order_id, status in _transitions(text.decode()):
            times.setdefault((order_id, status), at)
    started = min(at for (_, status), at in times.items() if status == "STARTED")
    ended = max(at for (_, status), at in times.items() if status == "SUCCESS")
    return ended - started, sum(status in ("STARTED", "SUCCESS") for _, status in times)


def _transitions(text: str) -> list[tuple[str, str]]:
    """What one message tells: ours is JSON, the peers' "<id> <number> <status>"."""
    if text.startswith("{"):
        return [(t["id"], t["status"]) for t in json.loads(text).get("tickets", [])]
    order_id, _, status = re.split(" ", text)
    return [(order_id, status)]
