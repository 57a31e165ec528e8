"""A kitchen that is paused and resumed, and that gets more or fewer hands while it runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from arq.worker import Worker

from kitchen import recipes
from kitchen.crew import CrewWorker
from kitchen.shift import worker_options
from orders.book import OrderBook
from orders.crew import Standing
from orders.model import Order
from orders.settings import Settings
from orders.states import Status
from tests.conftest import NUGGETS, PATIENCE_S, eventually

NO_POLL_S = 60  # longer than a test waits: what happens here, happens without that

# A stock worker closes its pool by a name that redis-py has given up.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")


@pytest.fixture
def alone(settings: Settings) -> Settings:
    """One order at a time."""
    return settings.model_copy(update={"cooks": 1})


@pytest.fixture
def oven(monkeypatch: pytest.MonkeyPatch) -> asyncio.Semaphore:
    """Of what is cooked as many orders become ready as the test releases."""
    oven = asyncio.Semaphore(0)

    async def cook(_dish: recipes.Dish) -> None:
        await oven.acquire()

    monkeypatch.setattr(recipes, "find", lambda _name: cook)
    return oven


@asynccontextmanager
async def at_work(settings: Settings, *, stock: bool = False) -> AsyncIterator[Worker]:
    worker = (
        Worker(**{**worker_options(settings), "poll_delay": 0.05}, handle_signals=False)
        if stock
        else CrewWorker(settings, handle_signals=False, poll_delay=NO_POLL_S)
    )
    working = asyncio.create_task(worker.async_run())
    try:
        yield worker
        await eventually(lambda: all(task.done() for task in worker.tasks.values()))
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await asyncio.wait_for(worker.close(), PATIENCE_S)


async def statuses(book: OrderBook, orders: list[Order]) -> list[Status]:
    found = await book.orders([order.id for order in orders])
    return [found[order.id].status for order in orders]


def release(oven: asyncio.Semaphore, orders: int) -> None:
    for _ in range(orders):
        oven.release()


async def hands(book: OrderBook) -> list[int]:
    """How many each kitchen on the roster says it has."""
    return [json.loads(beat)["cooks"] for beat in (await book.crew.beats()).values()]


@pytest.mark.parametrize("stock", [True, False])
async def test_a_pause_finishes_what_is_in_hand_and_begins_nothing(
    book: OrderBook, alone: Settings, oven: asyncio.Semaphore, stock: bool
) -> None:
    """A stock arq worker and ours: the one in hand becomes ready, the others wait until it is over."""
    orders = [await book.place(NUGGETS) for _ in range(3)]
    async with at_work(alone, stock=stock) as worker:
        await eventually(book.crew.cooking)
        await book.crew.tell(paused=True)
        release(oven, 3)
        await eventually(lambda: not worker.job_counter)
        assert sorted(await statuses(book, orders)) == ["PENDING", "PENDING", "SUCCESS"]
        assert {} == await book.crew.cooking()
        await book.crew.tell(paused=False)

        async def all_ready() -> bool:
            return {Status.SUCCESS} == set(await statuses(book, orders))

        await eventually(all_ready)


@pytest.mark.parametrize("stock", [True, False])
async def test_a_kitchen_that_opens_in_a_pause_begins_nothing(
    book: OrderBook, alone: Settings, stock: bool
) -> None:
    """As after a restart: it is on shift and has looked, and the order waits until the pause is over."""
    await book.crew.tell(paused=True)
    order = await book.place(NUGGETS)
    async with at_work(alone, stock=stock):
        await eventually(lambda: _has_beaten(book, 2))
        assert Standing(paused=True) == await book.crew.standing()
        assert Status.PENDING == (await book.order(order.id)).status
        await book.crew.tell(paused=False)

        async def is_ready() -> bool:
            return (await book.order(order.id)).status is Status.SUCCESS

        await eventually(is_ready)


async def _has_beaten(book: OrderBook, times: int) -> bool:
    return any(json.loads(beat)["beat"] >= times for beat in (await book.crew.beats()).values())


async def test_a_wish_for_more_hands_is_followed_at_once(
    book: OrderBook, alone: Settings, oven: asyncio.Semaphore
) -> None:
    """Without a poll four orders are cooked side by side; after another wish, these done, one is."""
    for _ in range(6):
        await book.place(NUGGETS)

    async def are_cooked_by(orders: int, cooks: int) -> bool:
        return len(await book.crew.cooking()) == orders and await hands(book) == [cooks]

    async with at_work(alone):
        await eventually(lambda: are_cooked_by(1, 1))
        await book.crew.tell(cooks=4)
        await eventually(lambda: are_cooked_by(4, 4))
        await book.crew.tell(cooks=0)
        await eventually(lambda: are_cooked_by(4, 1))
        release(oven, 4)
        await eventually(lambda: are_cooked_by(1, 1))
        release(oven, 2)


async def test_a_stock_worker_keeps_its_own(book: OrderBook, alone: Settings) -> None:
    """Its number of slots cannot be changed while it runs, and its beat says so."""
    await book.crew.tell(cooks=4)
    async with at_work(alone, stock=True):
        await eventually(book.crew.beats)
        [beat] = (await book.crew.beats()).values()
        assert (1, False) == (json.loads(beat)["cooks"], json.loads(beat)["follows"])


async def test_who_comes_on_shift_knows_the_wish(book: OrderBook, alone: Settings) -> None:
    """A kitchen that is opened later has as many hands as the others."""
    await book.crew.tell(cooks=5)
    async with at_work(alone):
        await eventually(book.crew.beats)
        assert [5] == await hands(book)
