"""The roster: what a cook does with the orders of one who is gone, and with his own when he goes."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from kitchen import roster as roster_module
from kitchen.cook import Cook
from kitchen.hands import Hands
from kitchen.roster import Roster
from orders.book import OrderBook
from orders.model import Order
from orders.settings import Settings
from orders.states import Status
from tests.conftest import NUGGETS, eventually


async def good_and_bad(book: OrderBook, raw: Redis, cook: str) -> tuple[Order, Order]:
    """Two orders that this cook has in hand, and one of them somebody has damaged."""
    good, bad = await book.place(NUGGETS), await book.place(NUGGETS)
    for order in (bad, good):
        await book.start(order.id, 1, cook)
    await raw.hdel(f"{book.keys.prefix}order:{bad.id}", "last_attempt")
    return good, bad


async def test_a_damaged_order_does_not_keep_a_cook_from_putting_back_the_others(
    settings: Settings, book: OrderBook, raw: Redis
) -> None:
    """At the end of a shift what can be put back is put back, and the name leaves the roster."""
    cook = Cook("anna", book, settings)
    async with Roster(cook, Hands(1)).on_shift():
        good, bad = await good_and_bad(book, raw, "anna")
    assert Status.RETRY is (await book.order(good.id)).status
    assert {bad.id: "anna"} == await book.crew.cooking()
    assert "anna" not in await book.crew.beats()


async def test_a_damaged_order_of_a_lost_cook_stops_nobody(
    settings: Settings, book: OrderBook, raw: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch gives the other orders back to the crew, and goes on beating."""
    monkeypatch.setattr(roster_module, "BEAT_S", 0.02)
    good, _ = await good_and_bad(book, raw, "nobody")
    cook = Cook("anna", book, settings)
    async with Roster(cook, Hands(1)).on_shift():

        async def back() -> bool:
            return (await book.order(good.id)).status is Status.RETRY

        await eventually(back)
        beat = (await book.crew.beats())["anna"]

        async def beats_on() -> bool:
            return (await book.crew.beats())["anna"] != beat

        await eventually(beats_on)
