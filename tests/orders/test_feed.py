"""The change feed: what is heard, in what order, and what happens when nothing is heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import pytest
from redis.asyncio import Redis

from orders.board import Change, Ticket
from orders.book import OrderBook
from orders.feed import Afresh, CrewChanged, Event, Feed, Heard, Lost, Touched
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, PATIENCE_S, WATER, Server, eventually


class Listener:
    """Somebody who listens, event by event."""

    def __init__(self, events: AsyncIterator[Event], feed: Feed | None = None) -> None:
        self.feed = feed
        self._events = events

    async def next(self, fits: Callable[[Event], bool] = lambda _: True) -> Event:
        """The next event that fits; what comes in between is lost to the listener."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                event = await anext(self._events)
                if fits(event):
                    return event

    async def next_but_pongs(self) -> Event:
        return await self.next(lambda event: not isinstance(event, Heard))


@pytest.fixture
async def listener(book: OrderBook) -> AsyncIterator[Listener]:
    """A listener whose subscription is confirmed."""
    feed = book.feed()
    async with aclosing(feed.listen()) as events:
        listener = Listener(events, feed)
        assert Afresh() == await listener.next()
        yield listener


async def test_a_change_after_the_confirmation_arrives(book: OrderBook, listener: Listener) -> None:
    """What is placed once the subscription is confirmed is heard, with its place in the versions."""
    order = await book.place(NUGGETS)
    ticket = Ticket(order.reference, Status.PENDING, order.placed_ms)
    epoch, version = await book.where()
    assert Change(epoch, 0, version, {order.id: ticket}) == await listener.next_but_pongs()


async def test_an_order_that_leaves_the_board_is_told_once(
    book: OrderBook, listener: Listener
) -> None:
    """The last change of an order carries REVOKED or COLLECTED."""
    order = await book.place(WATER)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    statuses = []
    for _ in range(2):
        change = await listener.next_but_pongs()
        assert isinstance(change, Change)
        statuses.append((change.after, change.version, change.tickets[order.id].status))
    assert [(0, 1, Status.SUCCESS), (1, 2, Status.COLLECTED)] == statuses


async def test_a_claim_of_many_is_one_change(book: OrderBook, listener: Listener) -> None:
    """Orders started by one script are announced together, as one step of as many versions."""
    ids = {(await book.place(NUGGETS)).id for _ in range(3)}
    await book.claim("anna", 5, 1000)
    change = await listener.next(lambda event: isinstance(event, Change) and event.after == 3)
    assert isinstance(change, Change)
    assert (6, ids) == (change.version, set(change.tickets))


async def test_progress_touches_an_order_without_a_version(
    book: OrderBook, listener: Listener
) -> None:
    """The board does not show progress, so only who follows that order is told."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    before = await book.where()
    await book.report(order.id, 1, "anna", 1, 2)
    told = await listener.next(lambda event: not isinstance(event, Change | Heard))
    assert Touched(order.id) == told
    assert before == await book.where()


async def test_a_cook_who_comes_or_goes_is_told(book: OrderBook, listener: Listener) -> None:
    """Arrival and leaving are events; a beat is none."""
    await book.crew.arrive("anna", {})
    await book.crew.beat("anna", {"beat": 1})
    await book.crew.leave("anna")
    assert [CrewChanged(), CrewChanged()] == [await listener.next_but_pongs() for _ in range(2)]


async def test_a_mark_is_answered_after_all_that_was_published_before(
    book: OrderBook, listener: Listener
) -> None:
    """When the mark is heard, nothing that was published before it can still come."""
    for _ in range(20):
        await book.place(NUGGETS)
    mark = listener.feed.mark()
    last = 0
    while (event := await listener.next()) != Heard(mark):
        if isinstance(event, Change):
            last = event.version
    assert 20 == last


async def test_a_killed_connection_is_subscribed_afresh(
    own_valkey: Server, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was cut off is told that what he knew may be old, and hears again from then on."""
    monkeypatch.setattr("orders.feed.SILENCE_S", PATIENCE_S)
    async with (
        Redis.from_url(own_valkey.url) as client,
        OrderBook(own_settings, deadline_s=PATIENCE_S) as book,
        aclosing(book.feed().listen()) as events,
    ):
        listener = Listener(events)
        assert Afresh() == await listener.next(lambda event: not isinstance(event, Lost | Heard))
        assert 1 == await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        assert Afresh() == await listener.next(lambda event: not isinstance(event, Lost | Heard))
        order = await book.place(NUGGETS)
        change = await listener.next(lambda event: isinstance(event, Change))
        assert isinstance(change, Change)
        assert {order.id} == set(change.tickets)


async def test_a_silent_redis_is_lost_and_found_again(
    own_valkey: Server, own_settings: Settings
) -> None:
    """A half-open connection looks like a quiet one; the unanswered ping tells them apart."""
    async with OrderBook(own_settings) as book, aclosing(book.feed().listen()) as events:
        listener = Listener(events)
        assert Afresh() == await listener.next(lambda event: not isinstance(event, Lost | Heard))
        own_valkey.pause()
        try:
            assert Lost() == await listener.next_but_pongs()
        finally:
            own_valkey.resume()
        assert Afresh() == await listener.next(lambda event: not isinstance(event, Lost | Heard))


async def test_a_listener_who_leaves_gives_the_subscription_back(
    book: OrderBook, raw: Redis
) -> None:
    """No connection listens on the store's channel once nobody wants to hear it."""

    async def are_listening(listeners: int) -> bool:
        [(_, count)] = await raw.pubsub_numsub(book.keys.changes)
        return int(count) == listeners

    async with aclosing(book.feed().listen()) as events:
        assert Afresh() == await anext(events)
        assert await are_listening(1)
    await eventually(lambda: are_listening(0))  # Redis learns of it from the network
