"""Orders that belong together: all of them are placed, or none."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.errors import IdempotencyKeyReused, KeyOfErased, NotOnTheMenu, TooManyWaiting
from orders.groups import MOST
from orders.model import OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, changed, state_of

MOON = OrderRequest(items=(OrderLine(sku="moon-cheese", quantity=1),))


async def test_a_group_is_placed_in_one_step(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """Each has a number and a slip of its own, in the order asked; the board takes one step."""
    wanted = [NUGGETS] * (MOST - 1) + [WATER]
    orders = await book.groups.place(wanted, by=Actor.STAFF)
    assert [str(100 + n) for n in range(MOST)] == [order.reference for order in orders]
    assert orders == [await book.order(order.id) for order in orders]
    assert (Status.PENDING, Status.SUCCESS) == (orders[0].status, orders[-1].status)
    state = await state_of(raw, settings)
    assert str(MOST) == state["version"]
    assert {f"{settings.store}:{o.id}:1" for o in orders[:-1]} == set(state["queue"])
    assert {order.reference: order.id for order in orders} == state["references"]


async def test_one_that_cannot_be_had_keeps_back_all(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """Unknown, or sold out: nothing is written, and the refusal says which one and why."""
    await book.shelf.set_available("water", available=False)
    before = await state_of(raw, settings)
    for bad, sku, sold_out in ((MOON, "moon-cheese", False), (WATER, "water", True)):
        with pytest.raises(NotOnTheMenu) as refusal:
            await book.groups.place([NUGGETS, NUGGETS, bad], idempotency_key="k")
        error = refusal.value
        assert (2, sku, sold_out) == (error.index, error.sku, error.sold_out)
        assert before == await state_of(raw, settings)
    assert 1 == len(await book.groups.place([NUGGETS], idempotency_key="k"))


async def test_more_than_the_crew_can_cook_is_taken_not_even_in_part(
    settings: Settings, raw: Redis
) -> None:
    """Two fit in, three do not; what stands at the counter does not count."""
    async with changed(settings, waiting_limit=3) as busy:
        await busy.place(NUGGETS)
        before = await state_of(raw, settings)
        with pytest.raises(TooManyWaiting):
            await busy.groups.place([NUGGETS] * 3)
        assert before == await state_of(raw, settings)
        assert 3 == len(await busy.groups.place([NUGGETS, WATER, NUGGETS]))


async def test_the_same_key_gives_the_same_orders_as_they_are_now(book: OrderBook) -> None:
    """In the order asked; a request repeated orders nothing, not even a hundred at once."""
    wanted = [NUGGETS, WATER, NUGGETS]
    first = await book.groups.place(wanted, idempotency_key="k")
    started = await book.start(first[2].id, 1, "anna")
    again = await asyncio.gather(
        *(book.groups.place(wanted, idempotency_key="k") for _ in range(10))
    )
    assert [[first[0], first[1], started]] * 10 == again
    assert 3 == len((await book.snapshot()).tickets)


async def test_a_used_key_with_other_orders_is_refused(book: OrderBook) -> None:
    """Other orders, another sequence, fewer of them; and a single order is no group of one."""
    first = await book.groups.place([NUGGETS, WATER], idempotency_key="k")
    for other in ([WATER, NUGGETS], [NUGGETS], [NUGGETS, WATER, WATER]):
        with pytest.raises(IdempotencyKeyReused) as refusal:
            await book.groups.place(other, idempotency_key="k")
        assert first[0] == refusal.value.order
    with pytest.raises(IdempotencyKeyReused):
        await book.place(NUGGETS, idempotency_key="k")
    alone = await book.place(NUGGETS, idempotency_key="alone")
    with pytest.raises(IdempotencyKeyReused) as refusal:
        await book.groups.place([NUGGETS], idempotency_key="alone")
    assert alone == refusal.value.order
    assert 3 == len((await book.snapshot()).tickets)


async def test_the_key_of_a_group_of_which_one_was_erased_orders_nothing(book: OrderBook) -> None:
    """What was asked for cannot be answered any more, and is not cooked twice."""
    first = await book.groups.place([NUGGETS, NUGGETS], idempotency_key="k")
    await book.set_status(first[1].id, Status.REVOKED, Actor.STAFF)
    await book.archive.erase(first[1].id)
    with pytest.raises(KeyOfErased):
        await book.groups.place([NUGGETS, NUGGETS], idempotency_key="k")
    assert {first[0].id} == set((await book.snapshot()).tickets)


async def test_no_number_is_given_twice_within_a_group(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """Also when so many are taken that the free ones are found by jumping, to the same place twice."""
    taken = {str(n): "somebody" for n in range(100, 996) if n // 8 % 2 == 0}
    await raw.hset(f"{settings.key_prefix}references", mapping=taken)
    orders = await book.groups.place([WATER] * MOST)
    references = {order.reference for order in orders}
    assert (MOST, set()) == (len(references), references & set(taken))
