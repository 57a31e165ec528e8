"""What the office does: each action on an order, web hooks sent again; and what it says meanwhile."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from orders.book import OrderBook
from orders.hooks import Attempt
from orders.model import Order
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, PIN, WATER, Server, changed, eventually
from tests.receiver import SECRET
from tests.web.conftest import STAFF, Web, open_counter
from tests.web.page import Page
from web.office_times import UNKNOWN


@pytest.fixture
async def staff(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers.update(STAFF)
    return client


async def brought_to(book: OrderBook, status: Status) -> Order:
    """An order of this status."""
    order = await book.place(NUGGETS)
    if status is Status.PENDING:
        return order
    await book.start(order.id, 1, "anna")
    if status is Status.FAILURE:
        for attempt in (1, 2, 3):
            if attempt > 1:
                await book.start(order.id, attempt, "anna")
            await book.retry(order.id, attempt, "anna", "burnt", 0)
    elif status is not Status.STARTED:
        await book.finish(order.id, 1, "anna")
    if status is Status.COLLECTED:
        await book.set_status(order.id, status, Actor.STAFF)
    return await book.order(order.id)


@pytest.mark.parametrize(
    ("button", "source", "target"),
    [
        ("Start", Status.PENDING, Status.STARTED),
        ("Cancel", Status.PENDING, Status.REVOKED),
        ("Cancel", Status.STARTED, Status.REVOKED),
        ("Ready", Status.STARTED, Status.SUCCESS),
        ("Collected", Status.SUCCESS, Status.COLLECTED),
        ("Recall", Status.COLLECTED, Status.SUCCESS),
        ("Cook again", Status.FAILURE, Status.PENDING),
        ("Close", Status.FAILURE, Status.REVOKED),
    ],
)
async def test_an_orders_page_has_a_button_for_what_may_become_of_it(
    staff: httpx.AsyncClient, book: OrderBook, button: str, source: Status, target: Status
) -> None:
    """What the button's form sends does it, and the history says that it was the staff."""
    order = await brought_to(book, source)
    assert source == order.status
    page = (await staff.get(f"/office/orders/{order.id}")).text
    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    [(action, form)] = [found for found in forms if f">{button}</button>" in found[1]]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]+)"', form))
    assert 303 == (await staff.post(action, data=fields)).status_code
    done = await book.order(order.id)
    assert (target, "staff") == (done.status, done.history[-1].by)
    late = await staff.post(action, data=fields)  # the same tap, once more
    assert late.status_code in {303, 409}
    assert done.history == (await book.order(order.id)).history


async def test_what_waits_for_another_attempt_is_listed_by_its_time(
    staff: httpx.AsyncClient, book: OrderBook
) -> None:
    """How many they are, and each with its next time, the first one first."""
    later, sooner = [await book.place(NUGGETS) for _ in range(2)]
    for order, delay_ms in ((later, 60_000), (sooner, 30_000)):
        await book.start(order.id, 1, "anna")
        await book.retry(order.id, 1, "anna", "burnt", delay_ms)

    async def listed() -> list[str]:
        page = (await staff.get("/office")).text
        assert "Once more: " in page
        part = page[page.index("data-retrying>") : page.index('id="orders"')]
        return re.findall(r"data-reference>(\d+).*?\d\d:\d\d:\d\d", part)

    await eventually(lambda: _has(listed, 2))
    assert [sooner.reference, later.reference] == await listed()
    assert '<span data-tile="RETRY">2</span>' in (await staff.get("/office")).text


async def _has(listed: object, number: int) -> bool:
    return len(await listed()) == number  # type: ignore[operator]


@pytest.fixture
async def telling(settings: Settings) -> AsyncIterator[tuple[Web, OrderBook]]:
    """A counter whose shop tells others, with a book of the same settings."""
    told = {"hook_url": "https://hooks.example/in", "hook_secret": SECRET}
    shop = settings.model_copy(update=told)
    async with changed(shop) as book, open_counter(shop) as web:
        web.client.headers.update(STAFF)
        yield web, book


async def test_web_hooks_are_listed_with_their_attempts_and_sent_again(
    telling: tuple[Web, OrderBook],
) -> None:
    """Each with its number, what it told, how each attempt ended, and when the next one is."""
    web, book = telling
    assert "Nothing has been sent yet." in (await web.client.get("/office")).text
    order = await book.place(WATER)
    [delivery] = await book.hooks.latest(1)
    await book.hooks.settle(delivery, Attempt(1, 12, "500"), "waiting")
    again = await book.hooks.find(delivery.id)
    assert again is not None
    await book.hooks.settle(again, Attempt(2, 34, "410"), "gone")
    for path in ("/office", "/office/parts"):
        page = (await web.client.get(path)).text
        part = page[page.index('id="hooks"') :]
        for words in (order.reference, "order.ready", "given up", "500 (12 ms), 410 (34 ms)"):
            assert words in part
    answer = await web.client.post(f"/office/hooks/{delivery.id}")
    assert (303, "/office#hooks") == (answer.status_code, answer.headers["location"])
    sent = await book.hooks.find(delivery.id)
    assert sent is not None
    assert ("waiting", 0) == (sent.state, sent.tries)
    assert 404 == (await web.client.post("/office/hooks/msg_x_1")).status_code


async def test_the_schedule_is_listed_with_last_and_next_run(
    staff: httpx.AsyncClient, book: OrderBook
) -> None:
    """And with its result, a bad one too."""
    due_ms = await book.diary.now_ms()
    for task, result, ok in (("report", "written: yesterday", True), ("stock", "no paper", False)):
        assert await book.diary.begin(task, due_ms)
        await book.diary.end(task, result, due_ms, ok=ok)
    assert await book.diary.begin("special", due_ms)
    part = (await staff.get("/office/parts")).text
    rows = dict(re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', part, re.DOTALL))
    assert "written: yesterday" in rows["Report of the day"]
    assert re.search(r'class="bad".*no paper', rows["Items sold in the week"])
    assert "running" in rows["Choose the special of the day"]
    times = re.findall(r"[A-Z][a-z]{2} \d+, \d{4} \d\d:\d\d:\d\d", rows["Report of the day"])
    _, following = times
    assert following.endswith("04:00:00")


async def test_while_the_book_is_away_the_office_says_so(
    own_settings: Settings, own_valkey: Server
) -> None:
    """Who is signed in sees the page, with the reason on it, and nothing that might be old."""
    async with open_counter(own_settings) as web:
        await eventually(lambda: web.counter.hub.blind_since_ms is None)
        await web.client.post("/staff", data={"pin": PIN})
        own_valkey.kill()
        await eventually(lambda: web.counter.hub.blind_since_ms is not None)
        answer = await web.client.get("/office", headers={"Accept": "text/html"})
        page = Page(answer)
        own_valkey.start()
    assert (503, True) == (page.status, "Not live" in page.text)
    assert "data-nobody hidden>" in answer.text
    assert {UNKNOWN} == set(re.findall(r"<b data-tile=[^>]+>([^<]+)<", answer.text))
