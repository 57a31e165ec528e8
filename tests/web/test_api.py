"""The API as other software relies on it: DESIGN §8."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, state_of
from tests.web.conftest import STAFF

ORDER = {"items": [{"sku": "nuggets-6", "quantity": 1}]}


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and kind of an answer that must be a problem by RFC 9457."""
    assert "application/problem+json" == answer.headers["content-type"]
    body = answer.json()
    assert all(isinstance(body[name], str) and body[name] for name in ("type", "title", "detail"))
    assert answer.status_code == body["status"]
    return body["status"], body["type"].removeprefix("urn:orderup:problem:")


# -- placing -----------------------------------------------------------------------------------------


async def test_an_order_is_created(client: httpx.AsyncClient, book: OrderBook) -> None:
    """201, the order with its number, and where it is to be found."""
    answer = await client.post("/api/orders", json=ORDER)
    body = answer.json()
    assert (201, f"/api/orders/{body['id']}") == (answer.status_code, answer.headers["location"])
    assert ("100", "PENDING", 1) == (body["reference"], body["status"], body["attempt"])
    assert ORDER["items"] == body["items"]
    assert (await book.order(body["id"])).to_json()["placed_ms"] == body["placed_ms"]
    assert body == (await client.get(answer.headers["location"])).json()


async def test_an_order_may_say_more(client: httpx.AsyncClient) -> None:
    """Note, service, name and language are kept and shown."""
    item = {"sku": "hamburger", "quantity": 3, "note": "ohne Zwiebeln 🧅"}
    more = {"service": "take-away", "name": "Zoë", "language": "de"}
    answer = await client.post("/api/orders", json={"items": [item], **more})
    assert 201 == answer.status_code
    assert {"items": [item], **more} == {
        name: answer.json()[name] for name in ("items", "service", "name", "language")
    }


