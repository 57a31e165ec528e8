"""The ticket's page and what its stream tells beside the order: one customer's view, and no more."""

from __future__ import annotations

import re

import httpx
import pytest

from orders.book import OrderBook
from orders.model import Order
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, eventually
from tests.web.conftest import STAFF, Web, follower
from tests.web.page import Page
from tests.web.test_line import in_turn
from web.app import create_app
from web.estimate import ENOUGH, Range
from web.hub import Hub
from web.ticket import in_words


async def cook(book: OrderBook, order: Order, result: object = None) -> None:
    await book.start(order.id, 1, "anna")
    await book.finish(order.id, 1, "anna", result)


async def everything_heard(book: OrderBook, web: Web) -> None:
    version = (await book.where())[1]
    await eventually(lambda: web.counter.hub._hearing._version >= version)


async def part(client: httpx.AsyncClient, order: Order, tag: str, query: str = "") -> str:
    """An element of the ticket's page, as it is written."""
    text = (await client.get(f"/orders/{order.id}{query}")).text
    found = re.search(f"<{tag}.*?</{tag.split(maxsplit=1)[0]}>", text, re.DOTALL)
    assert found, tag
    return found[0]


async def test_an_unknown_order_is_called_unknown(client: httpx.AsyncClient) -> None:
    """404, and the page says so; no state is claimed for what does not exist."""
    page = Page(await client.get("/orders/nobody"))
    assert 404 == page.status
    assert "Unknown order" in page.text
    assert "In line" not in page.text


async def test_the_page_says_the_place_in_line(web: Web, book: OrderBook) -> None:
    """Without JavaScript too; and no estimate while there is too little data."""
    _, second = await in_turn(book, NUGGETS, NUGGETS)
    await everything_heard(book, web)
    shown = await part(web.client, second, "order-outlook")
    assert re.search(r"<p data-place>Place in line <strong>2</strong>", shown)
    assert "data-ready hidden" in shown


