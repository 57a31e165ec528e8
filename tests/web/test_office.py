"""The office without a browser: its page, its forms, its stream, and who may use them."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from orders.book import OrderBook
from orders.crew import Standing
from orders.model import OrderLine, OrderRequest
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, eventually
from tests.web.conftest import STAFF, Web
from tests.web.page import Page
from tests.web.test_line import in_turn
from web.office_search import Search

NOBODY = "Orders are taken and kept; nobody cooks them."
ANA = OrderRequest(items=(OrderLine(sku="turkey", quantity=2, note="=1+1"),), name="@SUM(A1)")


@pytest.fixture
async def staff(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers.update(STAFF)
    return client


async def rows(client: httpx.AsyncClient, **fields: str) -> list[str]:
    """The numbers that the search finds."""
    page = await client.get("/office", params=fields)
    assert 200 == page.status_code, page.text
    return re.findall(
        r'<tr data-order="[^"]+".*?<a [^>]*data-reference>(\d+)', page.text, re.DOTALL
    )


async def text_of(client: httpx.AsyncClient, path: str = "/office") -> str:
    return " ".join(Page(await client.get(path)).text.split())


@pytest.mark.parametrize(
    "path", ["/office", "/office/events", "/office/orders/x", "/office/orders.csv"]
)
async def test_the_office_is_the_staffs(client: httpx.AsyncClient, path: str) -> None:
    """A browser is sent to sign in, and comes back; a program is refused."""
    page = await client.get(path, headers={"Accept": "text/html"})
    assert (303, f"/staff?next={path}") == (page.status_code, page.headers["location"])
    assert 401 == (await client.get(path)).status_code
    assert 401 == (await client.post("/office/kitchen", data={"paused": "true"})).status_code


async def test_the_search_finds(staff: httpx.AsyncClient, book: OrderBook) -> None:
    """By number, id, state, item and time, and all of it together; the newest first."""
    ana, water = await in_turn(book, ANA, WATER)
    await book.set_status(ana.id, Status.STARTED, Actor.STAFF)
    both = [water.reference, ana.reference]
    for fields, found in (
        ({}, both),
        ({"text": ana.reference}, [ana.reference]),
        ({"text": ana.id}, [ana.reference]),
        ({"text": "nobody-has-this"}, []),
        ({"status": "STARTED"}, [ana.reference]),
        ({"status": "open"}, both),
        ({"status": "REVOKED"}, []),
        ({"sku": "water"}, [water.reference]),
        ({"until": "2001-01-01T00:00"}, []),
        ({"since": "2999-01-01T00:00"}, []),
        ({"since": "2001-01-01T00:00", "status": "SUCCESS", "sku": "water"}, [water.reference]),
    ):
        assert found == await rows(staff, **fields), fields


def test_a_search_by_time_goes_by_the_clocks_of_the_shop() -> None:
    """What a browser sends has no zone; a link that names one is taken at its word."""
    search = Search.of({"since": "2026-11-21T08:00", "until": "2026-11-21T08:00+01:00"})
    found = search.filter(ZoneInfo("Asia/Kathmandu"))
    assert (1_795_227_300_000, 1_795_244_400_000) == (found.from_ms, found.until_ms)


async def test_a_search_that_cannot_be_says_so(staff: httpx.AsyncClient) -> None:
    """Whatever stands in the address, the page comes, and tells how it is meant."""
    for fields in ({"since": "yesterday"}, {"status": "COOKED"}, {"cursor": "x"}):
        page = Page(await staff.get("/office", params=fields))
        assert (200, True) == (page.status, "This cannot be searched for" in page.alert), fields


async def test_long_lists_are_read_page_by_page(
    staff: httpx.AsyncClient, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link to the older ones leads on, with the same search, until there are none."""
    monkeypatch.setattr("web.office_search.PAGE", 2)
    orders = [await book.place(NUGGETS) for _ in range(5)]
    seen, path = [], "/office?status=PENDING"
    while path:
        page = (await staff.get(path)).text
        seen += re.findall(r'<tr data-order="([^"]+)"', page)
        found = re.search(r'data-next href="([^"]*)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert {order.id for order in orders} == set(seen)
    assert 5 == len(seen)


async def test_an_orders_page_tells_its_whole_way(
    staff: httpx.AsyncClient, book: OrderBook
) -> None:
    """Each transition, attempt, cook and error; and what staff may make of it, by a form."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.retry(order.id, 1, "anna", "the oven is cold", 0)
    await book.start(order.id, 2, "bob")
    text = await text_of(staff, f"/office/orders/{order.id}")
    for words in ("cook:anna", "cook:bob", "the oven is cold", "Once more", order.id):
        assert words in text
    answer = await staff.post(
        f"/office/orders/{order.id}/status", data={"status": "SUCCESS", "from": "STARTED"}
    )
    assert (303, f"/office/orders/{order.id}") == (answer.status_code, answer.headers["location"])
    done = await book.order(order.id)
    assert (Status.SUCCESS, "staff") == (done.status, done.history[-1].by)


async def test_a_tap_that_comes_too_late_is_told(staff: httpx.AsyncClient, book: OrderBook) -> None:
    """The page comes back as the order is now, with the reason."""
    order = await book.place(NUGGETS)
    await book.set_status(order.id, Status.REVOKED, Actor.STAFF)
    answer = await staff.post(f"/office/orders/{order.id}/status", data={"status": "SUCCESS"})
    assert 409 == answer.status_code
    assert "is REVOKED and cannot become SUCCESS" in Page(answer).alert


async def test_the_forms_tell_the_kitchen(staff: httpx.AsyncClient, book: OrderBook) -> None:
    """Pause, number of cooks (empty: each its own) and mode work without JavaScript."""
    for form, standing in (
        ({"paused": "true"}, Standing(paused=True)),
        ({"cooks": "7"}, Standing(paused=True, cooks=7)),
        ({"mode": "people"}, Standing("people", paused=True, cooks=7)),
        ({"cooks": ""}, Standing("people", paused=True)),
    ):
        answer = await staff.post("/office/kitchen", data=form)
        assert (303, "/office#kitchen") == (answer.status_code, answer.headers["location"])
        assert standing == await book.crew.standing()
    for path in ("/office", "/kitchen"):
        page = (await staff.get(path)).text
        assert re.search(r"data-paused>.*The kitchen is paused", page), path


async def test_the_menu_is_switched_by_forms(staff: httpx.AsyncClient, book: OrderBook) -> None:
    """Sold out and today's special."""
    await staff.post("/office/menu/turkey", data={"available": "false"})
    assert {"turkey"} == await book.shelf.sold_out()
    await staff.post("/office/menu/water", data={"special": "true"})
    assert "water" == await book.special.today()


async def test_a_task_is_asked_for_by_a_form(staff: httpx.AsyncClient) -> None:
    """And a name that is none is told."""
    assert 303 == (await staff.post("/office/schedule/report")).status_code
    assert 404 == (await staff.post("/office/schedule/homework")).status_code


async def test_nobody_on_shift_is_said_aloud(staff: httpx.AsyncClient, book: OrderBook) -> None:
    """Without a cook the page says so, as loaded and in its stream; with one it does not."""
    page = (await staff.get("/office")).text
    assert NOBODY in page[page.index("data-nobody>") :]
    await book.crew.arrive("anna", {"beat": 0, "cooks": 4})
    assert "data-nobody hidden>" in (await staff.get("/office")).text


async def test_a_recipe_that_cannot_be_used_is_named(web: Web, book: OrderBook) -> None:
    """With file and line, as loaded, in the stream and in the API: as the kitchen itself has told it."""
    web.client.headers.update(STAFF)
    told = {"broken_recipes": ["kitchen/recipes/soup.py, line 3: SyntaxError: invalid syntax."]}
    told |= {"standstill": "kitchen/recipes/grind.py, line 8, holds up this whole kitchen."}
    await book.crew.arrive("anna", {"beat": 0, "cooks": 4, **told})
    page = (await web.client.get("/office")).text
    assert "soup.py, line 3: SyntaxError: invalid syntax. kitchen/recipes/grind.py, line 8" in page
    [cook] = (await web.client.get("/api/kitchen")).json()["crew"]
    assert told == {name: cook[name] for name in told}
    async with web.stream("/office/events") as viewer:
        [cook] = (await viewer.next("kitchen")).data["crew"]
        assert told == {name: cook[name] for name in told}


async def test_the_stream_tells_the_state_and_what_has_changed(web: Web, book: OrderBook) -> None:
    """All there is to say, at once and every second; the ids of changed orders in between."""
    web.client.headers.update(STAFF)
    await book.crew.arrive("anna", {"beat": 0})
    async with web.stream("/office/events") as viewer:
        await viewer.next("kitchen")
        order = await book.place(NUGGETS)
        news = await viewer.next("changed")
        assert ([order.id], False) == (news.data["orders"], news.data["many"])
        seen = await viewer.next("kitchen", fits=lambda event: bool(event.data["statuses"]))
        assert ({"PENDING": 1}, order.placed_ms) == (seen.data["statuses"], seen.data["oldest_ms"])
        await book.crew.tell(paused=True)
        await viewer.next("kitchen", fits=lambda event: event.data["kitchen"]["paused"])


async def test_however_many_look_the_book_is_asked_once(
    web: Web, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three viewers get the same frame; when nobody looks, nothing is read."""
    web.client.headers.update(STAFF)
    looks: list[int] = []
    here = web.counter.book.crew
    overview = here.overview

    async def counted(retrying: list[str]) -> Any:
        seen = await overview(retrying)
        looks.append(seen.at_ms)
        return seen

    monkeypatch.setattr(here, "overview", counted)
    async with (
        web.stream("/office/events") as one,
        web.stream("/office/events") as two,
        web.stream("/office/events") as three,
    ):
        frames = [await viewer.next("kitchen") for viewer in (one, two, three)]
        frames += [await viewer.next("kitchen") for viewer in (one, two, three)]
        shown = {frame.data["at_ms"] for frame in frames}
        assert len([at_ms for at_ms in looks if at_ms <= max(shown)]) <= len(shown) + 1
    await eventually(lambda: web.counter.hub.viewers == 0)
    office = web.counter.hub._office
    await eventually(lambda: not office._somebody_looks.is_set())
    looks.clear()
    await book.place(NUGGETS)
    await eventually(office._tickets)
    assert ([], set()) == (looks, office._changed)
