"""What is sold out: placing an order looks in the same script that takes it."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.errors import NotOnTheMenu
from orders.menu import Menu
from orders.model import OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Status
from tests.conftest import NUGGETS, WATER, state_of

BOTH = OrderRequest(items=(*WATER.items, *NUGGETS.items))


def without(menu: Menu, sku: str) -> Menu:
    """The menu, with one item off."""
    categories = tuple(
        category.model_copy(
            update={
                "items": tuple(
                    item.model_copy(update={"available": item.available and item.sku != sku})
                    for item in category.items
                )
            }
        )
        for category in menu.categories
    )
    return Menu(currency=menu.currency, categories=categories)


async def test_what_is_sold_out_cannot_be_ordered(
    book: OrderBook, raw: Redis, settings: Settings
) -> None:
    """The error names the item, nothing is written, and the rest can be ordered."""
    await book.shelf.set_available("nuggets-6", available=False)
    before = await state_of(raw, settings)
    with pytest.raises(NotOnTheMenu) as error:
        await book.place(BOTH, idempotency_key="tap")
    assert ("nuggets-6", True) == (error.value.sku, error.value.sold_out)
    assert before == await state_of(raw, settings)
    assert Status.SUCCESS == (await book.place(WATER, idempotency_key="tap")).status


async def test_it_can_be_had_again(book: OrderBook) -> None:
    """Both ways, and saying so twice is fine."""
    for _ in range(2):
        await book.shelf.set_available("water", available=False)
    assert {"water"} == await book.shelf.sold_out()
    for _ in range(2):
        await book.shelf.set_available("water", available=True)
    assert frozenset() == await book.shelf.sold_out()
    assert Status.SUCCESS == (await book.place(WATER)).status


async def test_a_taken_order_is_not_touched(book: OrderBook) -> None:
    """It is cooked to its end, and a customer who sends it again gets it and no refusal."""
    placed = await book.place(NUGGETS, idempotency_key="tap")
    await book.shelf.set_available("nuggets-6", available=False)
    again = await book.place(NUGGETS, idempotency_key="tap")
    assert placed.id == again.id
    await book.start(placed.id, 1, "anna")
    await book.finish(placed.id, 1, "anna")
    assert Status.SUCCESS == (await book.order(placed.id)).status


async def test_in_one_batch_each_order_is_judged_alone(book: OrderBook) -> None:
    """Who ordered something else is not turned away together with those who came too late."""
    await book.shelf.set_available("nuggets-6", available=False)
    wanted = [WATER, NUGGETS, BOTH, WATER]
    results = await asyncio.gather(*map(book.place, wanted), return_exceptions=True)
    assert [False, True, True, False] == [isinstance(r, NotOnTheMenu) for r in results]


async def test_what_the_menu_has_off_is_sold_out(settings: Settings, book: OrderBook) -> None:
    """The list has both, and no sku that the menu does not know (any more)."""
    async with OrderBook(settings, without(book.menu, "turkey")) as there:
        await there.shelf.set_available("water", available=False)
        await there.shelf.set_available("dodo", available=False)
        assert {"turkey", "water"} == await there.shelf.sold_out()
        await there.shelf.set_available("turkey", available=True)
        assert {"turkey", "water"} == await there.shelf.sold_out()
        with pytest.raises(NotOnTheMenu):
            await there.place(OrderRequest(items=(OrderLine(sku="turkey", quantity=1),)))