async def test_the_same_key_is_answered_with_the_same_order(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """A repeated request is 201 again: same id and reference, and the status of now."""
    key = {"Idempotency-Key": "tap-1"}
    first = (await client.post("/api/orders", json=ORDER, headers=key)).json()
    await book.start(first["id"], 1, "anna")
    again = await client.post("/api/orders", json=ORDER, headers=key)
    assert (201, first["id"], first["reference"], "STARTED") == (
        again.status_code,
        *(again.json()[name] for name in ("id", "reference", "status")),
    )


async def test_the_same_order_written_differently_is_the_same(client: httpx.AsyncClient) -> None:
    """Neither the order of keys, nor space, nor a default that is written out makes another order."""
    headers = {"Idempotency-Key": "tap-2", "Content-Type": "application/json"}
    texts = (
        '{"items":[{"sku":"hamburger","quantity":2}]}',
        '{ "service": "eat-in", "name": null, "items": [ {"quantity": 2, "sku": "\\u0068amburger"} ] }',
    )
    answers = [await client.post("/api/orders", content=text, headers=headers) for text in texts]
    assert [201, 201] == [answer.status_code for answer in answers]
    assert answers[0].json()["id"] == answers[1].json()["id"]


async def test_a_used_key_with_another_order_is_422(
    client: httpx.AsyncClient, raw: Redis, settings: Settings
) -> None:
    """Nothing is ordered, and the problem names the number that the key belongs to."""
    key = {"Idempotency-Key": "tap-3"}
    first = (await client.post("/api/orders", json=ORDER, headers=key)).json()
    before = await state_of(raw, settings)
    other = {"items": [{"sku": "water", "quantity": 1}]}
    answer = await client.post("/api/orders", json=other, headers=key)
    assert (422, "idempotency-key-reused") == problem(answer)
    assert first["reference"] == answer.json()["reference"]
    assert before == await state_of(raw, settings)


async def test_a_hundred_requests_with_one_key_create_one_order(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """All are answered 201 with the one order."""
    key = {"Idempotency-Key": "impatient"}
    answers = await asyncio.gather(
        *(client.post("/api/orders", json=ORDER, headers=key) for _ in range(100))
    )
    assert {201} == {answer.status_code for answer in answers}
    assert 1 == len({answer.json()["id"] for answer in answers})
    assert 1 == len((await book.snapshot()).tickets)


# -- one order ---------------------------------------------------------------------------------------


async def test_an_unknown_order_is_404(client: httpx.AsyncClient) -> None:
    """To read, to cancel and to set: there is no such order."""
    path = "/api/orders/nobody"
    assert (404, "unknown-order") == problem(await client.get(path))
    assert (404, "unknown-order") == problem(await client.delete(path))
    answer = await client.put(f"{path}/status", json={"status": "REVOKED"}, headers=STAFF)
    assert (404, "unknown-order") == problem(answer)


async def test_a_customer_may_cancel_what_nobody_cooks_yet(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """DELETE takes PENDING to REVOKED; once more it is still 200 and changes nothing."""
    order = await book.place(NUGGETS)
    for _ in range(2):
        answer = await client.delete(f"/api/orders/{order.id}")
        assert (200, "REVOKED") == (answer.status_code, answer.json()["status"])
    assert 2 == (await book.where())[1]


async def test_a_customer_cannot_cancel_what_is_being_cooked(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """409 with the status it has; with the PIN it is possible."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    path = f"/api/orders/{order.id}"
    answer = await client.delete(path)
    assert (409, "transition-refused") == problem(answer)
    assert "STARTED" == answer.json()["status_now"]
    assert "REVOKED" == (await client.delete(path, headers=STAFF)).json()["status"]


async def test_staff_lead_an_order_by_naming_the_state(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """PUT names the state to be reached, never a toggle: there already is 200 without a change."""
    order = await book.place(NUGGETS)
    path = f"/api/orders/{order.id}/status"
    for status in ("STARTED", "SUCCESS", "SUCCESS", "COLLECTED"):
        answer = await client.put(path, json={"status": status}, headers=STAFF)
        assert (200, status) == (answer.status_code, answer.json()["status"])
    assert 4 == (await book.where())[1]


async def test_what_the_table_does_not_know_is_409(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """A wrong way, a wrong `from`, and a missing one where it must be said change nothing."""
    order = await book.place(WATER)
    path = f"/api/orders/{order.id}/status"
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    before = await book.where()
    for body in (
        {"status": "PENDING"},
        {"status": "SUCCESS"},
        {"status": "SUCCESS", "from": "STARTED"},
    ):
        answer = await client.put(path, json=body, headers=STAFF)
        assert (409, "transition-refused") == problem(answer)
    assert before == await book.where()
    recall = {"status": "SUCCESS", "from": "COLLECTED"}
    assert 200 == (await client.put(path, json=recall, headers=STAFF)).status_code


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"status": "DONE"}, 422),
        ({"status": None}, 422),
        ({"status": ["SUCCESS"]}, 422),
        ({"status": "SUCCESS", "from": "OVEN"}, 422),
        ({"status": "SUCCESS", "force": True}, 422),
        ([], 422),
        ("SUCCESS", 422),
    ],
)
async def test_a_status_that_is_none_is_a_bad_request(
    client: httpx.AsyncClient, book: OrderBook, body: object, status: int
) -> None:
    """What is not a wish for a status of ours is told so, with the place in the JSON."""
    order = await book.place(NUGGETS)
    answer = await client.put(f"/api/orders/{order.id}/status", json=body, headers=STAFF)
    assert (status, "invalid") == problem(answer)
    assert 1 == (await book.where())[1]


# -- staff -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"Authorization": "Bearer 1235"},
        {"Authorization": "Bearer"},
        {"Authorization": "1234"},
        {"Authorization": "Basic MTIzNDoxMjM0"},
        {"Authorization": "Bearer 12345"},
        {"Authorization": b"Bearer \xff\xfe"},
    ],
)
async def test_without_the_pin_nobody_sets_a_status(
    client: httpx.AsyncClient, book: OrderBook, credentials: dict[str, str]
) -> None:
    """No PIN or a wrong one is 401, says how to send it, and changes nothing."""
    order = await book.place(NUGGETS)
    answer = await client.put(
        f"/api/orders/{order.id}/status", json={"status": "REVOKED"}, headers=credentials
    )
    assert (401, "staff-only") == problem(answer)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "PENDING" == (await book.order(order.id)).status


async def test_a_wrong_pin_is_no_customer(client: httpx.AsyncClient, book: OrderBook) -> None:
    """Who claims to be staff and is not gets 401, also where customers may ask."""
    order = await book.place(NUGGETS)
    answer = await client.delete(f"/api/orders/{order.id}", headers={"Authorization": "Bearer 0"})
    assert (401, "staff-only") == problem(answer)
    assert "PENDING" == (await book.order(order.id)).status


# -- menu, board, health ------------------------------------------------------------------------------


async def test_the_menu_is_served(client: httpx.AsyncClient, book: OrderBook) -> None:
    """Currency, categories and items, each with what is needed to order it."""
    menu = (await client.get("/api/menu")).json()
    items = {item["sku"]: item for category in menu["categories"] for item in category["items"]}
    assert ("EUR", set(book.menu.items)) == (menu["currency"], set(items))
    nuggets = items["nuggets-6"]
    assert (480, True, "kitchen") == tuple(
        nuggets[n] for n in ("price_cents", "available", "served")
    )
    assert 200 == (await client.get(nuggets["picture"])).status_code


async def test_the_menu_is_in_the_readers_language(client: httpx.AsyncClient) -> None:
    """By `Accept-Language`, by `?lang=`, which counts more, and in English for everybody else."""
    germans = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.1"}
    for path, headers, name in (
        ("/api/menu", germans, "Hauptgerichte und Salate"),
        ("/api/menu?lang=en", germans, "Mains and salads"),
        ("/api/menu?lang=xx", {"Accept-Language": "tlh"}, "Mains and salads"),
    ):
        answer = await client.get(path, headers=headers)
        assert name in [category["name"] for category in answer.json()["categories"]]
        assert "Accept-Language" in answer.headers["vary"]


async def test_the_board_is_served(client: httpx.AsyncClient, book: OrderBook) -> None:
    """The snapshot of the stream's first event: epoch, version, tickets without ids."""
    order = await book.place(NUGGETS)
    epoch, version = await book.where()
    ticket = {"reference": "100", "status": "PENDING", "since_ms": order.placed_ms}
    board = (await client.get("/api/board")).json()
    assert {"epoch": epoch, "version": version, "tickets": [ticket]} == board


async def test_alive_and_ready(client: httpx.AsyncClient) -> None:
    """`/healthz` says that the process lives, `/readyz` that it can take orders and on what."""
    assert 200 == (await client.get("/healthz")).status_code
    ready = await client.get("/readyz")
    assert (200, "ready", []) == (
        ready.status_code,
        ready.json()["status"],
        ready.json()["warnings"],
    )


# -- no such thing -----------------------------------------------------------------------------------


async def test_an_unknown_address_is_404(client: httpx.AsyncClient) -> None:
    """In the API a problem, elsewhere a page."""
    assert (404, "not-found") == problem(await client.get("/api/nothing"))
    page = await client.get("/nothing")
    assert (404, True) == (page.status_code, page.headers["content-type"].startswith("text/html"))


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/api/orders/x", {"GET", "DELETE"}),
        ("GET", "/api/orders/x/status", {"PUT"}),
        ("POST", "/api/menu", {"GET"}),
        ("DELETE", "/api/board", {"GET"}),
    ],
)
async def test_a_wrong_method_is_405_and_says_which_are_right(
    client: httpx.AsyncClient, method: str, path: str, allowed: set[str]
) -> None:
    """RFC 9110: a 405 carries `Allow`."""
    answer = await client.request(method, path)
    assert (405, "method-not-allowed") == problem(answer)
    assert allowed <= {word.strip() for word in answer.headers["allow"].split(",")}
