"""The diary of the schedule: of many who look, one runs what is due, and what was missed comes once."""

from __future__ import annotations

import asyncio
import json

import pytest
from redis.asyncio import Redis

from orders import diary
from orders.book import OrderBook
from orders.diary import Entry
from orders.settings import Settings
from tests.conftest import PATIENCE_S


async def entry(book: OrderBook, task: str) -> Entry:
    return next(found for found in await book.diary.read() if found.task.name == task)


async def test_of_many_who_try_one_begins(book: OrderBook) -> None:
    """Also later: an occurrence that is done is not begun again, and the next one is."""
    due_ms = (await entry(book, "special")).due_ms
    assert due_ms is not None
    tries = await asyncio.gather(*(book.diary.begin("special", due_ms) for _ in range(20)))
    assert 1 == sum(tries)
    assert (await entry(book, "special")).running
    await book.diary.end("special", "nuggets-6", due_ms, ok=True)
    assert not await book.diary.begin("special", due_ms)
    assert await book.diary.begin("special", due_ms + 1)


async def test_what_was_missed_comes_once(book: OrderBook) -> None:
    """A shop that was closed for weeks has one occurrence due of each task, the last one."""
    tasks = [found for found in await book.diary.read() if found.task.every]
    assert all(found.is_due for found in tasks)
    for found in tasks:
        assert await book.diary.begin(found.task.name, found.due_ms)
        await book.diary.end(found.task.name, "done", found.due_ms, ok=True)
    assert not any(found.is_due for found in await book.diary.read())


async def test_what_went_wrong_stays_due(book: OrderBook) -> None:
    """The diary says so, and it can be begun again at once."""
    due_ms = (await entry(book, "report")).due_ms
    assert await book.diary.begin("report", due_ms)
    await book.diary.end("report", "no paper", due_ms, ok=False)
    found = await entry(book, "report")
    assert (True, False, False, "no paper") == (
        found.is_due,
        found.running,
        found.last_ok,
        found.last_result,
    )
    assert await book.diary.begin("report", due_ms)


async def test_who_began_and_is_not_heard_of_any_more_is_replaced(
    book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the longest time that a run may take, another may begin."""
    monkeypatch.setattr(diary, "LONGEST_RUN_S", 0.05)
    assert await book.diary.begin("stock", 1)
    async with asyncio.timeout(PATIENCE_S):
        while not await book.diary.begin("stock", 1):
            await asyncio.sleep(0.01)


async def test_to_put_it_twice_is_one_errand(
    book: OrderBook, raw: Redis, settings: Settings
) -> None:
    """However many kitchens see that it is due, one job waits, as arq writes it, and it rings."""
    for _ in range(3):
        await book.diary.put("report", 1795000000000)
        await book.diary.put("report")
    jobs = sorted(await raw.zrange(book.keys.errands, 0, -1))
    assert f"{settings.store}:task:report:1795000000000" == jobs[0]
    assert [["report", 1795000000000], ["report", None]] == [
        json.loads(await raw.get(f"arq:job:{job}"))["a"] for job in jobs
    ]
    assert 2 == await raw.llen(book.keys.errand_bell)


async def test_who_asks_when_it_has_begun_gets_another_run(book: OrderBook, raw: Redis) -> None:
    """It may have looked already, so what is asked for from now on is a job of its own."""
    await book.diary.put("report")
    assert await book.diary.begin("report", None)
    await book.diary.put("report")
    assert 2 == await raw.zcard(book.keys.errands)
