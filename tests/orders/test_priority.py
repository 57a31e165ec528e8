"""An order that goes first: before all others, for robots and people, and as long as it is open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from orders.board import Change, Ticket
from orders.book import OrderBook
from orders.errors import NotWaiting, OrderNotFound
from orders.model import Order
from orders.states import Actor, Status
from tests.conftest import NUGGETS

LASTS_MS = 60_000


async def claimed(book: OrderBook, cook: str = "anna") -> list[str]:
    """The ids of the orders in the line, in the order in which a cook gets them."""
    claim = await book.claim(cook, 100, LASTS_MS)
    return [slip.meal.order_id for slip in claim.slips if slip.meal]


async def three(book: OrderBook) -> list[Order]:
    """Three orders whose places in the line are certain, whatever the clock."""
    orders = [await book.place(NUGGETS) for _ in range(3)]
    for order in orders:
        slip = f"{book.keys.prefix.split(':')[1]}:{order.id}:1"
        earlier = 1000 * (int(order.reference) - 200)
        await book._gateway.command("ZINCRBY", book.keys.queue, earlier, slip)
    return orders


async def test_an_order_with_priority_is_cooked_before_all_others(book: OrderBook) -> None:
    """The last of three is put first, and the next free hand gets it first."""
    first, second, third = await three(book)
    assert (await book.prioritize(third.id)).priority
    assert [third.id, first.id, second.id] == await claimed(book)


async def test_priority_can_be_taken_back(book: OrderBook) -> None:
    """The order goes back to its place by the time it was placed, and others before it stay there."""
    first, second, third = await three(book)
    await book.prioritize(third.id)
    assert not (await book.prioritize(third.id, priority=False)).priority
    assert [first.id, second.id, third.id] == await claimed(book)


async def test_priority_is_in_the_history_by_staff(book: OrderBook) -> None:
    """Who put an order first, and who took it back, can be looked up."""
    order = await book.place(NUGGETS)
    await book.prioritize(order.id)
    order = await book.prioritize(order.id, priority=False)
    said = [(entry.status, entry.by) for entry in order.history]
    assert [
        (Status.PENDING, "customer"),
        (Status.PENDING, "staff:priority"),
        (Status.PENDING, "staff:no-priority"),
    ] == said


async def test_the_same_wish_again_changes_nothing(book: OrderBook) -> None:
    """Two people put the same order first: one line of history, no harm."""
    order = await book.place(NUGGETS)
    assert await book.prioritize(order.id) == await book.prioritize(order.id)


async def test_a_priority_order_that_failed_goes_first_again(book: OrderBook) -> None:
    """Neither others nor a pause come before its next attempt."""
    order = await book.place(NUGGETS)
    await book.prioritize(order.id)
    await claimed(book)
    others = await three(book)
    await book.retry(order.id, 1, "anna", "burnt", 30_000)
    assert [order.id, *(other.id for other in others)] == await claimed(book, "bob")


async def test_priority_ends_the_pause_of_a_retry(book: OrderBook, raw: Redis) -> None:
    """An order that waits for its next attempt is due at once, and an idle cook hears the bell."""
    order = await book.place(NUGGETS)
    await claimed(book)
    await book.retry(order.id, 1, "anna", "burnt", 30_000)
    await raw.delete(book.keys.bell)
    await book.prioritize(order.id)
    assert 1 == await raw.llen(book.keys.bell)
    assert [order.id] == await claimed(book)


async def test_where_people_cook_robots_leave_priority_orders_alone(book: OrderBook) -> None:
    """First among what people cook is nothing for a robot, until robots cook again."""
    await book.crew.choose("people")
    first, second, third = await three(book)
    for order in (first, third):
        await book.prioritize(order.id)
    await book.prioritize(first.id, priority=False)
    assert [] == await claimed(book)
    await book.crew.choose("robots")
    assert [third.id, second.id, first.id] == await claimed(book)


@pytest.mark.parametrize("status", [Status.STARTED, Status.REVOKED])
async def test_only_an_order_that_waits_can_go_first(book: OrderBook, status: Status) -> None:
    """What is being cooked, or over, is left as it is, and the answer says what it is."""
    order = await book.place(NUGGETS)
    moved = await book.set_status(order.id, status, Actor.STAFF)
    with pytest.raises(NotWaiting) as refusal:
        await book.prioritize(order.id)
    assert moved == refusal.value.order == await book.order(order.id)


async def test_an_unknown_order_cannot_go_first(book: OrderBook) -> None:
    """There is nothing to put first."""
    with pytest.raises(OrderNotFound):
        await book.prioritize("unknown")


async def test_priority_is_a_change_for_those_who_count_the_line(book: OrderBook) -> None:
    """The ticket says who goes first, until it is taken back; its status is as old as it was."""
    order = await book.place(NUGGETS)
    plain = Ticket(order.reference, Status.PENDING, order.placed_ms)
    events = book.feed().listen()
    await anext(events)
    for priority in (True, False):
        await book.prioritize(order.id, priority=priority)
        async for event in events:
            if isinstance(event, Change):
                break
        expected = {order.id: replace(plain, first=priority)}
        assert isinstance(event, Change)
        assert expected == event.tickets
        assert expected == (await book.snapshot()).tickets
    await events.aclose()


async def test_a_priority_order_is_first_in_line_at_every_attempt(book: OrderBook) -> None:
    """What its ticket says is kept with the order."""
    order = await book.place(NUGGETS)
    await book.prioritize(order.id)
    await claimed(book)
    await book.retry(order.id, 1, "anna", "burnt", 30_000)
    assert (await book.snapshot()).tickets[order.id].first
