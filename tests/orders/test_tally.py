"""What is counted of the orders."""

from __future__ import annotations

import asyncio
import json
import math
import random
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.counts import Counts
from orders.errors import BookError
from orders.histogram import ERROR, Histogram, bucket_of
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import (
    NUGGETS,
    PATIENCE_S,
    WATER,
    Server,
    changed,
    early_in_the_minute,
    eventually,
    kept_s,
)
from tests.recount import EVENTS, Recount, assert_agree, histogram

SCRIPTS = Path(__file__).parents[2] / "orders" / "scripts"
MINUTE_MS = 60_000


async def live(book: OrderBook, chance: random.Random) -> str:
    """One order's life, as chance has it; its id."""
    if chance.random() < 0.1:
        order = await book.place(WATER)
        return order.id
    order = await book.place(NUGGETS, by=Actor.STAFF)
    if chance.random() < 0.1:
        await book.set_status(order.id, Status.REVOKED, Actor.CUSTOMER)
        return order.id
    attempt = 1
    while True:
        await book.start(order.id, attempt, "anna")
        if chance.random() < 0.6:
            break
        failed = await book.retry(order.id, attempt, "anna", "burnt", 0)
        if failed.status is Status.FAILURE:
            await book.set_status(order.id, Status.PENDING, Actor.STAFF, Status.FAILURE)
        attempt += 1
    await book.finish(order.id, attempt, "anna")
    if chance.random() < 0.7:
        await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    if chance.random() < 0.3:
        order = await book.order(order.id)
        if order.status is Status.COLLECTED:
            await book.set_status(order.id, Status.SUCCESS, Actor.STAFF, Status.COLLECTED)
    return order.id


async def test_the_tally_agrees_with_a_recount_of_the_orders(
    book: OrderBook, settings: Settings
) -> None:
    """Two hundred orders, moved by two processes in batches: each number is what their histories say."""
    chance = random.Random(7)
    async with changed(settings) as another:
        ids = await asyncio.gather(
            *(live(chance.choice((book, another)), random.Random(n)) for n in range(200))
        )
        recount = Recount()
        for order in (await book.orders(ids)).values():
            recount.add(order)
        assert all(recount.events[name] for name in EVENTS)
        for reader in (book, another):
            assert_agree(recount, await reader.tally.ever())
            assert_agree(recount, (await reader.tally.read("hour")).whole)
            assert_agree(recount, (await reader.tally.read("week")).whole)


async def test_the_tally_survives_a_restart(own_settings: Settings, own_valkey: Server) -> None:
    """Redis is killed and comes back: what was counted is still there."""
    async with OrderBook(own_settings, deadline_s=PATIENCE_S) as book:
        await live(book, random.Random(3))
        before = (await book.tally.read("hour")).whole
        own_valkey.kill()
        own_valkey.start()

        async def counted() -> Counts | None:
            try:
                return (await book.tally.read("hour")).whole
            except BookError:
                return None

        assert before == await eventually(counted)
        assert before.placed == 1


async def minutes_ago(raw: Redis, settings: Settings, minutes: int) -> int:
    """Let what was counted in this minute have been counted some minutes ago; when that began, in ms."""
    key = f"{settings.key_prefix}tally"
    minute, counts = (await raw.get(key)).split(" ", 1)
    await raw.set(key, f"{int(minute) - minutes} {counts}")
    return (int(minute) - minutes) * MINUTE_MS


