"""Placing many orders at once, by the API."""

from __future__ import annotations

import httpx
import pytest

from orders.book import OrderBook
from orders.states import Actor, Status
from tests.web.conftest import STAFF
from tests.web.test_api import ORDER, problem
from web.answer_schemas import GroupAnswer

PATH = "/api/orders/batch"
WATER = {"items": [{"sku": "water", "quantity": 2}], "name": "Zoë"}


async def test_a_group_is_answered_with_all_its_orders(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """201, in the order asked, each as `GET` shows it, which is as the description says."""
    answer = await client.post(PATH, json={"orders": [ORDER, WATER]})
    orders = answer.json()["orders"]
    assert (201, ["100", "101"]) == (answer.status_code, [o["reference"] for o in orders])
    assert [ORDER["items"], WATER["items"]] == [order["items"] for order in orders]
    for order in orders:
        assert order == (await client.get(f"/api/orders/{order['id']}")).json()
    GroupAnswer.model_validate(answer.json())
    assert 2 == (await book.where())[1]


async def test_the_same_key_is_answered_with_the_same_group(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """As it is now; with other orders it is 422, and 410 when one of them was erased."""
    key, body = {"Idempotency-Key": "class-3b"}, {"orders": [ORDER, WATER]}
    first = (await client.post(PATH, json=body, headers=key)).json()["orders"]
    await book.set_status(first[1]["id"], Status.COLLECTED, Actor.STAFF)
    again = await client.post(PATH, json=body, headers=key)
    assert (201, ["PENDING", "COLLECTED"]) == (
        again.status_code,
        [order["status"] for order in again.json()["orders"]],
    )
    assert [order["id"] for order in first] == [order["id"] for order in again.json()["orders"]]
    other = await client.post(PATH, json={"orders": [ORDER]}, headers=key)
    assert (422, "idempotency-key-reused") == problem(other)
    await book.archive.erase(first[1]["id"])
    assert (410, "erased") == problem(await client.post(PATH, json=body, headers=key))
    assert 1 == len((await book.snapshot()).tickets)


@pytest.mark.parametrize(
    ("bad", "kind", "told"),
    [
        ({"items": [{"sku": "moon", "quantity": 1}]}, "unknown-item", {"index": 1, "sku": "moon"}),
        (
            {"items": [{"sku": "hamburger", "quantity": 1}]},
            "sold-out",
            {"index": 1, "sku": "hamburger"},
        ),
        ({"items": [{"sku": "water", "quantity": 0}]}, "invalid", {}),
        ({"items": []}, "invalid", {}),
        (None, "invalid", {}),
    ],
)
async def test_one_bad_order_keeps_back_all(
    client: httpx.AsyncClient, book: OrderBook, bad: object, kind: str, told: dict[str, object]
) -> None:
    """422, nothing is ordered, and the problem says which one it is."""
    await book.shelf.set_available("hamburger", available=False)
    answer = await client.post(PATH, json={"orders": [ORDER, bad]})
    assert (422, kind) == problem(answer)
    assert told == {name: answer.json()[name] for name in told}
    if not told:
        assert answer.json()["errors"][0]["pointer"].startswith("/orders/1")
    assert 0 == (await book.where())[1]


@pytest.mark.parametrize("orders", [[], [ORDER] * 101, {}, None])
async def test_a_group_has_one_to_a_hundred_orders(
    client: httpx.AsyncClient, book: OrderBook, orders: object
) -> None:
    """Anything else is 422."""
    answer = await client.post(PATH, json={"orders": orders}, headers=STAFF)
    assert (422, "invalid") == problem(answer)
    assert 0 == (await book.where())[1]


async def test_who_ordered_stands_in_the_history(client: httpx.AsyncClient) -> None:
    """The staff, if they did."""
    for headers, by in ((STAFF, "staff"), ({}, "customer")):
        answer = await client.post(PATH, json={"orders": [ORDER]}, headers=headers)
        assert [by] == [entry["by"] for entry in answer.json()["orders"][0]["history"]]
