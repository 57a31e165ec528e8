"""A server that cannot hear Redis: its viewers are told at once, and are right again soon after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.model import Order
from orders.settings import Settings
from tests.conftest import NUGGETS, Server, changed, eventually
from tests.web.conftest import PATIENCE_S, board_viewer, follower, open_hub
from tests.web.viewer import Event, Viewer
from web import hub as hub_module
from web.hub import Hub

SILENCE_MS = 2_000
WITHIN_S = 10  # soon, by a busy machine


@pytest.fixture
def own_settings(own_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The books are asked for long enough, whatever the machine does; what is examined is the hub."""
    monkeypatch.setitem(OrderBook.__init__.__kwdefaults__, "deadline_s", PATIENCE_S)
    return own_settings


@pytest.fixture
async def own_book(own_settings: Settings) -> AsyncIterator[OrderBook]:
    async with OrderBook(own_settings) as book:
        yield book


@pytest.fixture
async def own_hub(own_book: OrderBook, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    """A hub whose heart beats ten times a second, so that a heartbeat too many is seen."""
    monkeypatch.setattr(hub_module, "HEARTBEAT_EVERY_S", 0.1)
    monkeypatch.setattr(hub_module, "LOOK_EVERY_S", 0.1)
    async with open_hub(own_book) as hub:
        yield hub


async def goes_blind(viewer: Viewer) -> Event:
    """Blind at last; no heartbeat came later than 2 s, and a look at the clock, after Redis spoke."""
    blind = await viewer.next("blind", within_s=WITHIN_S)
    beats_ms = [event.data["at_ms"] for event in viewer.named("heartbeat")]
    assert max(beats_ms, default=0) - blind.data["since_ms"] < SILENCE_MS + 500
    return blind


async def test_a_redis_that_says_nothing_makes_the_board_blind_until_it_speaks(
    own_valkey: Server, own_book: OrderBook, own_hub: Hub
) -> None:
    """No heartbeat after `blind`, which says since when; a snapshot soon after Redis is heard again."""
    order = await own_book.place(NUGGETS)
    async with board_viewer(own_hub) as viewer, follower(own_hub, order.id) as phone:
        await viewer.until_version(1)
        await viewer.next("heartbeat")
        await phone.next("order")
        own_valkey.pause()
        try:
            blind = await goes_blind(viewer)
            assert blind == await goes_blind(phone)
            async with board_viewer(own_hub) as newcomer:
                assert ["snapshot", "blind"] == [event.name for event in await newcomer.read()]
        finally:
            own_valkey.resume()
        heard_ms = viewer.named("heartbeat")[-1].data["at_ms"]
        assert blind.data["since_ms"] - heard_ms < SILENCE_MS
        await viewer.next("snapshot", within_s=WITHIN_S)  # Viewer allows no heartbeat till then
        await viewer.next("heartbeat")
        assert {order.reference} == set(viewer.tickets)


async def test_a_redis_that_was_killed_and_started_again_is_on_the_board_at_once(
    own_valkey: Server, own_settings: Settings, own_book: OrderBook, own_hub: Hub
) -> None:
    """The board is blind while Redis is gone; back on the same data it shows them in a new epoch."""
    order = await own_book.place(NUGGETS)
    async with board_viewer(own_hub) as viewer:
        await viewer.until_version(1)
        before = viewer.epoch
        own_valkey.kill()
        await goes_blind(viewer)
        own_valkey.start()
        snapshot = await viewer.next("snapshot", within_s=WITHIN_S)
        assert {order.reference} == set(viewer.tickets)
        assert before != snapshot.data["epoch"]
        async with changed(own_settings) as book:
            later = await book.place(NUGGETS)
        await viewer.until_version(snapshot.data["version"] + 1)
        assert later.reference in viewer.tickets


async def test_what_happened_unheard_is_on_the_snapshot(
    own_valkey: Server, own_settings: Settings, own_hub: Hub
) -> None:
    """Orders taken by another process before this hub hears again are not missed."""
    async with board_viewer(own_hub) as viewer:
        await viewer.next("snapshot")
        own_valkey.kill()
        await goes_blind(viewer)
        own_valkey.start()
        async with changed(own_settings) as book:
            order = await book.place(NUGGETS)
            await viewer.next("snapshot", within_s=WITHIN_S)
            await viewer.until_version((await book.where())[1])
        assert {order.reference} == set(viewer.tickets)


async def test_a_hub_that_never_heard_redis_is_blind_from_the_beginning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first snapshot an empty board is not shown as a live one."""
    monkeypatch.setattr(hub_module, "FIRST_SIGHT_S", 0.1)
    async with changed(settings, redis_url="redis://127.0.0.1:1/0") as book:
        hub = Hub(book)
        async with hub.open(), board_viewer(hub) as viewer:
            assert ["snapshot", "blind"] == [event.name for event in await viewer.read()]
            assert isinstance(viewer, Viewer)
            assert viewer.blind


async def test_an_order_that_changed_unheard_is_shown_to_its_phone(
    own_valkey: Server, own_book: OrderBook, own_settings: Settings, own_hub: Hub
) -> None:
    """Also a followed order is read again after an outage."""
    order = await own_book.place(NUGGETS)
    async with follower(own_hub, order.id) as phone:
        await phone.next("order")
        own_valkey.kill()
        await goes_blind(phone)
        own_valkey.start()
        async with changed(own_settings) as book:
            await book.start(order.id, 1, "anna")
        again = await phone.next("order", within_s=WITHIN_S)
        assert "STARTED" == again.data["status"]


async def test_a_change_that_could_not_be_read_at_first_is_shown_to_its_phone(
    book: OrderBook, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One read that fails makes nobody blind, and must not leave the phone with what was before."""
    refused = []

    async def refuse(order_ids: Sequence[str]) -> dict[str, Order]:
        refused.append(order_ids)
        raise BookUnavailable

    order = await book.place(NUGGETS)
    async with follower(hub, order.id) as phone, board_viewer(hub) as board:
        await phone.next("order")
        with monkeypatch.context() as away:
            away.setattr(book, "orders", refuse)
            await book.start(order.id, 1, "anna")
            await board.until_version(2)
            refused.clear()
            await eventually(lambda: refused)  # it is asked again
        again = await phone.next("order")
    assert "STARTED" == again.data["status"]
    assert not board.named("blind")
