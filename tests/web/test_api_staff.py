"""The staff's calls of the API for more than one order: the list, the bulk, and erasing."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from orders.book import OrderBook
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER
from tests.web.conftest import STAFF
from tests.web.test_api import problem
from web.answer_schemas import BulkAnswer, ListAnswer, OrderAnswer

LIST, BULK = "/api/orders", "/api/orders/status"


async def listed(client: httpx.AsyncClient, query: str) -> list[str]:
    """The ids that a query finds."""
    answer = await client.get(f"{LIST}?{query}", headers=STAFF)
    assert 200 == answer.status_code, answer.text
    ListAnswer.model_validate(answer.json())
    return [order["id"] for order in answer.json()["orders"]]


async def in_bulk(client: httpx.AsyncClient, **wish: object) -> dict[str, object]:
    answer = await client.post(BULK, json=wish, headers=STAFF)
    assert 200 == answer.status_code, answer.text
    BulkAnswer.model_validate(answer.json())
    return answer.json()


def iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")[:-6]


# -- the list ----------------------------------------------------------------------------------------


async def test_the_list_has_everything_the_newest_first(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """Page by page, each order as the staff see it."""
    first, second, third = [await book.place(NUGGETS) for _ in range(3)]
    await book.start(second.id, 1, "anna@host-7")
    page = (await client.get(f"{LIST}?limit=2", headers=STAFF)).json()
    rest = await client.get(LIST, params={"limit": 2, "cursor": page["next"]}, headers=STAFF)
    orders = [*page["orders"], *rest.json()["orders"]]
    assert {first.id, second.id, third.id} == {order["id"] for order in orders}
    assert sorted((o["placed_ms"] for o in orders), reverse=True) == [
        order["placed_ms"] for order in orders
    ]
    assert None is rest.json()["next"]
    assert ["anna@host-7"] == [o["cook"] for o in orders if o["id"] == second.id]


async def test_the_list_is_searched(client: httpx.AsyncClient, book: OrderBook) -> None:
    """By status in both ways of writing several, by number, item and time in both ways of telling it."""
    nuggets, water = await book.place(NUGGETS), await book.place(WATER)
    later = water.placed_ms + 1
    for query, found in (
        ("status=PENDING", {nuggets.id}),
        ("status=SUCCESS&status=RETRY", {water.id}),
        ("status=SUCCESS,PENDING&lang=de", {nuggets.id, water.id}),
        ("reference=100", {nuggets.id}),
        ("sku=water", {water.id}),
        (f"from={nuggets.placed_ms}&until={later}", {nuggets.id, water.id}),
        (f"from={iso(nuggets.placed_ms)}Z&until={iso(later)}", {nuggets.id, water.id}),
        (f"from={later}", set()),
        (f"from={iso(later)}%2B00:00", set()),
        (f"until={iso(nuggets.placed_ms + 3_600_000)}%2B01:00", set()),
    ):
        assert found == set(await listed(client, query)), query


@pytest.mark.parametrize(
    "query",
    [
        "status=DONE",
        "status=",
        "state=PENDING",
        "limit=0",
        "limit=101",
        "limit=1&limit=2",
        "from=yesterday",
        "from=2026-13-01",
        "reference=12",
        "cursor=",
        "cursor=x",
        "sku=",
    ],
)
async def test_a_list_that_cannot_be_meant_is_refused(
    client: httpx.AsyncClient, query: str
) -> None:
    """422, a misspelt name as well: it would list everything."""
    answer = await client.get(f"{LIST}?{query}", headers=STAFF)
    assert (422, "invalid") == problem(answer)


# -- many at once ------------------------------------------------------------------------------------


async def test_many_orders_are_led_by_one_call(client: httpx.AsyncClient, book: OrderBook) -> None:
    """Each is told for itself: done, there already, refused, unknown; and who did it is kept."""
    cooked, ready, pending = [await book.place(wanted) for wanted in (NUGGETS, WATER, NUGGETS)]
    await book.start(cooked.id, 1, "anna")
    ids = [cooked.id, ready.id, pending.id, "nobody", cooked.id]
    told = await in_bulk(client, status="SUCCESS", ids=ids)
    assert {"moved": 1, "unchanged": 1, "refused": 1, "unknown": 1, "unavailable": 0} == told[
        "counts"
    ]
    assert [
        (cooked.id, "100", "SUCCESS", "moved"),
        (ready.id, "101", "SUCCESS", "unchanged"),
        (pending.id, "102", "PENDING", "refused"),
        ("nobody", None, None, "unknown"),
    ] == [
        tuple(each[n] for n in ("id", "reference", "status", "outcome")) for each in told["orders"]
    ]
    assert ["customer", "cook:anna", "staff"] == [
        entry.by for entry in (await book.order(cooked.id)).history
    ]


async def test_a_preview_tells_the_same_and_moves_nothing(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """What a filter would do is counted first; what is said about `from` counts there, too."""
    failed = [await book.place(NUGGETS) for _ in range(3)]
    for order in failed:
        await book.start(order.id, 1, "anna")
        await book.fail(order.id, 1, "anna", "burnt")
    await book.place(NUGGETS)
    wish = {"status": "PENDING", "filter": {"status": ["FAILURE"]}}
    refused = await in_bulk(client, **wish, dry_run=True)
    assert (0, 3) == (refused["counts"]["moved"], refused["counts"]["refused"])
    where = await book.where()
    preview = await in_bulk(client, **wish, **{"from": "FAILURE"}, dry_run=True)
    assert (3, True, where) == (preview["counts"]["moved"], preview["dry_run"], await book.where())
    told = await in_bulk(client, **wish, **{"from": "FAILURE"})
    assert preview["counts"] == told["counts"]
    assert {order.id for order in failed} == {order["id"] for order in told["orders"]}
    for order in failed:
        assert "PENDING" == (await book.order(order.id)).status


async def test_a_call_leads_five_hundred_orders(client: httpx.AsyncClient, book: OrderBook) -> None:
    """The newest that match; and it says that there are more."""
    for _ in range(6):
        await book.groups.place([WATER] * 100)
    told = await in_bulk(client, status="COLLECTED", filter={"status": ["SUCCESS"]})
    assert (500, True) == (told["counts"]["moved"], told["more"])
    told = await in_bulk(client, status="COLLECTED", filter={"status": ["SUCCESS"]})
    assert (100, False) == (told["counts"]["moved"], told["more"])


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"ids": []},
        {"ids": ["a"] * 501},
        {"ids": ["no/id"]},
        {"ids": ["a"], "filter": {"sku": "water"}},
        {"filter": {}},
        {"filter": {"sku": None}},
        {"filter": {"state": "PENDING"}},
        {"filter": {"status": []}},
        {"ids": ["a"], "dry_run": 1},
    ],
)
async def test_a_bulk_that_cannot_be_meant_is_refused(
    client: httpx.AsyncClient, book: OrderBook, wish: dict[str, object]
) -> None:
    """422, an empty filter above all: it would be every order."""
    await book.place(NUGGETS)
    answer = await client.post(BULK, json={"status": "REVOKED", **wish}, headers=STAFF)
    assert (422, "invalid") == problem(answer)
    assert 1 == (await book.where())[1]


# -- erasing -----------------------------------------------------------------------------------------


async def test_staff_cancel_what_is_open_and_erase_what_is_over(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """DELETE of an open order is 200 with the order, of a finished one 204; then it is unknown."""
    order = await book.place(NUGGETS)
    path = f"/api/orders/{order.id}"
    cancelled = await client.delete(path, headers=STAFF)
    assert (200, "REVOKED") == (cancelled.status_code, cancelled.json()["status"])
    OrderAnswer.model_validate(cancelled.json())
    late = await client.delete(f"{path}?after=1", headers=STAFF)  # the same wish, sent twice
    assert (409, "moved-on") == problem(late)
    erased = await client.delete(path, headers=STAFF)
    assert (204, b"") == (erased.status_code, erased.content)
    assert (404, "unknown-order") == problem(await client.delete(path, headers=STAFF))
    assert (404, "unknown-order") == problem(await client.get(path))
    assert [] == await listed(client, "reference=100")


async def test_a_customer_erases_nothing(client: httpx.AsyncClient, book: OrderBook) -> None:
    """To cancel what is cancelled already is fine; what was collected stays."""
    revoked, collected = await book.place(NUGGETS), await book.place(WATER)
    await book.set_status(revoked.id, Status.REVOKED, Actor.STAFF)
    await book.set_status(collected.id, Status.COLLECTED, Actor.STAFF)
    assert 200 == (await client.delete(f"/api/orders/{revoked.id}")).status_code
    answer = await client.delete(f"/api/orders/{collected.id}")
    assert (409, "transition-refused") == problem(answer)
    assert {revoked.id, collected.id} == set(await book.orders([revoked.id, collected.id]))


@pytest.mark.parametrize(("method", "path"), [("GET", LIST), ("POST", BULK)])
async def test_only_staff_see_and_lead_all_orders(
    client: httpx.AsyncClient, book: OrderBook, method: str, path: str
) -> None:
    """401 for everybody else, whatever they send."""
    order = await book.place(NUGGETS)
    body = {"status": "REVOKED", "ids": [order.id]}
    answer = await client.request(method, path, json=body)
    assert (401, "staff-only") == problem(answer)
    assert "PENDING" == (await book.order(order.id)).status
