"""A server that cannot hear Redis: its viewers are told at once, and are right again soon after."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from orders.book import OrderBook
from orders.settings import Settings
from tests.conftest import NUGGETS, Server, changed
from tests.web.conftest import board_viewer, follower, open_hub
from tests.web.viewer import Viewer
from web import hub as hub_module
from web.hub import Hub

BLIND_WITHIN_S = 4  # 2 s of silence, and the look at the clock; the rest is for a busy machine
RIGHT_WITHIN_S = 3


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


async def test_a_redis_that_says_nothing_makes_the_board_blind_until_it_speaks(
    own_valkey: Server, own_book: OrderBook, own_hub: Hub
) -> None:
    """No heartbeat after `blind`, which says since when; a snapshot soon after Redis is heard again."""
    order = await own_book.place(NUGGETS)
    async with board_viewer(own_hub) as viewer, follower(own_hub, order.id) as phone:
        await viewer.until_version(1)
        heard = await viewer.next("heartbeat")
        await phone.next("order")
        own_valkey.pause()
        try:
            blind = await viewer.next("blind", within_s=BLIND_WITHIN_S)
            assert blind == await phone.next("blind", within_s=BLIND_WITHIN_S)
            async with board_viewer(own_hub) as newcomer:
                assert ["snapshot", "blind"] == [event.name for event in await newcomer.read()]
        finally:
            own_valkey.resume()
        assert abs(blind.data["since_ms"] - heard.data["at_ms"]) < BLIND_WITHIN_S * 1000
        await viewer.next(
            "snapshot", within_s=RIGHT_WITHIN_S
        )  # Viewer allows no heartbeat till then
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
        await viewer.next("blind", within_s=BLIND_WITHIN_S)
        own_valkey.start()
        snapshot = await viewer.next("snapshot", within_s=RIGHT_WITHIN_S)
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
        await viewer.next("blind", within_s=BLIND_WITHIN_S)
        own_valkey.start()
        async with changed(own_settings) as book:
            order = await book.place(NUGGETS)
            await viewer.next("snapshot", within_s=RIGHT_WITHIN_S)
            await viewer.until_version((await book.where())[1])
        assert {order.reference} == set(viewer.tickets)


async def test_a_hub_that_never_heard_redis_is_blind_from_the_beginning(
    settings: Settings,
) -> None:
    """Before the first snapshot an empty board is not shown as a live one."""
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
        await phone.next("blind", within_s=BLIND_WITHIN_S)
        own_valkey.start()
        async with changed(own_settings) as book:
            await book.start(order.id, 1, "anna")
        again = await phone.next("order", within_s=RIGHT_WITHIN_S)
        assert "STARTED" == again.data["status"]
