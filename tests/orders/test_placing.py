"""Placing an order: all of it at once, and once only."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.errors import IdempotencyKeyReused, NotOnTheMenu, OrderNotFound, TooManyWaiting
from orders.model import OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, changed, kept_s, state_of


async def test_an_order_its_number_its_ticket_and_its_slip_are_there_at_once(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """When `place` answers, everything that belongs to the order stands in Redis, in one version."""
    order = await book.place(NUGGETS)
    assert await state_of(raw, settings) == {
        "version": "1",
        "board": {
            order.id: f'{{"reference":"100","status":"PENDING","since_ms":{order.placed_ms}}}'
        },
        "references": {"100": order.id},
        "queue": [f"{settings.store}:{order.id}:1"],
    }
    assert order == await book.order(order.id)


async def test_an_order_keeps_what_was_asked_for(book: OrderBook) -> None:
    """Lines, notes, service, name and language come back as they were given, in any script."""
    request = OrderRequest(
        items=(
            OrderLine(sku="nuggets-6", quantity=2, note='بدون "ملح" \\ \u2028 🍟'),
            OrderLine(sku="water", quantity=99),
        ),
        service="take-away",
        name="Zoë 😀\n\x00",
        language="fil-PH",
    )
    order = await book.order((await book.place(request)).id)
    assert request == OrderRequest(
        items=order.lines, service=order.service, name=order.name, language=order.language
    )
    assert 2 * 480 + 99 * 190 == order.total_cents


async def test_what_stands_at_the_counter_never_enters_the_kitchen(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """A bottle of water is SUCCESS at once: no slip, no ring of the bell, no attempt."""
    order = await book.place(WATER)
    assert (Status.SUCCESS, 0, order.placed_ms) == (order.status, order.attempt, order.ready_ms)
    assert [Status.SUCCESS] == [entry.status for entry in order.history]
    assert [] == (await state_of(raw, settings))["queue"]
    assert 0 == await raw.exists(book.keys.bell)


async def test_one_cooked_item_brings_the_whole_order_to_the_kitchen(book: OrderBook) -> None:
    """An order of water and nuggets has a slip like any other."""
    order = await book.place(OrderRequest(items=WATER.items + NUGGETS.items))
    assert Status.PENDING == order.status


@pytest.mark.parametrize(("sku", "sold_out"), [("moon-cheese", False), ("nuggets-6", True)])
async def test_what_is_not_to_be_had_is_refused(
    book: OrderBook, settings: Settings, raw: Redis, sku: str, sold_out: bool
) -> None:
    """An item that is unknown or sold out refuses the whole order, and nothing is written."""
    menu = book.menu.model_copy(
        update={
            "categories": tuple(
                c.model_copy(
                    update={
                        "items": tuple(i.model_copy(update={"available": False}) for i in c.items)
                    }
                )
                for c in book.menu.categories
            )
        }
        if sold_out
        else {}
    )
    before = await state_of(raw, settings)
    async with OrderBook(settings, menu) as other:
        with pytest.raises(NotOnTheMenu) as refusal:
            await other.place(OrderRequest(items=(OrderLine(sku=sku, quantity=1),)))
    assert (sku, sold_out) == (refusal.value.sku, refusal.value.sold_out)
    assert before == await state_of(raw, settings)


async def test_more_than_the_crew_can_cook_is_not_taken(settings: Settings, raw: Redis) -> None:
    """With as many slips as the limit allows another is refused, while water still goes."""
    async with changed(settings, waiting_limit=2) as busy:
        await busy.place(NUGGETS)
        await busy.place(NUGGETS)
        before = await state_of(raw, settings)
        with pytest.raises(TooManyWaiting):
            await busy.place(NUGGETS)
        assert before == await state_of(raw, settings)
        assert Status.SUCCESS == (await busy.place(WATER)).status


async def test_the_same_key_gives_the_same_order_as_it_is_now(book: OrderBook) -> None:
    """A request repeated with its key orders nothing, and answers with the present status."""
    first = await book.place(NUGGETS, idempotency_key="k")
    started = await book.start(first.id, 1, "anna")
    assert started == await book.place(NUGGETS, idempotency_key="k")
    assert (await book.snapshot()).tickets.keys() == {first.id}


async def test_the_same_key_still_answers_when_the_order_is_finished(book: OrderBook) -> None:
    """Also a cancelled order is found again by its key, and is not placed a second time."""
    first = await book.place(NUGGETS, idempotency_key="k")
    revoked = await book.set_status(first.id, Status.REVOKED, Actor.CUSTOMER)
    assert revoked == await book.place(NUGGETS, idempotency_key="k")


async def test_a_full_kitchen_still_answers_a_repeated_request(settings: Settings) -> None:
    """Whoever has a number already is told so again, whatever is waiting."""
    async with changed(settings, waiting_limit=1) as busy:
        first = await busy.place(NUGGETS, idempotency_key="k")
        assert first == await busy.place(NUGGETS, idempotency_key="k")


async def test_a_used_key_with_another_order_is_refused(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """A key belongs to the order it came with first; the refusal names that order."""
    first = await book.place(NUGGETS, idempotency_key="k")
    before = await state_of(raw, settings)
    with pytest.raises(IdempotencyKeyReused) as refusal:
        await book.place(WATER, idempotency_key="k")
    assert first == refusal.value.order
    assert before == await state_of(raw, settings)


async def test_a_key_is_kept_for_a_day(book: OrderBook, settings: Settings, raw: Redis) -> None:
    """The key expires after 24 hours, not earlier and not never."""
    order = await book.place(NUGGETS, idempotency_key="k")
    key = f"{settings.key_prefix}idempotency:k"
    assert 24 * 3600 == await kept_s(raw, key, order.placed_ms)


async def test_a_hundred_at_once_with_one_key_create_one_order(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """However many send the same key at the same moment, they all get the one order."""
    orders = await asyncio.gather(
        *(book.place(NUGGETS, idempotency_key="tap tap") for _ in range(100))
    )
    assert 1 == len({order.id for order in orders})
    after = await state_of(raw, settings)
    assert ("1", {"100": orders[0].id}) == (after["version"], after["references"])


async def test_an_order_sent_twice_by_the_gateway_is_placed_once(book: OrderBook) -> None:
    """A script repeated after a broken connection finds the order's id, and its own work done."""
    sent = []
    script = book._gateway.script

    async def and_again(name: str, ask: object) -> object:
        sent.append(await script(name, ask))
        return await script(name, ask)

    book._gateway.script = and_again  # type: ignore[method-assign]
    order = await book.place(NUGGETS)
    assert (["placed", [order.reference, str(order.placed_ms)]], order) == (
        sent[0][0],
        await book.order(order.id),
    )
    assert (await book.snapshot()).version == 1


