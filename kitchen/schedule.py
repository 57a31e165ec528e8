"""The schedule at work. Once a minute a look at the diary: what is due goes to the errands.

arq's cron would run a task in the hour of a server, forget what fell into a night when it was switched
off, and share its runs between stores. So arq has one cron job, every minute, in UTC, and with the store
in its name; when something is due, by the shop's own clock, the book says (`orders/diary.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC
from typing import Any

from arq.cron import CronJob, cron

from kitchen.patience import patiently
from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.model import OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Actor

log = logging.getLogger("kitchen")

TIME_ZONE = UTC  # of the cron job alone


def every_minute(settings: Settings) -> CronJob:
    """The one cron job; also at the start, to make up for what was missed."""
    name = f"{settings.store}:look_at_diary"
    return cron(look_at_diary, name=name, second=0, run_at_startup=True, max_tries=1)


async def look_at_diary(ctx: dict[str, Any]) -> None:
    """Let the errands run what is due. Who looks at the same time does no harm."""
    book: OrderBook = ctx["book"]
    try:
        for entry in await book.diary.read():
            if entry.is_due and not entry.running:
                await book.diary.put(entry.task.name, entry.due_ms)
    except BookUnavailable:
        log.info("Redis is away; the diary is looked at in a minute")


async def run_task(ctx: dict[str, Any], task: str, due_ms: int | None) -> None:
    """Run one task: the occurrence that was due then, or one that was asked for by hand (`None`)."""
    book: OrderBook = ctx["book"]
    if not await book.diary.begin(task, due_ms):
        return
    try:
        result, ok = await WORK[task](book), True
    except Exception as error:
        if not isinstance(error, BookUnavailable):
            log.exception("%s has failed", task)
        result, ok = f"{type(error).__name__}: {error}", False
    log.info("%s: %s", task, result)
    await patiently(lambda: book.diary.end(task, result, due_ms, ok=ok))


async def collect(book: OrderBook) -> str:
    return told_of_tick(await book.tick())


async def sweep(book: OrderBook) -> str:
    return told_of_sweep(await book.sweep())


async def choose_special(book: OrderBook) -> str:
    day = book.diary.days.of_ms(await book.diary.now_ms())
    return await book.special.roll(day) or "there is nothing to choose from"


async def order_daily(book: OrderBook) -> str:
    """Put the daily dishes on the rail. The key is the day's: however often it runs, one of each."""
    day = book.diary.days.of_ms(await book.diary.now_ms())
    sold_out = await book.shelf.sold_out()
    daily = [sku for sku, item in book.menu.items.items() if item.daily and sku not in sold_out]
    ordered = []
    for sku in daily:
        wanted = OrderRequest(items=(OrderLine(sku=sku, quantity=1),))
        key = f"daily-{sku}-{day}"
        ordered.append(await book.place(wanted, idempotency_key=key, by=Actor.STAFF))
    told = (f"{one.lines[0].sku} as {one.reference}" for one in ordered)
    return f"ordered: {', '.join(told)}" if ordered else "nothing on the menu is daily"


async def write_report(book: OrderBook) -> str:
    return _listed(await book.reports.write_days(await book.diary.now_ms()))


async def write_stock(book: OrderBook) -> str:
    return _listed(await book.reports.write_weeks(await book.diary.now_ms()))


async def clean_up(book: OrderBook) -> str:
    now_ms = await book.diary.now_ms()
    cleaned = await book.retention.clean_up(now_ms)
    reports = await book.reports.erase_old(now_ms)
    return f"{cleaned.orders} orders, {cleaned.entries} empty entries, {reports} reports erased"


def told_of_tick(done: tuple[int, int]) -> str:
    return "{} collected, {} numbers freed".format(*done)


def told_of_sweep(mended: Mapping[str, int]) -> str:
    return "mended: " + ", ".join(f"{number} {part}" for part, number in mended.items())


def _listed(written: list[str]) -> str:
    return f"written: {', '.join(written)}" if written else "nothing to write"


WORK: dict[str, Callable[[OrderBook], Awaitable[str]]] = {
    "collect": collect,
    "sweep": sweep,
    "special": choose_special,
    "daily": order_daily,
    "report": write_report,
    "stock": write_stock,
    "clean-up": clean_up,
}
