"""Reports of business days and weeks, and what is kept no longer."""

from __future__ import annotations

import json
from datetime import date, timedelta

from redis.asyncio import Redis

from orders.book import OrderBook
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, changed, kept_s

DAY_MS = 24 * 3600 * 1000


async def some_orders(book: OrderBook) -> None:
    """Two of nuggets, one of them cancelled, and a water that was fetched."""
    await book.place(NUGGETS)
    cancelled, water = await book.place(NUGGETS), await book.place(WATER)
    await book.set_status(cancelled.id, Status.REVOKED, Actor.STAFF)
    await book.set_status(water.id, Status.COLLECTED, Actor.STAFF)


async def test_a_day_that_is_over_has_a_report(book: OrderBook) -> None:
    """What was placed, sold and fetched in it; what was cancelled is not sold."""
    await some_orders(book)
    now_ms = await book.diary.now_ms()
    today = book.reports.zone.of_ms(now_ms)
    assert [] == await book.reports.write_days(now_ms)  # it goes on
    assert [today.isoformat()] == await book.reports.write_days(now_ms + DAY_MS)
    (report,) = await book.reports.days(10)
    assert book.reports.zone.span(today) == (report["from_ms"], report["until_ms"])
    assert {"placed": 3, "at_once": 1, "collected": 1, "revoked": 1, "failed": 0} == {
        name: report[name] for name in ("placed", "at_once", "collected", "revoked", "failed")
    }
    assert {"nuggets-6": 1, "water": 1} == report["items"]


async def test_a_report_is_written_once(book: OrderBook) -> None:
    """What is counted afterwards does not change it, and days without orders have none."""
    await some_orders(book)
    tomorrow_ms = await book.diary.now_ms() + DAY_MS
    await book.reports.write_days(tomorrow_ms)
    before = await book.reports.days(10)
    await some_orders(book)
    assert [] == await book.reports.write_days(tomorrow_ms + 3 * DAY_MS)
    assert before == await book.reports.days(10)


async def test_days_that_were_missed_are_one_read(book: OrderBook, raw: Redis) -> None:
    """A kitchen that opens looks back over more than a month, in one transaction."""
    await raw.config_resetstat()
    assert [] == await book.reports.write_days(await book.diary.now_ms())
    stats = await raw.info("commandstats")
    assert 1 == stats["cmdstat_multi"]["calls"]


async def test_a_week_adds_its_days_up(book: OrderBook, raw: Redis) -> None:
    """From Monday to Sunday, under the name that ISO 8601 gives it; days missed before are made up."""
    await some_orders(book)
    now_ms = await book.diary.now_ms()
    today = book.reports.zone.of_ms(now_ms)
    monday = today - timedelta(days=today.weekday())
    other = monday if today != monday else monday + timedelta(days=1)
    await raw.hset(
        book.keys.reports,
        other.isoformat(),
        json.dumps({"day": other.isoformat(), "items": {"nuggets-6": 10}}),
    )
    assert [] == await book.reports.write_weeks(now_ms)
    year, week, _ = monday.isocalendar()
    assert [f"{year}-W{week:02}"] == await book.reports.write_weeks(now_ms + 7 * DAY_MS)
    assert [] == await book.reports.write_weeks(now_ms + 7 * DAY_MS)
    (report,) = await book.reports.weeks(10)
    assert {"nuggets-6": 11, "water": 1} == report["items"]
    assert (monday, monday + timedelta(days=6)) == (
        date.fromisoformat(report["from_day"]),
        date.fromisoformat(report["until_day"]),
    )


async def test_reports_are_kept_for_400_days(book: OrderBook) -> None:
    """Then they are erased, and not before."""
    await some_orders(book)
    now_ms = await book.diary.now_ms()
    await book.reports.write_weeks(now_ms + 7 * DAY_MS)
    assert 0 == await book.reports.erase_old(now_ms + 400 * DAY_MS)
    assert 2 == await book.reports.erase_old(now_ms + 408 * DAY_MS)
    assert ([], []) == (await book.reports.days(1), await book.reports.weeks(1))


async def test_the_clean_up_erases_what_is_kept_no_longer(
    book: OrderBook, raw: Redis, settings: Settings
) -> None:
    """Finished orders older than the days that are set, also when more were set then; no open one."""
    await some_orders(book)
    gone = await book.place(WATER)
    await raw.delete(f"{settings.key_prefix}order:{gone.id}")
    now_ms = await book.diary.now_ms()
    async with changed(settings, keep_days=3) as brief:
        first = await brief.retention.clean_up(now_ms + 2 * DAY_MS)
        then = await brief.retention.clean_up(now_ms + 4 * DAY_MS)
        again = await brief.retention.clean_up(now_ms + 4 * DAY_MS)
    assert [(0, 0), (2, 1), (0, 0)] == [
        (done.orders, done.entries) for done in (first, then, again)
    ]
    [left] = await book.last_placed(10)
    assert Status.PENDING == left.status
    kept = [name async for name in raw.scan_iter(f"{settings.key_prefix}order:*")]
    assert [f"{settings.key_prefix}order:{left.id}"] == kept


async def test_what_was_finished_late_is_kept_from_then_on(
    book: OrderBook, raw: Redis, settings: Settings
) -> None:
    """An order that was open for a week is kept as long as others: the clean-up goes by its end."""
    order = await book.place(WATER)
    await raw.zincrby(book.keys.placed, -7 * DAY_MS, order.id)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    async with changed(settings, keep_days=3) as brief:
        cleaned = await brief.retention.clean_up(await book.diary.now_ms())
    assert (0, 0) == (cleaned.orders, cleaned.entries)
    assert Status.COLLECTED == (await book.order(order.id)).status


async def test_the_list_of_all_orders_forgets_what_has_expired(
    book: OrderBook, raw: Redis, settings: Settings
) -> None:
    """With the next sweep, and not before the days that are set are over: so it does not grow. What is
    open stays, however old it is.
    """
    old, kept, still_open = [await book.place(WATER) for _ in range(3)]
    days = settings.keep_days
    for order, age in ((old, days + 0.1), (kept, days - 0.1), (still_open, days + 0.1)):
        if order is not still_open:
            await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
        await raw.zincrby(book.keys.placed, -age * DAY_MS, order.id)
    await book.sweep()
    assert {kept.id, still_open.id} == set(await raw.zrange(book.keys.placed, 0, -1))


async def test_a_finished_order_is_kept_for_the_days_that_are_set(
    settings: Settings, raw: Redis
) -> None:
    """It expires by itself, and in no case while it can be called back."""
    for days, recall_s, so_long_s in ((3, 300, 3 * 86400), (1, 7 * 86400, 7 * 86400)):
        async with changed(settings, keep_days=days, recall_s=float(recall_s)) as book:
            order = await book.place(WATER)
            over = await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
            key = f"{settings.key_prefix}order:{order.id}"
            assert so_long_s == await kept_s(raw, key, over.finished_ms)