@pytest.mark.parametrize("lines", [NUGGETS.items, WATER.items, (*NUGGETS.items, *WATER.items)])
async def test_a_placed_order_is_told_as_the_book_has_it(
    book: OrderBook, lines: tuple[OrderLine, ...]
) -> None:
    """What is answered at once, without reading the order again, is what reading it gives."""
    wanted = OrderRequest(items=lines, service="take-away", name="Zoë", language="de-CH")
    placed = await book.place(wanted, by=Actor.STAFF)
    assert placed == await book.order(placed.id)


async def test_an_unknown_id_is_no_order(book: OrderBook) -> None:
    """Reading or moving an order that does not exist says so."""
    with pytest.raises(OrderNotFound):
        await book.order("nobody")
    with pytest.raises(OrderNotFound):
        await book.set_status("nobody", Status.REVOKED, Actor.STAFF)


async def test_stores_on_one_redis_do_not_meet(book: OrderBook, settings: Settings) -> None:
    """Another store has numbers, keys and a board of its own."""
    await book.place(NUGGETS, idempotency_key="k")
    async with changed(settings, store=f"{settings.store}-2") as other:
        order = await other.place(WATER, idempotency_key="k")
        assert ("100", {order.id}) == (order.reference, set((await other.snapshot()).tickets))
