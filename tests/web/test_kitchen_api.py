"""The kitchen for programs: who is on shift, and what it is told."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from orders.book import OrderBook
from orders.crew import Standing
from orders.states import Actor, Status
from tests.conftest import NUGGETS, eventually
from tests.web.conftest import STAFF, Web
from web.outlook import Progress


@pytest.fixture
async def staff(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers.update(STAFF)
    return client


async def test_what_is_told_holds(staff: httpx.AsyncClient, book: OrderBook, web: Web) -> None:
    """Pause, number of cooks and mode, one by one; what is not named stays; the counter hears of it."""
    for told, standing in (
        ({"paused": True}, Standing(paused=True)),
        ({"cooks": 7}, Standing(paused=True, cooks=7)),
        ({"mode": "people"}, Standing("people", paused=True, cooks=7)),
        ({"paused": False, "cooks": None}, Standing("people")),
    ):
        answer = (await staff.put("/api/kitchen", json=told)).json()
        heard = Standing(answer["mode"], paused=answer["paused"], cooks=answer["cooks"])
        assert standing == heard == await book.crew.standing()
        await eventually(lambda standing=standing: web.counter.hub.standing == standing)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"paused": None},
        {"mode": None},
        {"paused": "yes"},
        {"cooks": 0},
        {"cooks": 1001},
        {"cooks": 1.5},
        {"mode": "cats"},
        {"speed": 2},
    ],
)
async def test_what_cannot_be_told_changes_nothing(
    staff: httpx.AsyncClient, book: OrderBook, body: dict[str, Any]
) -> None:
    """A wrong wish is refused with a reason."""
    answer = await staff.put("/api/kitchen", json=body)
    assert (422, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert Standing() == await book.crew.standing()


async def test_the_kitchen_is_the_staffs(client: httpx.AsyncClient, book: OrderBook) -> None:
    """Nobody else sees who cooks, or tells them anything."""
    assert 401 == (await client.get("/api/kitchen")).status_code
    assert 401 == (await client.put("/api/kitchen", json={"paused": True})).status_code
    assert Standing() == await book.crew.standing()


async def test_it_tells_who_has_what(staff: httpx.AsyncClient, book: OrderBook) -> None:
    """Each process with what it says of itself and the orders it has in hand; people come last."""
    await book.crew.arrive("anna", {"beat": 0, "cooks": 4, "host": "stove", "secret": "x"})
    first, second = [await book.place(NUGGETS) for _ in range(2)]
    await book.start(first.id, 1, "anna")
    started = await book.set_status(second.id, Status.STARTED, Actor.STAFF)

    async def crew() -> list[dict[str, Any]] | None:
        told = (await staff.get("/api/kitchen")).json()["crew"]
        return told if [1, 1] == [cook["in_hand"] for cook in told] else None

    anna, people = await eventually(crew) or []
    assert ("anna", "cook", True, False) == tuple(
        anna[name] for name in ("name", "kind", "on_duty", "lost")
    )
    assert (4, "stove") == (anna["cooks"], anna["host"])
    assert "secret" not in anna
    assert ("staff", started.reference) == (people["name"], people["orders"][0]["reference"])


async def test_in_a_paused_kitchen_nobody_is_promised_a_time(
    book: OrderBook, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place in line is still true; when a meal will be ready nobody can say."""
    monkeypatch.setattr(
        "web.estimate.AT_ONCE_MS", 60_000
    )  # a promise that does not lapse meanwhile
    hub = web.counter.hub
    for _ in range(10):  # enough for a promise
        order = await book.place(NUGGETS)
        await book.start(order.id, 1, "anna")
        await book.finish(order.id, 1, "anna")
    waiting = await book.place(NUGGETS)
    await eventually(lambda: hub.outlook(Progress.of(waiting)).ready)
    await book.crew.tell(paused=True)
    await eventually(lambda: hub.outlook(Progress.of(waiting)).ready is None)
    assert 0 == hub.outlook(Progress.of(waiting)).ahead
