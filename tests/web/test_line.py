"""The line: an order's place in it, as the board's changes tell."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from orders.board import Ticket
from orders.book import OrderBook
from orders.model import Order, OrderRequest
from orders.states import Actor, Status
from tests.conftest import NUGGETS
from tests.web.conftest import open_hub
from web.estimate import ENOUGH, Range
from web.line import Line
from web.outlook import Outlook, Progress


def ticket(status: Status, since_ms: int) -> Ticket:
    return Ticket("100", status, since_ms)


async def in_turn(book: OrderBook, *requests: OrderRequest) -> list[Order]:
    """Each in a millisecond of its own: of two in the same one nobody can say which came first."""
    placed: list[Order] = []
    async with asyncio.timeout(30):
        for request in requests:
            while placed and await book.diary.now_ms() <= placed[-1].placed_ms:
                pass
            placed.append(await book.place(request))
    return placed


async def waiting(book: OrderBook, count: int) -> tuple[Line, list[Order]]:
    placed, line = await in_turn(book, *[NUGGETS] * count), Line()
    line.replace((await book.snapshot()).tickets)
    return line, placed


async def test_a_place_is_how_many_wait_that_came_before(book: OrderBook) -> None:
    """Who is started, or goes, leaves the line; who comes later is behind."""
    line, (first, second, third) = await waiting(book, 3)
    later_ms = third.placed_ms + 1_000
    assert [0, 1, 2] == [line.outlook(Progress.of(order)).ahead for order in (first, second, third)]
    line.change({first.id: ticket(Status.STARTED, later_ms)})
    assert [0, 1] == [line.outlook(Progress.of(order)).ahead for order in (second, third)]
    line.change({"another": ticket(Status.PENDING, later_ms)})
    line.change({second.id: ticket(Status.REVOKED, later_ms)})
    assert 0 == line.outlook(Progress.of(third)).ahead


async def test_who_is_put_first_stands_before_all_others(book: OrderBook) -> None:
    """Also after a fresh snapshot; and taken back, it stands where it stood."""
    line, (first, second, third) = await waiting(book, 3)
    for priority, expected in ((True, [1, 2]), (False, [0, 1])):
        await book.prioritize(third.id, priority=priority)
        tickets = (await book.snapshot()).tickets
        line.change({third.id: tickets[third.id]})
        assert expected == [line.outlook(Progress.of(order)).ahead for order in (first, second)]
        afresh = Line()
        afresh.replace(tickets)
        assert expected == [afresh.outlook(Progress.of(order)).ahead for order in (first, second)]


async def test_who_is_put_first_turns_no_clock_back(book: OrderBook) -> None:
    """Its ticket is as old as it was, and says nothing of what time it is."""
    line, (first, second) = await waiting(book, 2)
    later_ms = second.placed_ms + 60_000
    line.change({second.id: ticket(Status.STARTED, later_ms)})
    await book.prioritize(first.id)
    line.change({first.id: (await book.snapshot()).tickets[first.id]})
    assert later_ms <= line.now_ms


async def test_an_order_that_came_back_stands_behind(book: OrderBook) -> None:
    """Another attempt, or cooked again by the staff: it waits where it came in again."""
    line, (first, second) = await waiting(book, 2)
    later_ms = second.placed_ms + 1_000
    line.change({first.id: ticket(Status.STARTED, later_ms)})
    line.change({first.id: ticket(Status.RETRY, later_ms + 1)})
    assert 0 == line.outlook(Progress.of(second)).ahead
    line.change({first.id: ticket(Status.PENDING, later_ms + 2)})
    line.change({"third": ticket(Status.PENDING, later_ms + 3)})
    assert 1 == line.outlook(Progress.of(first)).ahead


async def test_of_some_orders_nobody_can_say_when(book: OrderBook) -> None:
    """Who goes before others, waits for another attempt or is done has no place, and no estimate."""
    line, (order,) = await waiting(book, 1)
    for other in (
        replace(order, priority=True),
        replace(order, status=Status.RETRY),
        replace(order, status=Status.SUCCESS),
        replace(order, status=Status.FAILURE),
    ):
        assert Outlook() == line.outlook(Progress.of(other))


async def test_a_counter_learns_from_the_orders_before_it_was_opened(
    book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web process that starts anew knows at once what the last orders took."""
    monkeypatch.setattr("web.estimate.AT_ONCE_MS", 60_000)  # or its own start may be a wait in line
    for _ in range(ENOUGH):
        order = await book.place(NUGGETS)
        await book.start(order.id, 1, "anna")
        await book.finish(order.id, 1, "anna")
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    next_one = await book.place(NUGGETS)
    async with open_hub(book) as hub:
        ready = hub.outlook(Progress.of(next_one)).ready
        assert ready is not None
        assert ready.high_ms < 60_000


def test_only_what_a_customer_would_notice_is_told_again() -> None:
    """A countdown that goes on as foreseen is not repeated, nor is one place more among hundreds."""
    told = Outlook(3, Range(20_000, 60_000))
    assert Outlook(3, Range(10_000, 50_000)).is_as(told, 10)
    assert not Outlook(3, Range(10_000, 60_000)).is_as(told, 10)
    assert not Outlook(2, Range(10_000, 50_000)).is_as(told, 10)
    assert not Outlook(3).is_as(told, 10)
    assert not Outlook().is_as(Outlook(0), 0)
    assert Outlook(399).is_as(Outlook(400), 0)
    assert not Outlook(370).is_as(Outlook(400), 0)