async def test_a_minute_is_closed_by_what_happens_in_another(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """Each order is counted in its own minute; in between nothing was written, and as many wait."""
    await early_in_the_minute()
    for _ in range(3):
        await book.place(NUGGETS)
    then_ms = await minutes_ago(raw, settings, 5)
    water = await book.place(WATER)
    steps = {step.at_ms: step.counts for step in (await book.tally.read("hour")).steps}
    assert (3, 3) == (steps[then_ms].placed, steps[then_ms].waiting)
    assert (0, 3) == (steps[then_ms + MINUTE_MS].placed, steps[then_ms + MINUTE_MS].waiting)
    assert None is steps[then_ms - MINUTE_MS].waiting
    assert 4 == sum(counts.placed for counts in steps.values())
    assert 4 == (await book.tally.ever()).placed
    kept = [key async for key in raw.scan_iter(f"{settings.key_prefix}tally:*")]
    lasting = [await kept_s(raw, key, water.placed_ms) for key in kept if await raw.ttl(key) > 0]
    assert (3, [3 * 3600, 40 * 24 * 3600]) == (len(kept), sorted(lasting))


async def test_who_waits_now_is_told_before_the_minute_is_over(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """In a pause too, and also when nothing has happened for longer than what is looked at."""
    await early_in_the_minute()
    assert {None} == {step.counts.waiting for step in (await book.tally.read("hour")).steps}
    for _ in range(2):
        await book.place(NUGGETS)
    await book.claim("anna", 1, 24 * 3600 * 1000)
    assert [None, 1] == [s.counts.waiting for s in (await book.tally.read("hour")).steps[-2:]]
    await book.crew.tell(paused=True)
    await minutes_ago(raw, settings, 90)
    assert {1} == {step.counts.waiting for step in (await book.tally.read("hour")).steps}


async def test_hours_are_those_of_the_local_clocks(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """In Kathmandu, a quarter of an hour off, an hour of the day begins when the clocks there say so."""
    zone = ZoneInfo("Asia/Kathmandu")
    await book.place(NUGGETS)
    then_ms = await minutes_ago(raw, settings, 5 * 60)
    await book.place(NUGGETS)
    found = await book.tally.read("day", zone)
    moments = [datetime.fromtimestamp(step.at_ms / 1000, zone) for step in found.steps]
    assert 24 == len(moments)
    assert {0} == {moment.minute for moment in moments}
    assert [moment.hour for moment in moments] == [step.hour for step in found.steps]
    begin = datetime.fromtimestamp(then_ms / 1000, zone).replace(minute=0, second=0, microsecond=0)
    [earlier] = [s for s in found.steps if s.at_ms == begin.timestamp() * 1000]
    assert (1, 2) == (earlier.counts.placed, found.whole.placed)
    quarter_ms = then_ms // (15 * MINUTE_MS) * 15 * MINUTE_MS
    assert 1 == (await book.tally.between(quarter_ms, quarter_ms + 15 * MINUTE_MS)).placed
    assert 0 == (await book.tally.between(quarter_ms - 60 * MINUTE_MS, quarter_ms)).placed
    day = await book.tally.hours(quarter_ms, quarter_ms + 24 * 60 * MINUTE_MS, zone)
    assert [1, 0] == [step.counts.placed for step in day.steps[:2]]


async def test_many_orders_at_once_are_counted_as_cheaply_as_one(
    book: OrderBook, raw: Redis
) -> None:
    """Fifty orders placed together write one line to the tally for each call of the script."""
    await early_in_the_minute()
    await book.place(NUGGETS)  # Redis knows the script now
    await raw.config_resetstat()
    await asyncio.gather(*(book.place(NUGGETS) for _ in range(50)))
    stats = await raw.info("commandstats")
    assert 51 == (await book.tally.ever()).placed
    assert stats["cmdstat_append"]["calls"] == stats["cmdstat_evalsha"]["calls"] <= 2


async def test_a_busy_minute_stays_short(book: OrderBook, settings: Settings, raw: Redis) -> None:
    """Lines that have grown long are added up, and nothing is lost or counted twice."""
    counts = {f"number:{n}": 1 for n in range(100)}
    for number in range(1, 31):
        await book.census.report("web-1", number, {}, counts)
        assert 8192 >= await raw.strlen(f"{settings.key_prefix}tally")
    assert dict.fromkeys(range(100), 30) == (await book.tally.ever()).number_ms.buckets


async def test_no_count_stops_an_order(book: OrderBook, settings: Settings, raw: Redis) -> None:
    """Where somebody has damaged the tally, orders are taken, cooked and announced as ever."""
    await raw.rpush(f"{settings.key_prefix}tally", "a stranger's")  # type: ignore[misc]
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.finish(order.id, 1, "anna")
    assert Status.SUCCESS == (await book.snapshot()).tickets[order.id].status
    assert 3 == (await book.snapshot()).version


async def test_a_report_that_comes_twice_is_counted_once(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """A web process that got no answer says the same again; when it has gone nothing is told of it."""
    counts = {"number:12": 3, "number_ms": 24}
    for _ in range(2):
        await book.census.report("web-1", 5, {"streams": 1}, counts)
    assert {"web-1": {"streams": 1}} == await book.census.reports()
    await book.census.report("web-1", 6, None, counts)
    assert {} == await book.census.reports()
    assert Histogram({12: 6}, 48) == (await book.tally.ever()).number_ms
    await raw.hset(f"{settings.key_prefix}web", "killed", '1000 1 {"streams": 1}')  # type: ignore[misc]
    assert {} == await book.census.reports()


async def test_the_census_counts_who_is_there(book: OrderBook) -> None:
    """Open orders by status, how many wait for the crew, and for how long the first of them has."""
    first, second = await book.place(NUGGETS), await book.place(NUGGETS)
    await book.place(WATER)
    await book.start(first.id, 1, "anna")
    await eventually(lambda: _waited(book, 30))
    third = await book.place(NUGGETS)
    found = await book.census.open_orders()
    assert {"PENDING": 2, "STARTED": 1, "RETRY": 0, "SUCCESS": 1, "FAILURE": 0} == found.by_status
    assert 2 == found.waiting
    assert third.placed_ms - second.placed_ms <= found.oldest_wait_ms < 60_000
    for order in (second, third):
        await book.set_status(order.id, Status.REVOKED, Actor.STAFF)
    nobody = await book.census.open_orders()
    assert (0, 0) == (nobody.waiting, nobody.oldest_wait_ms)


async def _waited(book: OrderBook, ms: int) -> bool:
    return (await book.census.open_orders()).oldest_wait_ms > ms


async def test_the_scripts_sort_into_the_buckets_we_read(raw: Redis) -> None:
    """For any time, to a day and beyond, Lua and Python mean the same bucket."""
    times = [0, 1, 2, 3, *(2**n + d for n in range(2, 30) for d in (-1, 0, 1))]
    text = "\n".join((SCRIPTS / name).read_text() for name in ("words.lua", "counts.lua"))
    text += "\nlocal found = {} for i, ms in ipairs(ask) do found[i] = bucket(ms) end return found"
    assert [bucket_of(ms) for ms in times] == await raw.eval(
        text, 0, "orderup:x:", json.dumps(times)
    )  # type: ignore[misc]


@how(deadline=None)  # a busy machine may stand still in any example
@given(st.lists(st.integers(1, 10**8), min_size=1), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_quantile_is_right_within_nine_per_cent(times: list[int], share: float) -> None:
    """What the buckets tell is never farther from the truth than half a bucket."""
    true = sorted(times)[math.ceil(share * len(times)) - 1]
    told = histogram(times).quantile(share)
    assert told is not None
    assert abs(told - true) / true <= ERROR + 1e-9
    assert len(times) == list(histogram(times).doublings())[-1][1] + sum(t > 2**26 for t in times)
