"""The numbers that customers hold: never twice at once, and cheap to find."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.errors import TransitionRefused
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, changed, eventually


async def reserve(raw: Redis, settings: Settings, references: range) -> None:
    """Let these numbers be taken, as by orders that stand open."""
    taken = {str(reference): f"order-{reference}" for reference in references}
    await raw.hset(f"{settings.key_prefix}references", mapping=taken)


async def test_numbers_follow_each_other_from_100(book: OrderBook) -> None:
    """The first customers of a store get 100, 101, 102."""
    orders = [await book.place(NUGGETS) for _ in range(3)]
    assert ["100", "101", "102"] == [order.reference for order in orders]


async def test_a_free_number_is_not_given_out_again_at_once(book: OrderBook) -> None:
    """The sequence goes on past a number that was released, so that nobody mistakes an old ticket."""
    first = await book.place(NUGGETS)
    await book.set_status(first.id, Status.REVOKED, Actor.CUSTOMER)
    assert "101" == (await book.place(NUGGETS)).reference


async def test_after_999_comes_the_first_free_number(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """The sequence turns round, and steps over what is taken."""
    await raw.hset(f"{settings.key_prefix}next_reference", "3", 998)
    await reserve(raw, settings, range(100, 103))
    orders = [await book.place(NUGGETS) for _ in range(3)]
    assert ["998", "999", "103"] == [order.reference for order in orders]


async def test_fifty_cashiers_at_once_give_no_number_twice(book: OrderBook) -> None:
    """Whoever orders at the same moment gets a number of his own."""
    orders = await asyncio.gather(*(book.place(NUGGETS) for _ in range(50)))
    assert {str(number) for number in range(100, 150)} == {order.reference for order in orders}


async def test_a_number_on_the_board_is_not_given_out_again(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """With 440 of the three-digit numbers in use by chance, the next ones are all different ones."""
    taken = range(100, 980, 2)
    await reserve(raw, settings, taken)
    orders = await asyncio.gather(*(book.place(WATER) for _ in range(10)))
    assert 10 == len({int(order.reference) for order in orders}.difference(taken))


async def test_the_range_widens_when_half_of_it_is_in_use(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """With 449 of 900 in use there is a 450th of three digits; the one after that has four."""
    await reserve(raw, settings, range(100, 549))
    orders = [await book.place(WATER) for _ in range(3)]
    assert [3, 4, 4] == [len(order.reference) for order in orders]
    assert ["1000", "1001"] == [order.reference for order in orders[1:]]


async def test_the_range_narrows_again(book: OrderBook, settings: Settings, raw: Redis) -> None:
    """When enough numbers are free again, customers get three digits."""
    await reserve(raw, settings, range(100, 550))
    assert 4 == len((await book.place(WATER)).reference)
    await raw.hdel(f"{settings.key_prefix}references", *map(str, range(100, 110)))
    assert 3 == len((await book.place(WATER)).reference)


async def test_looking_for_a_number_does_not_scan_the_orders(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """With the sequence standing before a block of 449 taken numbers a place looks at few of them."""
    await reserve(raw, settings, range(100, 549))

    async def looks() -> int:
        return int((await raw.info("commandstats")).get("cmdstat_hexists", {"calls": 0})["calls"])

    before = await looks()
    await book.place(WATER)
    assert 300 > await looks() - before  # eight for each jump, and every second one hits


async def test_a_cancelled_order_gives_its_number_back(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """REVOKED releases the number in the same step."""
    order = await book.place(NUGGETS)
    await book.set_status(order.id, Status.REVOKED, Actor.CUSTOMER)
    assert {} == await raw.hgetall(f"{settings.key_prefix}references")


async def test_a_collected_orders_number_is_reserved_until_nobody_can_recall_it(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """COLLECTED keeps the number for the recall window; the tick after that frees it."""
    order = await book.place(WATER)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    references = f"{settings.key_prefix}references"
    assert (0, 0) == await book.tick()
    assert {"100": order.id} == await raw.hgetall(references)
    async with changed(settings, recall_s=0) as later:
        assert (0, 1) == await later.tick()
    assert {} == await raw.hgetall(references)


async def test_an_order_whose_number_is_gone_cannot_be_recalled(
    book: OrderBook, settings: Settings
) -> None:
    """What was freed may be somebody else's by now, so the old order stays COLLECTED."""
    order = await book.place(WATER)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    async with changed(settings, recall_s=0) as later:
        await later.tick()
    with pytest.raises(TransitionRefused):
        await book.set_status(order.id, Status.SUCCESS, Actor.STAFF, Status.COLLECTED)


async def test_the_clock_collects_what_nobody_fetched(book: OrderBook, settings: Settings) -> None:
    """A ready order leaves the board after its time there, by the clock."""
    order = await book.place(WATER)
    assert (0, 0) == await book.tick()
    async with changed(settings, ready_s=0.001) as later:
        await eventually(lambda: _collects_one(later))
    collected = await book.order(order.id)
    assert (Status.COLLECTED, "clock") == (collected.status, collected.history[-1].by)


async def test_the_clock_keeps_up_with_a_rush(
    book: OrderBook, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are due, one tick collects and frees all of them, some in each script."""
    monkeypatch.setattr("orders.book.DUE_AT_MOST", 3)
    orders = [await book.place(WATER) for _ in range(10)]
    newest_ms = max(order.placed_ms for order in orders)

    async def a_moment_has_passed() -> bool:
        return (await book.place(NUGGETS)).placed_ms > newest_ms + 5

    await eventually(a_moment_has_passed)
    async with changed(settings, ready_s=0.001, recall_s=0) as later:
        assert (10, 10) == await later.tick()


async def _collects_one(book: OrderBook) -> bool:
    return (await book.tick())[0] == 1
