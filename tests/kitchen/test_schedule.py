"""The schedule at work: what is due is done once, by whichever kitchen, beside the cooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from arq.connections import RedisSettings, create_pool
from arq.worker import Worker

from kitchen import schedule
from kitchen.crew import CrewWorker
from kitchen.errands import errands
from kitchen.shift import serialize, worker_options
from orders.book import OrderBook
from orders.diary import Entry
from orders.schedule import TASKS
from orders.settings import Settings
from tests.conftest import NUGGETS, PATIENCE_S, WATER, early_in_the_minute, eventually

DAILY_MENU = Path(__file__).parents[2] / "docs" / "workshop" / "menu.toml"

# A stock worker closes its pool by a name that redis-py has given up.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")


async def done(book: OrderBook) -> dict[str, Entry] | None:
    """The diary by task, once nothing is due."""
    found = {entry.task.name: entry for entry in await book.diary.read()}
    return None if any(entry.is_due or entry.running for entry in found.values()) else found


async def ran(book: OrderBook, task: str) -> Entry | None:
    """The diary of a task, once it has run."""
    found = {entry.task.name: entry for entry in await book.diary.read()}[task]
    return found if found.last_ms else None


async def asked(book: OrderBook, task: str) -> Entry:
    """The diary of a task that is asked for, once it has run."""
    before = {entry.task.name: entry for entry in await book.diary.read()}[task].last_ms or 0
    await book.diary.put(task)

    async def again() -> Entry | None:
        found = await ran(book, task)
        return found if found and found.last_ms and found.last_ms > before else None

    found = await eventually(again, 20)
    assert found is not None
    return found


async def test_what_was_missed_is_made_up_at_the_start(settings: Settings, book: OrderBook) -> None:
    """A kitchen that opens does at once what is due, and the diary says how it went."""
    await early_in_the_minute()  # or the next one would bring it anyway
    async with errands(settings, book):
        found = await eventually(lambda: done(book))
    assert await book.special.today() == found["special"].last_result
    assert all(entry.last_ok for entry in found.values() if entry.task.every)
    assert "nothing to write" == found["report"].last_result


async def test_of_several_kitchens_one_does_it(
    settings: Settings, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five begin at the same moment, and each task has run once."""
    runs: list[str] = []

    def noted(task: str) -> object:
        async def work(_book: OrderBook) -> str:
            runs.append(task)
            await asyncio.sleep(0.05)  # so that the others come in between
            return "done"

        return work

    monkeypatch.setattr(schedule, "WORK", {task.name: noted(task.name) for task in TASKS})
    async with AsyncExitStack() as stack:
        for _ in range(5):
            await stack.enter_async_context(errands(settings, book))
        await eventually(lambda: done(book))
    assert sorted(task.name for task in TASKS if task.every) == sorted(runs)


async def test_what_fails_is_told_and_stays_due(
    settings: Settings, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the others are done all the same."""

    async def no_paper(_book: OrderBook) -> str:
        raise RuntimeError("no paper")

    monkeypatch.setitem(schedule.WORK, "report", no_paper)
    async with errands(settings, book):
        found = await eventually(lambda: ran(book, "report"))
        await eventually(lambda: ran(book, "stock"))
    assert (False, "RuntimeError: no paper", True) == (
        found.last_ok,
        found.last_result,
        found.is_due,
    )


@pytest.mark.parametrize("task", [task.name for task in TASKS])
async def test_each_can_be_asked_for(settings: Settings, book: OrderBook, task: str) -> None:
    """Whether it is due or not: it runs soon, without a poll, and says what it did."""
    async with errands(settings, book):
        await eventually(lambda: done(book))
        found = await asked(book, task)
    assert (True, True) == (found.last_ok, bool(found.last_result))


async def test_a_daily_dish_is_ordered_once_a_day(settings: Settings) -> None:
    """By the clock, whichever kitchen it is and however often it is asked; what is sold out is not."""
    settings = settings.model_copy(update={"menu": DAILY_MENU})
    async with OrderBook(settings) as book, errands(settings, book), errands(settings, book):
        found = await eventually(lambda: done(book))
        assert "ordered: special as 100" == found["daily"].last_result
        assert "ordered: special as 100" == (await asked(book, "daily")).last_result
        await book.shelf.set_available("special", available=False)
        assert "nothing on the menu is daily" == (await asked(book, "daily")).last_result
        [order] = await book.last_placed(9)
        assert ("staff", "special") == (order.history[0].by, order.lines[0].sku)


def stock(settings: Settings) -> Worker:
    return Worker(**worker_options(settings), poll_delay=0.05, handle_signals=False)


def ours(settings: Settings) -> Worker:
    return CrewWorker(settings, handle_signals=False)


@pytest.mark.parametrize("make", [stock, ours])
async def test_any_kitchen_runs_errands_beside_its_cooks(
    settings: Settings, book: OrderBook, make: Callable[[Settings], Worker]
) -> None:
    """Ours and a stock arq worker: orders are cooked while eight errands do not come to an end."""
    hanging = {f"{settings.store}:task:{n}:by-hand" for n in range(8)}
    pool = await create_pool(
        RedisSettings.from_dsn(settings.redis_url or ""),
        job_serializer=serialize,
        job_deserializer=json.loads,
    )
    began = asyncio.Semaphore(0)

    async def hang(_book: OrderBook) -> str:
        began.release()
        await asyncio.Event().wait()
        return ""

    with pytest.MonkeyPatch.context() as patch:
        for job in hanging:
            name = job.split(":")[2]
            patch.setitem(schedule.WORK, name, hang)
            await pool.enqueue_job(
                "run_task", name, None, _job_id=job, _queue_name=book.keys.errands
            )
        worker = make(settings)
        working = asyncio.create_task(worker.async_run())
        async with asyncio.timeout(PATIENCE_S):
            for _ in hanging:
                await began.acquire()
        order = await book.place(NUGGETS)

        async def is_ready() -> bool:
            return (await book.order(order.id)).status == "SUCCESS"

        await eventually(is_ready)
        await eventually(lambda: all(task.done() for task in worker.tasks.values()))
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await asyncio.wait_for(worker.close(), PATIENCE_S)
    await pool.aclose()


async def test_what_was_done_by_the_clock_stands_in_the_diary(
    settings: Settings, book: OrderBook
) -> None:
    """The sweep, and the clearing of what nobody fetched, which each kitchen does all the time."""
    brief = settings.model_copy(update={"ready_s": 0.001, "sweep_s": 0.5})
    await book.place(WATER)
    worker = CrewWorker(brief, handle_signals=False)
    working = asyncio.create_task(worker.async_run())
    swept = await eventually(lambda: ran(book, "sweep"))
    assert "mended: 0 numbers, 0 board, 0 queue" == swept.last_result
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await asyncio.wait_for(worker.close(), PATIENCE_S)