async def test_the_page_says_when_it_will_be_ready(
    web: Web, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With enough orders seen there is a range, in the reader's words."""
    monkeypatch.setattr(
        "web.estimate.AT_ONCE_MS", 60_000
    )  # or the test's own time is a wait in line
    for _ in range(ENOUGH):
        await cook(book, await book.place(NUGGETS))
    mine = await book.place(NUGGETS)
    await everything_heard(book, web)
    assert "<strong>10 seconds at most</strong>" in await part(web.client, mine, "order-outlook")
    german = await part(web.client, mine, "order-outlook", "?lang=de")
    assert "<strong>höchstens 10 Sekunden</strong>" in german


@pytest.mark.parametrize(
    ("code", "minutes", "seconds"),
    [
        ("en", "2\N{EN DASH}5 minutes", "20\N{EN DASH}60 seconds"),
        ("de", "2\N{EN DASH}5 Minuten", "20\N{EN DASH}60 Sekunden"),
        ("es", "2\N{EN DASH}5 minutos", "20\N{EN DASH}60 segundos"),
        ("fil", "2\N{EN DASH}5 minuto", "20\N{EN DASH}60 segundo"),
        ("ar", "2\N{EN DASH}5 دقائق", "20\N{EN DASH}60 ثانية"),
    ],
)
async def test_times_have_the_plural_forms_of_the_language(
    settings: Settings, code: str, minutes: str, seconds: str
) -> None:
    """Minutes for what is long, seconds for what is short, rounded outwards."""
    async with create_app(settings).test_request_context(f"/?lang={code}"):
        assert minutes == in_words(Range(140_000, 241_000))
        assert seconds == in_words(Range(29_000, 51_000))


async def test_the_stream_tells_when_the_line_moves(
    book: OrderBook, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone hears that it has moved up, though nothing has happened to its own order."""
    monkeypatch.setattr("web.followers.TELL_EVERY_S", 0.05)
    first, mine = await in_turn(book, NUGGETS, NUGGETS)
    async with follower(hub, mine.id) as phone:
        await phone.next("line", fits=lambda e: e.data == {"ahead": 1, "ready_in_s": None})
        await book.start(first.id, 1, "anna")
        await phone.next("line", fits=lambda e: e.data["ahead"] == 0)
        assert len(phone.named("order")) <= 1 + hub.heard["outages"]


async def test_a_line_that_stands_still_is_not_told_again(
    book: OrderBook, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is looked at, what a customer knows already is not sent."""
    monkeypatch.setattr("web.followers.TELL_EVERY_S", 0.01)
    mine = await book.place(NUGGETS)
    async with follower(hub, mine.id) as phone:
        for _ in range(2):
            await phone.next("heartbeat", within_s=20)  # there is one every 5 s
        assert len(phone.named("line")) <= 1 + hub.heard["outages"]


async def test_the_result_is_shown_by_dish(client: httpx.AsyncClient, book: OrderBook) -> None:
    """What a recipe returned stands under the name of its dish, whatever JSON it is."""
    order = await book.place(NUGGETS)
    assert "data-result aria-labelledby" in await part(client, order, "section class=.card result.")
    assert " hidden" in await part(client, order, "section class=.card result.")
    await cook(book, order, {"nuggets-6": {"core": 74, "crisp": True, "notes": ["a", "<b>"]}})
    shown = await part(client, order, "section class=.card result.")
    assert "<dt>6 chicken nuggets</dt><dd>core: 74, crisp: true, notes: a, &lt;b&gt;</dd>" in shown
    assert " hidden" not in shown.split(">")[0]


async def test_a_customer_cancels_with_a_second_tap(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """The first tap opens the question, the form behind it cancels: 303 to the ticket, REVOKED."""
    order = await book.place(NUGGETS)
    shown = await part(client, order, "details")
    assert "open" not in shown.split(">")[0]
    action = re.search(r'<form method="post" action="([^"]+)"', shown)
    assert action
    answer = await client.post(action[1])
    assert 303 == answer.status_code
    assert "Cancelled" in Page(await client.get(answer.headers["location"])).text
    assert Status.REVOKED is (await book.order(order.id)).status


async def test_what_is_started_cannot_be_cancelled(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """The question is not offered any more; sent all the same it is 409, and nothing changes."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    assert "hidden" in (await part(client, order, "details")).split(">")[0]
    answer = await client.post(f"/orders/{order.id}/cancel")
    assert 409 == answer.status_code
    assert order.reference in answer.text
    assert Status.STARTED is (await book.order(order.id)).status


async def test_the_title_tells_number_and_state(client: httpx.AsyncClient, book: OrderBook) -> None:
    """In a row of tabs, and to a screen reader, the title is the answer."""
    order = await book.place(NUGGETS)
    await cook(book, order)
    text = (await client.get(f"/orders/{order.id}")).text
    assert f"<title>{order.reference} · Ready · Order Up</title>" in text


async def test_a_customer_is_not_told_who_cooked(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """Names of machines and processes, and what went wrong in them, are the staff's business."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "snackbar-42")
    await book.retry(order.id, 1, "snackbar-42", "OSError: /srv/oven is gone", 0)
    await book.start(order.id, 2, "snackbar-43")
    await book.set_status(order.id, Status.SUCCESS, Actor.STAFF)
    path = f"/api/orders/{order.id}"
    seen = (await client.get(path)).json()
    known = (await client.get(path, headers=STAFF)).json()
    assert ["customer", "cook", "cook", "cook", "staff"] == [e["by"] for e in seen["history"]]
    assert "cook:snackbar-42" == known["history"][1]["by"]
    assert ("cook", "snackbar-43") == (seen["cook"], known["cook"])
    assert seen.keys() == known.keys()


async def test_a_customer_is_told_that_it_failed_not_why(
    client: httpx.AsyncClient, book: OrderBook, hub: Hub
) -> None:
    """The error's text may tell of files and hosts; the phone's stream has it as little as the API."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "snackbar-42")
    await book.fail(order.id, 1, "snackbar-42", "OSError: /srv/oven is gone")
    seen = await client.get(f"/api/orders/{order.id}")
    assert "failed" == seen.json()["error"]
    async with follower(hub, order.id) as phone:
        event = await phone.next("order")
    assert seen.json() == event.data
    assert "oven" not in seen.text + (await client.get(f"/orders/{order.id}")).text
    known = await client.get(f"/api/orders/{order.id}", headers=STAFF)
    assert "OSError: /srv/oven is gone" == known.json()["error"]


async def test_the_steps_that_are_done_are_shown(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """By name, in the order in which they were done; in the API with what came of them."""
    order = await book.place(NUGGETS)
    assert "data-kept" in await part(client, order, 'section class="card kept"')
    assert "hidden" in await part(client, order, 'section class="card kept"')
    meal = (await book.start(order.id, 1, "anna")).meal
    await book.keep_step(meal, "anna", 0, "season", {"salt": "a little"})
    await book.keep_step(meal, "anna", 0, "roast", None)
    shown = await part(client, order, 'section class="card kept"')
    assert ["season", "roast"] == re.findall("<li>(.*?)</li>", shown)
    assert "hidden" not in shown
    told = (await client.get(f"/api/orders/{order.id}")).json()["steps"]
    assert [("nuggets-6", "season", {"salt": "a little"}), ("nuggets-6", "roast", None)] == [
        (step["sku"], step["name"], step["result"]) for step in told
    ]
