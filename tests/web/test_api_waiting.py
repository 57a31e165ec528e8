"""Waiting for an order's next change, by the API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from orders.book import OrderBook
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, Server, eventually
from tests.web.conftest import Web, open_counter
from tests.web.test_api import problem

LONG_S = 60  # the longest that is allowed


@asynccontextmanager
async def waiting(
    web: Web, path: str, **how: object
) -> AsyncIterator[asyncio.Task[httpx.Response]]:
    """A request that waits; inside it is certain that it does."""
    before = web.counter.hub.viewers
    task = asyncio.create_task(web.client.get(path, **how))  # type: ignore[arg-type]
    await eventually(lambda: web.counter.hub.viewers > before or task.done())
    assert not task.done()
    try:
        async with asyncio.timeout(LONG_S / 2):
            yield task
    finally:
        task.cancel()


async def test_who_waits_is_answered_at_the_next_change(web: Web, book: OrderBook) -> None:
    """Of its status, and of its progress; each with another tag."""
    order = await book.place(NUGGETS)
    path = f"/api/orders/{order.id}?wait_s={LONG_S}"
    tags = {(await web.client.get(path.partition("?")[0])).headers["etag"]}
    async with waiting(web, path) as answer:
        await book.start(order.id, 1, "anna")
        started = await answer
    async with waiting(web, path) as answer:
        await book.report(order.id, 1, "anna", 1, 2)
        cooking = await answer
    async with waiting(web, path) as answer:
        await book.finish(order.id, 1, "anna")
        ready = await answer
    assert [200] * 3 == [each.status_code for each in (started, cooking, ready)]
    assert ("STARTED", {"done": 1, "of": 2}, "SUCCESS") == (
        started.json()["status"],
        cooking.json()["progress"],
        ready.json()["status"],
    )
    tags |= {each.headers["etag"] for each in (started, cooking, ready)}
    assert 4 == len(tags)
    assert 0 == web.counter.hub.viewers


async def test_without_a_change_the_wait_ends_with_what_is(web: Web, book: OrderBook) -> None:
    """200 with the order, or 304 for who knows that state; neither before the time is over."""
    order = await book.place(NUGGETS)
    path = f"/api/orders/{order.id}?wait_s=0.3"
    began = time.monotonic()
    answer = await web.client.get(path)
    known = {"If-None-Match": answer.headers["etag"]}
    again = await web.client.get(path, headers=known)
    assert time.monotonic() - began >= 0.6
    assert (200, "PENDING", 304) == (
        answer.status_code,
        answer.json()["status"],
        again.status_code,
    )
    assert (answer.headers["etag"], b"") == (again.headers["etag"], again.content)


async def test_who_has_missed_a_change_does_not_wait(web: Web, book: OrderBook) -> None:
    """A tag of before is answered at once; so is who waits for an order that is over."""
    order = await book.place(WATER)
    path = f"/api/orders/{order.id}"
    tag = {"If-None-Match": (await web.client.get(path)).headers["etag"]}
    assert 304 == (await web.client.get(path, headers=tag)).status_code
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    async with asyncio.timeout(LONG_S / 2):
        for headers in (tag, {}):
            answer = await web.client.get(path, params={"wait_s": LONG_S}, headers=headers)
            assert (200, "COLLECTED") == (answer.status_code, answer.json()["status"])


async def test_who_leaves_leaves_nothing_behind(web: Web, book: OrderBook) -> None:
    """Neither a viewer nor a seat."""
    order = await book.place(NUGGETS)
    async with waiting(web, f"/api/orders/{order.id}?wait_s={LONG_S}") as answer:
        answer.cancel()
        await eventually(lambda: web.counter.hub.viewers == 0)
    assert 0 == web.counter.seats._taken.total()


async def test_who_waits_is_told_when_the_order_is_erased(web: Web, book: OrderBook) -> None:
    """404 then, as for who asks afterwards."""
    order = await book.place(NUGGETS)
    async with waiting(web, f"/api/orders/{order.id}?wait_s={LONG_S}") as answer:
        await book.set_status(order.id, Status.REVOKED, Actor.STAFF)
        assert "REVOKED" == (await answer).json()["status"]
    await book.archive.erase(order.id)
    gone = await web.client.get(f"/api/orders/{order.id}?wait_s={LONG_S}")
    assert (404, "unknown-order") == problem(gone)


async def test_a_counter_that_closes_lets_nobody_wait(web: Web, book: OrderBook) -> None:
    """Who waits is answered with what is, and who comes later as well."""
    order = await book.place(NUGGETS)
    path = f"/api/orders/{order.id}?wait_s={LONG_S}"
    async with waiting(web, path) as answer:
        web.counter.hub.end()
        assert (200, "PENDING") == ((await answer).status_code, (await answer).json()["status"])
        assert 200 == (await web.client.get(path)).status_code


async def test_those_who_wait_take_a_seat(settings: Settings, book: OrderBook) -> None:
    """When all are taken it is 429 with the time to come back; to look needs no seat."""
    order = await book.place(NUGGETS)
    path = f"/api/orders/{order.id}"
    few = settings.model_copy(update={"max_streams": 1})
    async with open_counter(few) as web:
        await eventually(lambda: web.counter.hub.blind_since_ms is None)
        async with waiting(web, f"{path}?wait_s={LONG_S}"):
            answer = await web.client.get(f"{path}?wait_s={LONG_S}")
            assert (429, "no-seat") == problem(answer)
            assert 10 <= int(answer.headers["retry-after"]) <= 30
            assert 200 == (await web.client.get(path)).status_code


@pytest.mark.usefixtures("_patience")
async def test_who_waits_is_told_when_redis_goes(
    own_settings: Settings, own_valkey: Server
) -> None:
    """503 as for who asks then, and not only when the wait would be over."""
    async with open_counter(own_settings) as web, OrderBook(own_settings) as book:
        await eventually(lambda: web.counter.hub.blind_since_ms is None)
        order = await book.place(NUGGETS)
        async with waiting(web, f"/api/orders/{order.id}?wait_s={LONG_S}") as answer:
            own_valkey.kill()
            assert (503, "unavailable") == problem(await answer)


@pytest.mark.parametrize("wait_s", ["61", "-1", "x", "", "nan", "inf", "1&wait_s=2"])
async def test_a_wait_is_at_most_a_minute(
    client: httpx.AsyncClient, book: OrderBook, wait_s: str
) -> None:
    """Anything else is 422."""
    order = await book.place(NUGGETS)
    answer = await client.get(f"/api/orders/{order.id}?wait_s={wait_s}")
    assert (422, "invalid") == problem(answer)
