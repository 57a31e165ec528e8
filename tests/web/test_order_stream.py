"""One order's own stream, as a phone follows it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from itertools import groupby

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.model import Order
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, eventually
from tests.web.conftest import Web, board_viewer, follower
from web.hub import Hub


@pytest.fixture(autouse=True)
def end_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.broadcast.END_WITHIN_S", 0.01)


async def _collected(book: OrderBook, order: Order) -> None:
    await book.start(order.id, 1, "anna")
    await book.finish(order.id, 1, "anna")
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)


async def _revoked(book: OrderBook, order: Order) -> None:
    await book.set_status(order.id, Status.REVOKED, Actor.CUSTOMER)


async def test_the_stream_shows_every_state_the_order_reaches(book: OrderBook, hub: Hub) -> None:
    """Each step that the phone waits for comes as `order`, progress included."""
    order = await book.place(NUGGETS)
    async with follower(hub, order.id) as phone:
        await phone.next("order", fits=lambda e: e.data["status"] == "PENDING")
        await book.start(order.id, 1, "anna")
        await phone.next("order", fits=lambda e: e.data["status"] == "STARTED")
        await book.report(order.id, 1, "anna", 1, 2)
        await phone.next("order", fits=lambda e: e.data["progress"] == {"done": 1, "of": 2})
        await book.finish(order.id, 1, "anna", {"temperature": 74})
        done = await phone.next("order", fits=lambda e: e.data["status"] == "SUCCESS")
        assert json.loads(json.dumps((await book.order(order.id)).to_json())) == done.data


async def test_who_follows_later_sees_the_present_state_at_once(book: OrderBook, hub: Hub) -> None:
    """A second phone on the same order begins with what the first one shows."""
    order = await book.place(NUGGETS)
    async with follower(hub, order.id) as first, follower(hub, order.id) as second:
        shown = await first.next("order")
        assert [shown] == [event for event in await second.read() if event.name == "order"]
        assert 2 == hub.viewers


async def test_other_orders_are_no_concern_of_a_phone(book: OrderBook, hub: Hub) -> None:
    """Whatever else happens at the counter, a phone hears of its own order only."""
    mine = await book.place(NUGGETS)
    async with follower(hub, mine.id) as phone:
        await phone.next("order")
        for _ in range(5):
            await book.place(WATER)
        await book.start(mine.id, 1, "anna")
        await phone.next("order", fits=lambda e: e.data["status"] == "STARTED")
    assert {mine.id} == {event.data["id"] for event in phone.named("order")}
    statuses = (event.data["status"] for event in phone.named("order"))
    assert ["PENDING", "STARTED"] == [status for status, _ in groupby(statuses)]


@pytest.mark.parametrize("finish", [_collected, _revoked])
async def test_the_stream_ends_with_the_order_and_then_there_is_none(
    book: OrderBook, web: Web, finish: Callable[[OrderBook, Order], Awaitable[None]]
) -> None:
    """After COLLECTED or REVOKED the stream ends, and asked again it is 204: stop asking."""
    order = await book.place(NUGGETS)
    async with web.stream(f"/orders/{order.id}/events") as phone:
        await phone.next("order")
        await finish(book, order)
        await phone.to_the_end()
        assert (await book.order(order.id)).status == phone.named("order")[-1].data["status"]
    again = await web.client.get(f"/orders/{order.id}/events")
    assert (204, b"") == (again.status_code, again.content)
    assert {} == web.counter.hub._followers._followed


async def test_who_was_cut_off_before_the_end_is_shown_it(book: OrderBook, web: Web) -> None:
    """Come back with what was seen last, a browser gets the end once, and is then told to stop; so is a
    page that was loaded before the end.
    """
    order = await book.place(NUGGETS)
    path = f"/orders/{order.id}/events"
    async with web.stream(path) as phone:
        loaded = await phone.next("order")
    await _collected(book, order)
    for first in ({"headers": {"Last-Event-ID": loaded.id}}, {"params": {"seen": loaded.id}}):
        answer = await web.client.get(path, **first)
        assert 200 == answer.status_code
        assert '"status":"COLLECTED"' in answer.text
        [end] = re.findall(r"^id: (.+)$", answer.text, re.MULTILINE)
        again = await web.client.get(path, headers={"Last-Event-ID": end})
        assert 204 == again.status_code


async def test_the_stream_is_the_same_json_as_the_api(book: OrderBook, web: Web) -> None:
    """`event: order` carries what `GET /api/orders/<id>` answers."""
    order = await book.place(NUGGETS)
    async with web.stream(f"/orders/{order.id}/events") as phone:
        event = await phone.next("order")
    assert (await web.client.get(f"/api/orders/{order.id}")).json() == event.data


async def test_an_unknown_order_has_no_stream(web: Web) -> None:
    """404, so that nobody waits for something that does not exist."""
    assert 404 == (await web.client.get("/orders/nobody/events")).status_code


async def test_an_order_that_was_erased_ends_its_stream(
    book: OrderBook, hub: Hub, raw: Redis, settings: Settings
) -> None:
    """When the book does not know the order any more, the phone is not kept waiting."""
    order = await book.place(NUGGETS)
    async with follower(hub, order.id) as phone:
        await phone.next("order")
        await raw.delete(f"{settings.key_prefix}order:{order.id}")
        await raw.publish(book.keys.changes, json.dumps({"touched": order.id}))
        await phone.to_the_end()


async def test_the_boards_stream_tells_nothing_private(book: OrderBook, hub: Hub) -> None:
    """Numbers and states; no id, item, name or language of any order."""
    request = NUGGETS.model_copy(update={"name": "Zacharias", "language": "fil"})
    async with board_viewer(hub) as viewer:
        await viewer.next("snapshot")
        order = await book.place(request)
        await viewer.until_version(1)
    async with board_viewer(hub) as newcomer:
        await newcomer.next("snapshot")
        stream = "".join(value for _, value in (*viewer.fields, *newcomer.fields))
    for private in (order.id, "nuggets", "Zacharias", "fil"):
        assert private not in stream
    for event in (*viewer.events, *newcomer.events):
        for ticket in event.data.get("tickets", []):  # a heartbeat has none
            assert {"reference", "status", "since_ms"} == set(ticket)


async def test_a_phone_that_goes_away_leaves_nothing_behind(book: OrderBook, web: Web) -> None:
    """A closed connection is noticed though nothing is sent, for the board as for an order."""
    order = await book.place(NUGGETS)
    hub, seats = web.counter.hub, web.counter.seats
    async with (
        web.stream("/board/events") as board,
        web.stream(f"/orders/{order.id}/events") as phone,
    ):
        await board.next("snapshot")
        await phone.next("order")
        assert (2, 2) == (hub.viewers, seats._taken.total())
    await eventually(lambda: hub.viewers == 0)
    await eventually(lambda: seats._taken.total() == 0)
    assert {} == hub._followers._followed


async def test_streams_are_told_to_be_passed_on_as_they_are(book: OrderBook, web: Web) -> None:
    """Type and headers keep proxies from buffering, storing and compressing; `retry` has jitter."""
    order = await book.place(NUGGETS)
    retries = set()
    for path in ("/board/events", f"/orders/{order.id}/events") * 4:
        async with web.client.stream("GET", path) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            assert "no-store, no-transform" == response.headers["cache-control"]
            assert "no" == response.headers["x-accel-buffering"]
            first = await anext(response.aiter_bytes())
            field, _, value = first.split(b"\n")[0].partition(b": ")
            assert b"retry" == field
            retries.add(int(value))
    assert len(retries) > 1
    assert all(1000 <= retry <= 4000 for retry in retries)
