"""A wish that tells what its sender had seen: it is done once, and undoes nothing it had not seen."""

from __future__ import annotations

import pytest

from orders.book import OrderBook
from orders.errors import OrderMovedOn
from orders.model import Order
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER


async def collect(book: OrderBook, order: Order, after: int) -> Order:
    return await book.set_status(
        order.id, Status.COLLECTED, Actor.STAFF, Status.SUCCESS, after=after
    )


async def test_a_wish_that_comes_a_second_time_does_not_undo_a_recall(book: OrderBook) -> None:
    """Its answer was lost, somebody recalled the order, it is sent again: the order stays recalled."""
    order = await book.place(WATER)
    await collect(book, order, after=1)
    recalled = await book.set_status(
        order.id, Status.SUCCESS, Actor.STAFF, Status.COLLECTED, after=2
    )
    with pytest.raises(OrderMovedOn) as refusal:
        await collect(book, order, after=1)
    assert recalled == refusal.value.order == await book.order(order.id)
    assert Status.COLLECTED is (await collect(book, order, after=3)).status


async def test_what_is_so_already_is_no_harm(book: OrderBook) -> None:
    """The same wish twice, or of two people who saw the same, is one change."""
    order = await book.place(WATER)
    once = await collect(book, order, after=1)
    assert once == await collect(book, order, after=1)


async def test_wishes_made_one_after_the_other_follow_each_other(book: OrderBook) -> None:
    """Who knows what his first wish does can make the next one before he is answered."""
    order = await book.place(NUGGETS)
    for after, target in enumerate((Status.STARTED, Status.SUCCESS), start=1):
        moved = await book.set_status(order.id, target, Actor.STAFF, after=after)
        assert target is moved.status


async def test_putting_first_again_does_not_undo_who_took_it_back(book: OrderBook) -> None:
    """The same holds for priority, and for a status that changed since."""
    order = await book.place(NUGGETS)
    for _ in range(2):
        await book.prioritize(order.id, after=1)
    taken_back = await book.prioritize(order.id, priority=False, after=2)
    with pytest.raises(OrderMovedOn):
        await book.prioritize(order.id, after=1)
    assert taken_back == await book.order(order.id)
