"""Where people cook, an open kitchen screen is the crew; where robots cook, it is not."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing

import httpx
import pytest

from orders.book import OrderBook
from orders.crew import SCREEN
from orders.states import Actor, Status
from tests.conftest import NUGGETS, eventually
from tests.web.conftest import Web, open_hub
from web.hub import Hub

NOBODY = "No cook is on shift"


@pytest.fixture
async def people(book: OrderBook) -> OrderBook:
    await book.crew.choose("people")
    return book


async def screens(book: OrderBook) -> list[str]:
    return [name for name in await book.crew.beats() if name.startswith(SCREEN)]


async def test_an_open_screen_is_a_crew_where_people_cook(people: OrderBook, hub: Hub) -> None:
    """It comes on shift with the first screen and goes home with the last."""
    assert not hub.crew.on_shift
    async with AsyncExitStack() as stack:
        for _ in range(2):
            frames = await stack.enter_async_context(aclosing(hub.rail()))
            await anext(frames)
        await eventually(lambda: screens(people))
        await eventually(lambda: hub.crew.on_shift)
        before = await people.crew.beats()
        await eventually(lambda: _changed(people, before))  # it beats
    await eventually(lambda: _nobody(people))
    await eventually(lambda: not hub.crew.on_shift)


async def test_an_open_screen_is_no_crew_where_robots_cook(book: OrderBook, hub: Hub) -> None:
    """Watching robots is not cooking."""
    async with aclosing(hub.rail()) as frames:
        await anext(frames)
        await asyncio.wait_for(anext(frames), 20)
        await book.crew.arrive("robot", {"beat": 0})
        await eventually(lambda: hub.crew.on_shift)
        assert {"robot"} == hub.crew.on_shift
        assert [] == await screens(book)


async def test_robots_are_no_crew_where_people_cook(people: OrderBook) -> None:
    """A kitchen process that cooks nothing must not be promised to customers."""
    await people.crew.arrive("robot", {"beat": 0})
    assert {} == await people.crew.on_duty()
    await people.crew.choose("robots")
    assert ["robot"] == list(await people.crew.on_duty())


async def test_a_lost_screen_takes_no_order_from_a_person(people: OrderBook, hub: Hub) -> None:
    """Its orders are the staff's: giving up the screen moves none of them."""
    order = await people.place(NUGGETS)
    await people.set_status(order.id, Status.STARTED, Actor.STAFF)
    async with aclosing(hub.rail()) as frames:
        await anext(frames)
        [name] = await eventually(lambda: screens(people))
    assert name not in (await people.crew.cooking()).values()
    await people.crew.leave(name)
    assert Status.STARTED == (await people.order(order.id)).status


async def test_customers_are_told_whether_somebody_cooks(
    web: Web, book: OrderBook, client: httpx.AsyncClient
) -> None:
    """The kiosk warns until a kitchen screen is opened."""
    await book.crew.choose("people")
    assert NOBODY in (await client.get("/")).text
    client.headers["Authorization"] = f"Bearer {web.counter.staff_pin}"
    async with web.stream("/kitchen/events") as screen:
        await screen.read()

        async def told() -> bool:
            return NOBODY not in (await client.get("/")).text

        await eventually(told)


async def test_a_stopped_counter_takes_its_screens_off_the_roster(book: OrderBook) -> None:
    """Nobody has to wait until its beat is missed."""
    await book.crew.choose("people")
    async with open_hub(book) as hub, aclosing(hub.rail()) as frames:
        await anext(frames)
        await eventually(lambda: screens(book))
    assert [] == await screens(book)


async def _changed(book: OrderBook, before: dict[str, str]) -> bool:
    return await book.crew.beats() != before


async def _nobody(book: OrderBook) -> bool:
    return not await screens(book)
