"""The kitchen screen without a browser: its page, its forms, and who may use them."""

from __future__ import annotations

import re
from itertools import pairwise

import httpx
import pytest

from orders.book import OrderBook
from orders.model import Order, OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER
from tests.web.conftest import STAFF, Web, open_counter
from tests.web.page import Page

TIMES = "\N{MULTIPLICATION SIGN}"
ANA = OrderRequest(
    items=(OrderLine(sku="fries-large", quantity=7, note="no salt"),),
    service="take-away",
    name="Ana",
)


@pytest.fixture
async def staff(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers.update(STAFF)
    return client


async def kitchen(client: httpx.AsyncClient) -> str:
    return " ".join(Page(await client.get("/kitchen")).text.split())


async def tap(client: httpx.AsyncClient, order: Order, form: dict[str, str]) -> httpx.Response:
    return await client.post(f"/kitchen/orders/{order.id}/status?lang=de", data=form)


async def test_the_page_shows_the_open_orders_without_javascript(
    book: OrderBook, staff: httpx.AsyncClient
) -> None:
    """Number, items, note, name, service, and how much of each item is to be cooked in all."""
    order = await book.place(ANA)
    await book.place(WATER)
    text = await kitchen(staff)
    for words in (
        order.reference,
        f"7 {TIMES} Large fries no salt",
        "Take away",
        "Ana",
        "To cook 1",
    ):
        assert words in text
    assert f"Still to cook in all 7 {TIMES} Large fries" in text


async def test_the_page_is_for_the_staff_alone(book: OrderBook, client: httpx.AsyncClient) -> None:
    """A browser is sent to sign in, and comes back; nobody can tap without it."""
    order = await book.place(ANA)
    page = await client.get("/kitchen", headers={"Accept": "text/html"})
    assert (303, "/staff?next=/kitchen") == (page.status_code, page.headers["location"])
    for path in (f"orders/{order.id}/status", f"orders/{order.id}/priority", "menu/cola"):
        answer = await client.post(f"/kitchen/{path}", data={"status": "STARTED"})
        assert 401 == answer.status_code, path
    assert order == await book.order(order.id)


async def test_an_order_goes_all_the_way_by_forms(
    book: OrderBook, staff: httpx.AsyncClient
) -> None:
    """Start, Ready, Collected and Recall are forms; each leads back to the screen in its language."""
    order = await book.place(NUGGETS)
    steps = ["PENDING", "STARTED", "SUCCESS", "COLLECTED", "SUCCESS"]
    for before, after in pairwise(steps):
        form = {"status": after, "from": before}
        page = (await staff.get("/kitchen?lang=de")).text
        action = re.escape(f'action="/kitchen/orders/{order.id}/status?lang=de" data-tap="next">')
        fields = r'\s+<input type="hidden" name="status" value="{status}">'.format(**form)
        assert re.search(action + fields, page), after
        answer = await tap(staff, order, form)
        assert (303, "/kitchen?lang=de") == (answer.status_code, answer.headers["location"])
        assert after == (await book.order(order.id)).status
    assert all(e.by == "staff" for e in (await book.order(order.id)).history[1:])


async def test_a_tap_that_comes_too_late_is_told_why(
    book: OrderBook, staff: httpx.AsyncClient
) -> None:
    """The form of an old page changes nothing, and the page says what the order is now."""
    order = await book.place(NUGGETS)
    await book.set_status(order.id, Status.REVOKED, Actor.STAFF)
    answer = await tap(staff, order, {"status": "STARTED", "from": "PENDING"})
    assert 409 == answer.status_code
    assert "REVOKED" in Page(answer).alert


async def test_two_people_who_tap_the_same_form_do_no_harm(
    book: OrderBook, staff: httpx.AsyncClient
) -> None:
    """The second one finds it done."""
    order = await book.place(NUGGETS)
    for _ in range(2):
        answer = await tap(staff, order, {"status": "STARTED", "from": "PENDING"})
        assert 303 == answer.status_code
    assert 2 == len((await book.order(order.id)).history)


async def test_the_page_looks_again_at_itself_and_not_at_the_tap(
    book: OrderBook, staff: httpx.AsyncClient
) -> None:
    """Without JavaScript it is loaded anew by its own address, in its language, after a refusal too."""
    order = await book.place(NUGGETS)
    refused = await tap(staff, order, {"status": "COLLECTED", "from": "PENDING"})
    assert 409 == refused.status_code
    for page in (refused, await staff.get("/kitchen?lang=de")):
        assert [("15", "/kitchen?lang=de")] == re.findall(
            r'<meta http-equiv="refresh" content="(\d+);url=([^"]+)">', page.text
        )


async def test_a_form_of_a_page_that_has_not_seen_a_recall_changes_nothing(
    book: OrderBook, staff: httpx.AsyncClient
) -> None:
    """The page was loaded before the order was collected and recalled; by the API it is the same."""
    order = await book.place(WATER)
    form = {"status": "COLLECTED", "from": "SUCCESS", "after": "1"}
    assert f'name="after" value="{form["after"]}"' in (await staff.get("/kitchen")).text
    assert 303 == (await tap(staff, order, form)).status_code
    await book.set_status(order.id, Status.SUCCESS, Actor.STAFF, Status.COLLECTED)
    late = await tap(staff, order, form)
    assert (409, True) == (late.status_code, "SUCCESS" in Page(late).alert)
    late = await staff.put(f"/api/orders/{order.id}/status", json={**form, "after": 1})
    assert (409, "SUCCESS") == (late.status_code, late.json()["status_now"])
    assert "urn:orderup:problem:moved-on" == late.json()["type"]
    assert Status.SUCCESS is (await book.order(order.id)).status


async def test_recall_must_say_from_where(book: OrderBook, staff: httpx.AsyncClient) -> None:
    """A tap on Ready that comes late does not bring a collected order back."""
    order = await book.place(WATER)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    assert 409 == (await tap(staff, order, {"status": "SUCCESS"})).status_code
    assert 409 == (await tap(staff, order, {"status": "SUCCESS", "from": "STARTED"})).status_code
    assert 303 == (await tap(staff, order, {"status": "SUCCESS", "from": "COLLECTED"})).status_code


@pytest.mark.parametrize("form", [{}, {"status": "EATEN"}, {"status": "STARTED", "x": "y"}])
async def test_a_form_that_means_nothing_changes_nothing(
    book: OrderBook, staff: httpx.AsyncClient, form: dict[str, str]
) -> None:
    """It is answered as what cannot be understood, in words."""
    order = await book.place(NUGGETS)
    assert 422 == (await tap(staff, order, form)).status_code
    assert order == await book.order(order.id)


async def test_an_order_with_priority_stands_first(
    book: OrderBook, staff: httpx.AsyncClient
) -> None:
    """By form too, and back again."""
    placed = [await book.place(each) for each in (NUGGETS, ANA)]
    first, second = sorted(placed, key=lambda order: (order.placed_ms, order.id))  # of one ms, too
    for priority, order in ((True, [second, first]), (False, [first, second])):
        path = f"/kitchen/orders/{second.id}/priority"
        answer = await staff.post(path, data={"priority": str(priority).lower()})
        assert 303 == answer.status_code
        shown = re.findall(r'data-order="([\w-]+)"', (await staff.get("/kitchen")).text)
        assert [each.id for each in order] == shown[:2]


async def test_priority_by_the_api(book: OrderBook, staff: httpx.AsyncClient) -> None:
    """`PUT` names the state to be reached; there already is fine, too late is 409, by staff only."""
    order = await book.place(NUGGETS)
    path = f"/api/orders/{order.id}/priority"
    for _ in range(2):
        answer = await staff.put(path, json={"priority": True})
        assert (200, True) == (answer.status_code, answer.json()["priority"])
    await book.set_status(order.id, Status.STARTED, Actor.STAFF)
    late = await staff.put(path, json={"priority": False})
    assert (409, "STARTED") == (late.status_code, late.json()["status_now"])
    assert "urn:orderup:problem:not-waiting" == late.json()["type"]
    assert 422 == (await staff.put(path, json={"priority": "yes"})).status_code
    assert 404 == (await staff.put("/api/orders/x/priority", json={"priority": True})).status_code
    del staff.headers["Authorization"]
    assert 401 == (await staff.put(path, json={"priority": False})).status_code


async def test_an_order_keyed_in_by_staff_says_so(
    book: OrderBook, staff: httpx.AsyncClient
) -> None:
    """The same call by a customer is the customer's."""
    body = {"items": [{"sku": "water", "quantity": 1}]}
    mine = (await staff.post("/api/orders", json=body)).json()
    del staff.headers["Authorization"]
    theirs = (await staff.post("/api/orders", json=body)).json()
    by = [(await book.order(each["id"])).history[0].by for each in (mine, theirs)]
    assert ["staff", "customer"] == by


async def test_without_javascript_the_kiosks_form_is_the_short_form(
    book: OrderBook, staff: httpx.AsyncClient
) -> None:
    """The page links to it, and what is ordered there by who is signed in is by staff."""
    assert '<noscript><a class="button" href="/?lang=de">' in (
        await staff.get("/kitchen?lang=de")
    ).text.replace("\n", "")
    form = Page(await staff.get("/?lang=de")).fields | {"quantity.water": "1"}
    for by in ("staff", "customer"):
        answer = await staff.post("/orders", data=form | {"idempotency_key": by})
        order_id = httpx.URL(answer.headers["location"]).path.rpartition("/")[2]
        assert by == (await book.order(order_id)).history[0].by
        staff.headers.pop("Authorization", None)


async def test_an_item_is_switched_by_form(web: Web, staff: httpx.AsyncClient) -> None:
    """Off and on again; one that is not on the menu changes nothing."""
    for available, sold_out in (("false", {"cola"}), ("true", set())):
        answer = await staff.post("/kitchen/menu/cola", data={"available": available})
        assert 303 == answer.status_code
        assert sold_out == web.counter.hub.sold_out
    await staff.post("/kitchen/menu/dodo", data={"available": "false"})
    assert set() == web.counter.hub.sold_out


async def test_an_order_is_coloured_by_its_age(settings: Settings, book: OrderBook) -> None:
    """From which age on an order is marked, and from which it is late, are settings."""
    await book.place(NUGGETS)
    for hurry_s, late_s, age in ((60, 120, "fresh"), (1e-3, 60, "hurry"), (1e-4, 1e-3, "late")):
        changed = settings.model_copy(update={"hurry_s": hurry_s, "late_s": late_s})
        async with open_counter(changed) as web:
            page = (await web.client.get("/kitchen", headers=STAFF)).text
        assert [age] == re.findall(r'data-order="[\w-]+".*data-age="(\w+)"', page)


async def test_what_is_shown_of_very_many_is_counted(
    book: OrderBook, staff: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rush does not make the page endless, and nothing is hidden in silence."""
    monkeypatch.setattr("web.kitchen_screen.MOST_CARDS", 2)
    for _ in range(5):
        await book.place(NUGGETS)
    text = await kitchen(staff)
    assert "To cook 5" in text
    assert "And 3 more" in text
