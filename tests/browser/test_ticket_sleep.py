"""The ticket on a phone that sleeps, whose network or server is gone, or whose clock is set."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from orders.book import OrderBook
from orders.model import Order
from orders.states import Actor, Status
from tests.browser.axe import violations
from tests.browser.conftest import LIMIT_MS, START_MS, OpenPage, Wait
from tests.browser.ticket import (
    EAR,
    MEAL,
    PHONE,
    book_of,
    cooked,
    listening,
    path_of,
)
from tests.faults.proxy import Proxy
from tests.restaurant import Restaurant


@asynccontextmanager
async def followed_through_a_network(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> AsyncIterator[tuple[Proxy, Page, Order]]:
    """A ticket on a phone whose network can fail, listening to its order."""
    order = await book.place(MEAL)
    async with Proxy(int(stove.address.rpartition(":")[2])) as network:
        address = f"http://127.0.0.1:{network.port}"
        ticket = await open_page(address, path_of(order), viewport=PHONE, init_script=EAR)
        await listening(ticket)
        yield network, ticket, order


async def wake(ticket: Page, after_ms: int) -> bool:
    """The phone's clock has gone on meanwhile, and the page is looked at again: does it ask at once?"""
    asks: bool = await ticket.evaluate(
        "async ms => { const now = Date.now, opened = window.opened; Date.now = () => now() + ms;"
        " document.dispatchEvent(new Event('visibilitychange'));"
        " await new Promise((asked) => setTimeout(asked, 10)); return window.opened > opened; }",
        after_ms,
    )
    return asks


async def test_a_phone_that_slept_tells_the_truth_when_it_wakes(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Its connection has died in silence and the world has moved on; it asks anew at once."""
    async with followed_through_a_network(stove, book, open_page) as (network, ticket, order):
        network.swallow()
        network.cut()  # or the browser would ask on a connection that it kept, dead too
        await expect(ticket.locator("blind-notice")).to_be_visible()
        network.heal()
        network.cut()
        await expect(ticket.locator("blind-notice")).to_be_hidden(timeout=LIMIT_MS)
        network.swallow()
        await cooked(book, order)
        network.heal()
        await expect(ticket.locator("[data-state]")).to_contain_text("In line")
        assert await wake(ticket, 7_000)  # more than a heartbeat later
        await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
        await expect(ticket.locator("blind-notice")).to_be_hidden()


async def test_a_meal_collected_while_the_phone_slept_is_not_called_ready(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Its stream is over and will not come back; the page asks, and says what has become of it."""
    async with followed_through_a_network(stove, book, open_page) as (network, ticket, order):
        await cooked(book, order)
        await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
        network.swallow()
        await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
        network.cut()
        network.heal()
        assert await wake(ticket, 20_000)
        await expect(ticket.locator("[data-state]")).to_contain_text("Collected", timeout=LIMIT_MS)


async def test_a_meal_called_back_while_the_phone_slept_is_ready_again(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """The stream has ended with the order; whoever looks at the page again sees what it is now."""
    order = await book.place(MEAL)
    await cooked(book, order)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    ticket = await open_page(stove.address, path_of(order))
    await expect(ticket.locator("[data-state]")).to_contain_text("Collected")
    await book.set_status(order.id, Status.SUCCESS, Actor.STAFF, Status.COLLECTED)
    await ticket.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")


@pytest.mark.parametrize("by_ms", [3_600_000, -3_600_000])
async def test_a_clock_that_is_set_makes_no_lie(book: OrderBook, wait: Wait, by_ms: int) -> None:
    """An hour forth or back: the page goes on to tell what its order is."""
    order, ticket = await wait(init_script=EAR)
    await listening(ticket)
    await ticket.evaluate("by => { const now = Date.now; Date.now = () => now() + by; }", by_ms)
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    await expect(ticket.locator("blind-notice")).to_be_hidden()


async def test_a_restarted_server_does_not_lose_the_customer(
    own_restaurant: Restaurant, open_page: OpenPage
) -> None:
    """While nobody answers the page says that it is not live, with no estimate; then it goes on."""
    async with book_of(own_restaurant) as book:
        await book.crew.choose("people")
        order = await book.place(MEAL)
        ticket = await open_page(own_restaurant.address, path_of(order))
        await expect(ticket.locator("[data-place]")).to_be_visible()
        launcher = own_restaurant.find(" open ")
        assert launcher is not None
        os.kill(launcher, signal.SIGSTOP)  # so that nobody starts it again yet
        own_restaurant.kill(" web ")
        await expect(ticket.locator("blind-notice")).to_be_visible()
        await expect(ticket.locator("order-outlook")).to_be_hidden()
        assert [] == await violations(ticket)
        await cooked(book, order)
        os.kill(launcher, signal.SIGCONT)
        await expect(ticket.locator("[data-state]")).to_contain_text("Ready", timeout=START_MS)
        await expect(ticket.locator("blind-notice")).to_be_hidden()


async def test_an_order_that_is_not_known_any_more_is_called_unknown(
    book: OrderBook, wait: Wait
) -> None:
    """After the data were lost no page goes on to say that somebody cooks."""
    order, ticket = await wait(init_script=EAR)
    await listening(ticket)
    await book._gateway.command("DEL", f"{book.keys.prefix}order:{order.id}")
    touched = f'{{"touched": "{order.id}"}}'
    await book._gateway.command("PUBLISH", book.keys.changes, touched)
    await ticket.evaluate("() => { const now = Date.now; Date.now = () => now() + 600_000; }")
    await expect(ticket.locator("main")).to_contain_text("Unknown order")
