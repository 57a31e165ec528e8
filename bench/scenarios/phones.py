"""Phones: thousands of customers, each following an order of their own."""

from __future__ import annotations

import asyncio

from bench import parts, rush, stacks
from bench.hall import at_rate, hall
from bench.harness import Figure, Form, Goal, Ledger, Outcome, Scenario
from orders.book import OrderBook
from orders.model import OrderRequest
from orders.settings import Settings

CHANGES_PER_S = 200
PLACED_AT_ONCE = 64

SCENARIO = Scenario(
    name="phones",
    title="Phones: each customer follows one order",
    what=(
        "10,000 orders are open, and the phone of each customer follows its own on one web process. "
        "Then 100 orders a second are started and finished, 200 changes a second. The delay is from "
        "Redis's clock at the change to the phone's read; heartbeats for all go out meanwhile."
    ),
    figures=(
        Figure("p99_ms", "ms, 99 % of changes", "less"),
        Figure("median_ms", "ms, median", "less"),
        Figure("web_cpu_pct", "% of a core, web", "less"),
        Figure("viewers_cpu_pct", "% of a core, phones", "less"),
    ),
    contestants=(stacks.OURS, stacks.OURS_UVICORN),
    goals=(Goal("99 % within 100 ms of the change", "p99_ms", 100),),
    rounds=3,
    not_in_quick=(stacks.OURS_UVICORN,),
)


async def run(contestant: str, form: Form) -> Outcome:
    phones, seconds = form.pick(10_000, 1000), form.pick(20, 3)
    orders = seconds * CHANGES_PER_S // 2
    async with (
        parts.valkey(form.folder) as valkey,
        stacks.web(contestant, form.folder, valkey.url) as web,
        OrderBook(Settings.model_validate({"REDIS_URL": valkey.url})) as book,
    ):
        ids = await place(book, phones)
        async with hall(web.address, [f"/orders/{i}/events" for i in ids]) as hands:
            before_s, hands_before_s = web.cpu_s(), (await hands.seen()).cpu_s
            took = await at_rate(
                CHANGES_PER_S / 2, orders, lambda number: rush.cook(book, ids[number])
            )
            web_s = web.cpu_s() - before_s
            hands_s = (await hands.seen()).cpu_s - hands_before_s
            seen = await hands.until(orders, rush.limit_s(seconds))
    return Outcome(
        {
            "p99_ms": seen.late(0.99),
            "median_ms": seen.late(0.5),
            "web_cpu_pct": 100 * web_s / took.seconds,
            "viewers_cpu_pct": 100 * hands_s / took.seconds,
        },
        Ledger(orders, seen.finals, "final states seen by their customers"),
    )


async def place(book: OrderBook, count: int) -> list[str]:
    """So many open orders; their ids."""
    request, ids = OrderRequest.model_validate_json(stacks.ORDER), []
    for first in range(0, count, PLACED_AT_ONCE):
        some = range(min(PLACED_AT_ONCE, count - first))
        ids += [order.id for order in await asyncio.gather(*(book.place(request) for _ in some))]
    return ids
