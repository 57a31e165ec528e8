"""The hatch: a laptop reaches the workshop's Redis through it, while it is open, with the password."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.settings import Settings
from orders.states import Status
from tests.conftest import NUGGETS, eventually
from tests.restaurant import Parts
from web.workshop.hatch import Hatch


@pytest.fixture
async def hatch(settings: Settings) -> AsyncIterator[Hatch]:
    """An open one, on this machine."""
    hatch = Hatch("127.0.0.1", settings.redis_url or "")
    hatch.turn(to=True)
    keeping = asyncio.create_task(hatch.keep())
    yield hatch
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping


def through(settings: Settings, url: str) -> OrderBook:
    return OrderBook(settings.model_copy(update={"redis_url": url}))


async def test_a_laptop_cooks_through_the_hatch(
    settings: Settings, book: OrderBook, hatch: Hatch, tmp_path: Path
) -> None:
    """The kitchen that a learner opens with one command makes the workshop's order ready."""
    order = await book.place(NUGGETS)
    laptop = Parts(tmp_path)
    try:
        laptop.kitchen(hatch.address("127.0.0.1"), "--store", settings.store, "--speed", "1000")

        async def is_ready() -> bool:
            return (await book.order(order.id)).status is Status.SUCCESS

        await eventually(is_ready, 30)
    finally:
        laptop.clear()


async def test_nobody_comes_in_without_the_password(settings: Settings, hatch: Hatch) -> None:
    """Neither with another one nor with none: the connection is closed, and Redis hears nothing."""
    right = hatch.address("127.0.0.1")
    other = Hatch("127.0.0.1", settings.redis_url or "")
    wrong = other.address("127.0.0.1").rpartition(":")[0] + ":" + right.rpartition(":")[2]
    other._listener.close()
    for url in (wrong, "redis://" + right.partition("@")[2]):
        async with through(settings, url) as book:
            with pytest.raises(BookUnavailable):
                await asyncio.wait_for(book.order("x"), 25)


async def test_a_shut_hatch_lets_nobody_in_or_stay(settings: Settings, hatch: Hatch) -> None:
    """Who is in loses the connection, and nobody new is served until it is open again."""
    async with through(settings, hatch.address("127.0.0.1")) as book:
        await book.place(NUGGETS)
        hatch.turn(to=False)
        await eventually(lambda: not hatch._guests, 15)
        with pytest.raises(BookUnavailable):
            await book.place(NUGGETS)
        hatch.turn(to=True)
        await book.place(NUGGETS)
