"""Calls that go together."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from orders.batch import AT_MOST, Batch
from orders.book import OrderBook
from orders.errors import BookBroken, BookUnavailable
from orders.settings import Settings
from tests.conftest import NUGGETS, PATIENCE_S


async def test_what_comes_while_one_is_on_its_way_goes_together() -> None:
    """The first goes alone, those that come meanwhile in one batch, never more than a limit."""
    batches: list[list[int]] = []
    gate = asyncio.Event()

    async def send(questions: list[int]) -> list[int]:
        batches.append(questions)
        await gate.wait()
        return [-question for question in questions]

    batch = Batch(send, deadline_s=PATIENCE_S)
    first = asyncio.create_task(batch.ask(0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(batch.ask(number)) for number in range(1, AT_MOST + 3)]
    await asyncio.sleep(0)
    gate.set()
    assert [-number for number in range(AT_MOST + 3)] == await asyncio.gather(first, *others)
    assert [1, AT_MOST, 2] == [len(questions) for questions in batches]


async def test_a_question_nobody_waits_for_any_more_is_not_sent() -> None:
    """After the deadline the caller is told, and what still lay in the queue is dropped."""
    sent: list[str] = []
    gate = asyncio.Event()

    async def send(questions: list[str]) -> list[str]:
        sent.extend(questions)
        await gate.wait()
        return questions

    batch = Batch(send, deadline_s=0.1)
    results = await asyncio.gather(batch.ask("on its way"), return_exceptions=True)
    results += await asyncio.gather(batch.ask("in the queue"), return_exceptions=True)
    assert [BookUnavailable, BookUnavailable] == [type(result) for result in results]
    gate.set()
    batch._deadline_s = PATIENCE_S
    assert "later" == await batch.ask("later")
    assert ["on its way", "later"] == sent


async def test_orders_placed_at_once_are_one_step_on_the_board(book: OrderBook) -> None:
    """Fifty customers in the same moment: fifty orders, each as if it had come alone."""
    orders = await asyncio.gather(*(book.place(NUGGETS) for _ in range(50)))
    assert sorted(str(100 + n) for n in range(50)) == sorted(o.reference for o in orders)
    snapshot = await book.snapshot()
    assert (50, {o.id for o in orders}) == (snapshot.version, set(snapshot.tickets))


async def test_a_broken_order_does_not_take_others_along(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """An entry somebody has damaged fails by itself; the rest of its batch is done and announced."""
    good, bad = await book.place(NUGGETS), await book.place(NUGGETS)
    await raw.hdel(f"{settings.key_prefix}order:{bad.id}", "reference")
    outcomes = await asyncio.gather(
        book.start(bad.id, 1, "anna"),
        book.start(good.id, 1, "anna"),
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], BookBroken)
    assert not isinstance(outcomes[1], BaseException)
    assert "STARTED" == (await book.snapshot()).tickets[good.id].status
