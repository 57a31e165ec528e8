"""The special of the day: chosen by a rule, unless the staff have chosen."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from redis.asyncio import Redis

from orders.book import OrderBook
from orders.settings import Settings
from tests.conftest import changed

DAY = date(2026, 11, 21)


async def test_everybody_chooses_the_same(book: OrderBook) -> None:
    """Whoever runs it, and however often: the same dish, from the kitchen and to be had."""
    chosen = await book.special.roll(DAY)
    assert chosen is not None
    assert "kitchen" == book.menu.items[chosen].served
    assert {chosen} == {await book.special.roll(DAY) for _ in range(3)}


async def test_not_the_same_two_days_in_a_row(book: OrderBook) -> None:
    """And not always the same few."""
    days = [DAY + timedelta(days=number) for number in range(60)]
    chosen = [await book.special.roll(day) for day in days]
    assert all(one != other for one, other in pairwise(chosen))
    assert len(set(chosen)) > 5


async def test_what_is_sold_out_is_not_chosen(book: OrderBook) -> None:
    """Where one dish is left, it is that; where nothing is, nothing."""
    for sku in book.menu.items:
        await book.shelf.set_available(sku, available=sku == "turkey")
    await book.shelf.set_available("turkey", available=True)
    assert "turkey" == await book.special.roll(DAY)
    await book.shelf.set_available("turkey", available=False)
    assert await book.special.roll(DAY + timedelta(days=1)) is None


async def test_the_schedule_leaves_what_the_staff_have_chosen(book: OrderBook) -> None:
    """Until the day is over; that there shall be none is a choice too."""
    today = book.special.business_day()
    for choice in ("water", None):
        await book.special.choose(choice)
        assert choice == await book.special.roll(today)
        assert choice == await book.special.today()
    assert await book.special.roll(today + timedelta(days=1)) is not None


async def test_it_ends_with_its_day(book: OrderBook, raw: Redis) -> None:
    """Yesterday's special is none, and neither is one that the menu does not have any more."""
    yesterday = book.special.business_day() - timedelta(days=1)
    await book.special.roll(yesterday)
    assert await book.special.today() is None
    await raw.set(book.keys.special, f"{book.special.business_day()} dodo")
    assert await book.special.today() is None


async def test_the_day_is_the_shops(settings: Settings) -> None:
    """Where the zone is another, so is the day."""
    days = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # UTC+14 and UTC-11
        async with changed(settings, time_zone=zone) as there:
            days.add(there.special.business_day())
    assert 2 == len(days)
