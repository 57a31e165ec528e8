"""The kitchen's stream: every open order whole, true from the first frame, read once for all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from orders.book import OrderBook
from orders.model import Order, OrderLine, OrderRequest
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, eventually
from tests.web.conftest import Web
from tests.web.viewer import Event, Viewer
from web.hub import Hub

ANA = OrderRequest(
    items=(OrderLine(sku="fries-large", quantity=7, note="no salt"),),
    service="take-away",
    name="Ana",
)


class Rail(Viewer):
    """A kitchen screen: `orders` is what it shows, by id."""

    def __init__(self, frames: AsyncIterator[bytes]) -> None:
        super().__init__(frames)
        self.orders: dict[str, dict[str, Any]] = {}

    def _take(self, event: Event) -> None:
        self.events.append(event)
        if event.name == "snapshot":
            self.orders, self.blind = {}, False
            self.epoch, self.version = event.data["epoch"], event.data["version"]
        elif event.name == "change":
            assert (self.epoch, self.version) == (event.data["epoch"], event.data["after"])
            self.version = event.data["version"]
        elif event.name == "blind":
            self.blind = True
        for order in event.data.get("orders", []):
            known = self.orders.get(order["id"])
            assert known is None or len(known["history"]) <= len(order["history"]), "back in time"
            self.orders[order["id"]] = order

    async def shows(self, order: Order, status: Status) -> None:
        """Read on until the order has this status."""
        while self.orders.get(order.id, {}).get("status") != status:
            await self.read()
            assert not self.ended


@asynccontextmanager
async def screen(hub: Hub) -> AsyncIterator[Rail]:
    async with aclosing(hub.rail()) as frames:
        yield Rail(frames)


async def test_a_screen_begins_with_all_open_orders_whole(book: OrderBook, hub: Hub) -> None:
    """Items, notes, name and service of every open order are in the first snapshot."""
    order = await book.place(ANA)
    water = await book.place(WATER)
    async with screen(hub) as rail:
        await rail.next("snapshot")
        assert {order.id, water.id} == rail.orders.keys()
        shown = rail.orders[order.id]
    assert [{"sku": "fries-large", "quantity": 7, "note": "no salt"}] == shown["items"]
    assert ("Ana", "take-away", "PENDING") == (shown["name"], shown["service"], shown["status"])


async def test_an_empty_kitchen_has_a_snapshot_too(hub: Hub) -> None:
    """A screen that is opened before the first order is live."""
    async with screen(hub) as rail:
        assert [] == (await rail.next("snapshot")).data["orders"]


async def test_every_change_comes_whole(book: OrderBook, hub: Hub) -> None:
    """A new order, each of its steps and its progress come without another snapshot."""
    async with screen(hub) as rail:
        await rail.next("snapshot")
        order = await book.place(ANA)
        await rail.shows(order, Status.PENDING)
        await book.start(order.id, 1, "anna")
        await rail.shows(order, Status.STARTED)
        await book.report(order.id, 1, "anna", 3, 7)
        await rail.next("change", fits=lambda e: any(o["progress"] for o in e.data["orders"]))
        await book.finish(order.id, 1, "anna")
        await rail.shows(order, Status.SUCCESS)
        await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
        await rail.shows(order, Status.COLLECTED)
        assert "Ana" == rail.orders[order.id]["name"]
        assert len(rail.named("snapshot")) <= 1 + hub.heard["outages"]


async def test_priority_is_shown_at_once(book: OrderBook, hub: Hub) -> None:
    """What the board does not show, the kitchen does."""
    order = await book.place(NUGGETS)
    async with screen(hub) as rail:
        await rail.next("snapshot")
        await book.prioritize(order.id)
        change = await rail.next("change", fits=lambda e: bool(e.data["orders"]))
        assert [True] == [shown["priority"] for shown in change.data["orders"]]


async def test_the_last_collected_can_be_seen_and_those_cancelled_cannot(
    book: OrderBook, hub: Hub
) -> None:
    """A new screen shows what may be recalled, and nothing that is over for good."""
    collected, revoked = await book.place(WATER), await book.place(NUGGETS)
    await book.set_status(collected.id, Status.COLLECTED, Actor.STAFF)
    await book.set_status(revoked.id, Status.REVOKED, Actor.STAFF)
    async with screen(hub) as rail:
        await rail.next("snapshot")
        assert {collected.id} == rail.orders.keys()


async def test_a_second_screen_sees_what_the_first_one_does(book: OrderBook, hub: Hub) -> None:
    """It is given the snapshot as of the last frame, and both go on from there."""
    order = await book.place(NUGGETS)
    async with screen(hub) as first:
        await first.next("snapshot")
        await book.set_status(order.id, Status.STARTED, Actor.STAFF)
        await first.shows(order, Status.STARTED)
        async with screen(hub) as second:
            await second.next("snapshot")
            assert first.orders == second.orders
            assert first.version == second.version
            await book.set_status(order.id, Status.SUCCESS, Actor.STAFF)
            for rail in (first, second):
                await rail.shows(order, Status.SUCCESS)


async def test_however_many_screens_look_each_order_is_read_once(
    book: OrderBook, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three screens cost the book no more than one, and none costs nothing."""
    read: list[str] = []
    orders = hub._book.orders

    async def counted(ids: list[str]) -> dict[str, Order]:
        read.extend(ids)
        return await orders(ids)

    monkeypatch.setattr(hub._book, "orders", counted)
    await book.place(NUGGETS)
    await eventually(lambda: hub._hearing._version == 1)
    async with screen(hub) as one, screen(hub) as two, screen(hub) as three:
        for rail in (one, two, three):
            await rail.next("snapshot")
        read.clear()
        order = await book.place(NUGGETS)
        for rail in (one, two, three):
            await rail.shows(order, Status.PENDING)
        assert [order.id] == read
    read.clear()
    version = (await book.where())[1]
    await book.place(NUGGETS)
    await eventually(lambda: hub._hearing._version > version)
    assert [] == read


async def test_a_screen_that_was_away_is_not_shown_the_past(book: OrderBook, hub: Hub) -> None:
    """What happened while no screen was open is in the next one's first snapshot."""
    order = await book.place(NUGGETS)
    async with screen(hub) as rail:
        await rail.next("snapshot")
    await book.set_status(order.id, Status.STARTED, Actor.STAFF)
    async with screen(hub) as rail:
        await rail.next("snapshot")
        assert Status.STARTED == rail.orders[order.id]["status"]


async def test_a_blind_counter_says_so_and_a_snapshot_ends_it(book: OrderBook, hub: Hub) -> None:
    """The screen hears `blind` at once, and sees again only with everything anew."""
    order = await book.place(NUGGETS)
    async with screen(hub) as rail:
        await rail.next("snapshot")
        hub._hearing.go_blind()
        await rail.next("blind")
        await book.set_status(order.id, Status.STARTED, Actor.STAFF)
        await rail.next("snapshot")
        await rail.shows(order, Status.STARTED)


async def test_the_stream_is_for_the_staff_alone(web: Web, book: OrderBook) -> None:
    """Names and orders are nobody else's business: without a session or the PIN it is 401."""
    await book.place(ANA)
    answer = await web.client.get("/kitchen/events")
    assert 401 == answer.status_code
    assert "Ana" not in answer.text
