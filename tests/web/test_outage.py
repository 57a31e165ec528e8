"""A counter whose Redis is away: it says so at once, in words, and goes on by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from orders.book import OrderBook
from orders.settings import Settings
from tests.conftest import NUGGETS, PIN, Server, eventually
from tests.web.conftest import Web, open_counter
from tests.web.page import Page
from tests.web.test_api import ORDER, problem
from tests.web.test_kiosk import kiosk, send

TURN_S = 0.05
AT_ONCE = 50  # turns: nobody waits longer than 2 s; the rest is for a busy machine


@pytest.fixture
async def own_web(own_settings: Settings) -> AsyncIterator[Web]:
    """A counter on a Redis of the test's own."""
    async with open_counter(own_settings) as web:
        await eventually(lambda: web.counter.hub.blind_since_ms is None)
        yield web


@contextmanager
def away(server: Server, how: str) -> Iterator[None]:
    """Redis is dead, or silent, while inside."""
    take, bring = {
        "killed": (server.kill, server.start),
        "paused": (server.pause, server.resume),
    }[how]
    take()
    try:
        yield
    finally:
        bring()


@pytest.fixture(params=["killed", "paused"])
def without_redis(
    request: pytest.FixtureRequest, own_web: Web, own_valkey: Server
) -> Iterator[Web]:
    """A counter whose Redis is away from the first moment of the test."""
    with away(own_valkey, request.param):
        yield own_web


async def at_once(call: Awaitable[httpx.Response]) -> httpx.Response:
    """An answer that does not keep anybody waiting.

    Counted in turns of this loop, so that a time in which the machine stands still is none.
    """
    answering = asyncio.ensure_future(call)
    for _ in range(AT_ONCE):
        await asyncio.wait({answering}, timeout=TURN_S)
        if answering.done():
            break
    else:
        answering.cancel()
    answer = await answering
    assert "Traceback" not in answer.text
    return answer


async def test_the_api_says_at_once_that_it_cannot_be_known(without_redis: Web) -> None:
    """503 within two seconds, as a problem that says how to repeat the request without harm."""
    client = without_redis.client
    answers = await asyncio.gather(
        at_once(client.post("/api/orders", json=ORDER, headers={"Idempotency-Key": "k"})),
        at_once(client.get("/api/orders/somebody")),
        at_once(client.delete("/api/orders/somebody")),
        at_once(client.get("/api/board")),
    )
    for answer in answers:
        assert (503, "unavailable") == problem(answer)
        assert int(answer.headers["retry-after"]) > 0
    assert "Idempotency-Key" in answers[0].json()["detail"]


async def test_pages_say_at_once_what_is_the_matter(without_redis: Web) -> None:
    """A ticket is a page in words with Retry-After, the board says that it shows nothing live."""
    ticket, board = await asyncio.gather(
        at_once(without_redis.client.get("/orders/somebody")),
        at_once(without_redis.client.get("/board")),
    )
    assert (503, "2") == (Page(ticket).status, ticket.headers["retry-after"])
    assert "safe" in Page(ticket).text
    assert 200 == board.status_code
    assert "Not live." in Page(board).text


async def test_who_could_not_cancel_tries_again_on_the_ticket(without_redis: Web) -> None:
    """Not at the menu, where nobody finds the order again; and no kiosk asks for the form's address."""
    answer = await at_once(without_redis.client.post("/orders/somebody/cancel"))
    assert 503 == answer.status_code
    assert 'href="/orders/somebody?' in answer.text
    assert "data-retry-s" not in answer.text


async def test_readiness_fails_and_life_goes_on(without_redis: Web) -> None:
    """`/readyz` is 503 while orders cannot be taken; `/healthz`, the menu and the pictures are there."""
    ready = await at_once(without_redis.client.get("/readyz"))
    assert (503, "unavailable") == (ready.status_code, ready.json()["status"])
    for path in ("/healthz", "/api/menu", "/static/pictures/bell.svg"):
        assert 200 == (await at_once(without_redis.client.get(path))).status_code


@pytest.mark.parametrize("how", ["killed", "paused"])
async def test_a_cart_survives_an_outage_and_is_ordered_once(
    own_web: Web, own_valkey: Server, own_settings: Settings, how: str
) -> None:
    """The form comes back with cart and key and a sentence; pressing again soon after orders once."""
    page = await kiosk(own_web.client)
    with away(own_valkey, how):
        answer = await at_once(send(own_web.client, page, nuggets_6="2"))
    again = Page(answer)
    assert (503, "2") == (again.status, answer.headers["retry-after"])
    assert "You will not be served twice" in again.alert
    assert ("2", page.fields["idempotency_key"]) == (
        again.fields["quantity.nuggets-6"],
        again.fields["idempotency_key"],
    )

    async def is_taken() -> bool:
        return (await send(own_web.client, again)).status_code == 303

    await eventually(is_taken)
    async with OrderBook(own_settings) as book:
        assert 1 == len((await book.snapshot()).tickets)


async def test_the_kiosk_says_before_the_order_that_none_can_be_taken(
    own_web: Web, own_valkey: Server
) -> None:
    """As soon as the outage is known, the empty form comes with the sentence, and without it after."""
    own_valkey.kill()
    await eventually(lambda: own_web.counter.hub.blind_since_ms is not None)
    answer = await at_once(own_web.client.get("/"))
    assert (503, "2") == (answer.status_code, answer.headers["retry-after"])
    assert "cannot take orders" in Page(answer).alert
    own_valkey.start()
    await eventually(lambda: own_web.counter.hub.blind_since_ms is None)
    assert 200 == (await own_web.client.get("/")).status_code


async def test_a_stream_asked_for_during_an_outage_is_open_and_blind(
    own_web: Web, own_valkey: Server, own_settings: Settings
) -> None:
    """EventSource gives up on anything but 200, so the stream opens, says `blind`, and mends itself."""
    async with OrderBook(own_settings) as book:
        order = await book.place(NUGGETS)
    own_valkey.kill()
    await eventually(lambda: own_web.counter.hub.blind_since_ms is not None)
    async with (
        own_web.stream("/board/events") as board,
        own_web.stream(f"/orders/{order.id}/events") as phone,
    ):
        await board.next("blind")
        await phone.next("blind")
        own_valkey.start()
        await board.next("snapshot")
        assert order.reference in board.tickets
        assert order.id == (await phone.next("order")).data["id"]


async def test_a_table_that_cannot_be_read_is_not_begun(own_web: Web, own_valkey: Server) -> None:
    """Whoever is signed in gets 503 for it, and no file that ends after its first line."""
    await own_web.client.post("/staff", data={"pin": PIN})
    assert 200 == (await own_web.client.get("/office/orders.csv")).status_code
    with away(own_valkey, "killed"):
        for table in ("/office/orders.csv", "/office/totals.csv"):
            assert 503 == (await at_once(own_web.client.get(table))).status_code
