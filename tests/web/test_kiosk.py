"""The kiosk without JavaScript: a form, a number, and a clear word when something is wrong."""

from __future__ import annotations

import re

import httpx
import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.settings import Settings
from orders.states import Status
from tests.conftest import NUGGETS, state_of
from tests.web.conftest import Web, open_counter
from tests.web.page import Page

GERMAN = {"egg": "Ei", "gluten": "Gluten", "milk": "Milch", "sesame": "Sesam", "soy": "Soja"}


async def kiosk(client: httpx.AsyncClient) -> Page:
    return Page(await client.get("/"))


async def send(client: httpx.AsyncClient, page: Page, **typed: str) -> httpx.Response:
    """Press Order, with this typed into the quantities (`nuggets_6="2"`)."""
    quantities = {f"quantity.{sku.replace('_', '-')}": text for sku, text in typed.items()}
    unknown = {name for name in quantities if name not in page.fields}
    assert unknown <= {"quantity.moon-cheese"}
    return await client.post("/orders", data={**page.fields, **quantities})


async def test_the_form_has_a_field_for_every_item(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """One number field per item, named `quantity.<sku>`, and a fresh hidden key each time."""
    first, second = await kiosk(client), await kiosk(client)
    assert {f"quantity.{sku}" for sku in book.menu.items} <= set(first.fields)
    assert first.fields["idempotency_key"] != second.fields["idempotency_key"] != ""


async def test_a_dish_is_shown_with_all_that_decides(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """Under its category: name, picture, price, and each allergen in the reader's language."""
    page = (await client.get("/?lang=de")).text
    for category in book.menu.categories:
        shown = page.split(f'<section class="category" id="{category.key}"')[1].split("</section>")[
            0
        ]
        assert f">{category.called('de')}</h2>" in shown
        dishes = dict(re.findall(r'<li class="dish" id="([^"]+)">(.*?)</li>', shown, re.DOTALL))
        assert [item.sku for item in category.items] == list(dishes)
        for item in category.items:
            dish = dishes[item.sku]
            assert f">{item.called('de')}</label>" in dish
            assert f'src="/static/pictures/{item.picture}.svg"' in dish
            assert f"{item.price_cents // 100},{item.price_cents % 100:02}\xa0€" in dish
            contains = dish.partition("Enthält:")[2].partition("</small>")[0]
            told = re.findall(r"\w+", re.sub("<[^>]+>", "", contains))
            assert [GERMAN[allergen] for allergen in item.allergens] == told


async def test_an_order_leads_to_its_ticket(client: httpx.AsyncClient, book: OrderBook) -> None:
    """303 to the ticket page, which shows the number, the items and the state."""
    answer = await send(client, await kiosk(client), nuggets_6="2", water="1")
    assert 303 == answer.status_code
    ticket = Page(await client.get(answer.headers["location"]))
    [order_id] = (await book.snapshot()).tickets
    order = await book.order(order_id)
    assert f"/orders/{order_id}" == httpx.URL(answer.headers["location"]).path
    assert [("nuggets-6", 2), ("water", 1)] == [(li.sku, li.quantity) for li in order.lines]
    assert 200 == ticket.status
    dish = book.menu.items["nuggets-6"].called("en")
    assert all(word in ticket.text for word in (order.reference, dish, "In line"))


async def test_service_and_name_are_kept(client: httpx.AsyncClient, book: OrderBook) -> None:
    """What is chosen and typed beside the dishes stands in the order, and on the ticket."""
    page = await kiosk(client)
    page.fields.update(service="take-away", name="  Zoë  ")
    answer = await send(client, page, water="1")
    assert "Take away · Zoë" in Page(await client.get(answer.headers["location"])).text
    [order_id] = (await book.snapshot()).tickets
    order = await book.order(order_id)
    assert ("take-away", "Zoë", "en") == (order.service, order.name, order.language)


async def test_pressing_twice_leads_to_the_same_ticket(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """The same form sent again orders nothing more."""
    page = await kiosk(client)
    answers = [await send(client, page, nuggets_6="1") for _ in range(3)]
    assert {303} == {answer.status_code for answer in answers}
    assert 1 == len({answer.headers["location"] for answer in answers})
    assert 1 == len((await book.snapshot()).tickets)


async def test_going_back_and_choosing_something_else_is_asked_about(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """The used form with another cart orders nothing, names the number, and can be sent after that."""
    page = await kiosk(client)
    await send(client, page, nuggets_6="1")
    again = Page(await send(client, page, nuggets_6="1", water="2"))
    assert (422, "2") == (again.status, again.fields["quantity.water"])
    assert "100" in again.alert
    assert again.fields["idempotency_key"] != page.fields["idempotency_key"]
    assert 303 == (await send(client, again)).status_code
    assert 2 == len((await book.snapshot()).tickets)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Nothing is chosen yet"),
        ({"nuggets_6": "0"}, "Nothing is chosen yet"),
        ({"nuggets_6": "  "}, "Nothing is chosen yet"),
        ({"nuggets_6": "-1"}, "between 0 and 99"),
        ({"nuggets_6": "100"}, "between 0 and 99"),
        ({"nuggets_6": "1000000"}, "between 0 and 99"),
        ({"nuggets_6": "9" * 5000}, "whole number"),
        ({"nuggets_6": "1.5"}, "whole number"),
        ({"nuggets_6": "two"}, "whole number"),
        ({"nuggets_6": '"><script>alert(1)</script>'}, "whole number"),
        ({"moon_cheese": "1"}, "moon-cheese"),
    ],
)
async def test_what_cannot_be_ordered_is_told_and_the_cart_is_kept(
    client: httpx.AsyncClient,
    raw: Redis,
    settings: Settings,
    typed: dict[str, str],
    words: str,
) -> None:
    """422, the form again with everything as it was typed, a sentence, and nothing ordered."""
    before = await state_of(raw, settings)
    page = await kiosk(client)
    answer = await send(client, page, cola="0", **typed)
    again = Page(answer)
    assert 422 == again.status
    assert words in again.alert
    for sku, text in {**typed, "cola": "0"}.items():
        if sku != "moon_cheese":
            assert text == again.fields[f"quantity.{sku.replace('_', '-')}"]
    assert page.fields["idempotency_key"] == again.fields["idempotency_key"]
    assert "<script>alert" not in answer.text
    assert before == await state_of(raw, settings)


async def test_the_wrong_dish_is_marked(client: httpx.AsyncClient) -> None:
    """Whoever listens to the page finds the field that is meant."""
    again = Page(await send(client, await kiosk(client), nuggets_6="-1", water="1"))
    assert ["quantity.nuggets-6"] == again.invalid
    assert "1" == again.fields["quantity.water"]


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("service", "drone", 422),
        ("name", "x" * 41, 422),
        ("idempotency_key", "two words", 400),
        ("idempotency_key", "x" * 256, 400),
        ("name", "x" * 70_000, 413),
    ],
)
async def test_a_form_that_was_tampered_with_is_a_page_in_words(
    client: httpx.AsyncClient,
    book: OrderBook,
    field: str,
    value: str,
    status: int,
) -> None:
    """No stack trace and no order, whatever is sent instead of our own fields."""
    page = await kiosk(client)
    page.fields[field] = value
    answer = Page(await send(client, page, water="1"))
    assert status == answer.status
    assert answer.text.strip()
    assert 0 == (await book.where())[1]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"items": []}'),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nhalf of a form"),
        ("application/x-www-form-urlencoded", b"%ff%fe=%00&quantity.water"),
        ("", b""),
    ],
)
async def test_what_is_no_form_is_refused(
    client: httpx.AsyncClient, raw: Redis, settings: Settings, content_type: str, body: bytes
) -> None:
    """A body of another kind is a 4xx page, and nothing is ordered."""
    before = await state_of(raw, settings)
    answer = await client.post("/orders", content=body, headers={"Content-Type": content_type})
    assert 400 <= answer.status_code < 500
    assert Page(answer).text.strip()
    assert before == await state_of(raw, settings)


async def test_a_ticket_can_be_cancelled_while_nobody_cooks(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """The button leads back to the ticket, which says so; later a page says why not, and leads back."""
    order = await book.place(NUGGETS)
    answer = await client.post(f"/orders/{order.id}/cancel")
    assert (303, f"/orders/{order.id}") == (
        answer.status_code,
        httpx.URL(answer.headers["location"]).path,
    )
    assert "Cancelled" in Page(await client.get(f"/orders/{order.id}")).text
    started = await book.place(NUGGETS)
    await book.start(started.id, 1, "anna")
    answer = await client.post(f"/orders/{started.id}/cancel")
    assert 409 == answer.status_code
    assert started.reference in Page(answer).text
    assert f'href="/orders/{started.id}?' in answer.text
    assert Status.STARTED == (await book.order(started.id)).status


async def test_an_unknown_ticket_is_a_page_in_words(client: httpx.AsyncClient) -> None:
    """Somebody who mistyped an address reads what to do."""
    page = Page(await client.get("/orders/nobody"))
    assert 404 == page.status
    assert "ask at the counter" in page.text


async def test_the_kiosk_says_before_the_order_that_nobody_cooks(web: Web, book: OrderBook) -> None:
    """Without a cook on shift the page says so, and the order is taken all the same."""
    assert "No cook is on shift" in (await kiosk(web.client)).text
    answer = await send(web.client, await kiosk(web.client), nuggets_6="1")
    assert 303 == answer.status_code
    await book.crew.arrive("anna", {"beat": 0})
    async with web.stream("/board/events") as viewer:  # the hub hears of both, in this order
        await book.place(NUGGETS)
        await viewer.until_version(2)
    assert "No cook is on shift" not in (await kiosk(web.client)).text


async def test_a_counter_that_refuses_without_a_crew_still_sells_drinks(
    settings: Settings, book: OrderBook
) -> None:
    """By its setting it takes no order for the kitchen: a clear word, the cart kept, nothing ordered."""
    await book.meet()
    strict = settings.model_copy(update={"without_crew": "refuse"})
    async with open_counter(strict) as web:
        page = await kiosk(web.client)
        refused = Page(await send(web.client, page, nuggets_6="1"))
        assert (503, "1") == (refused.status, refused.fields["quantity.nuggets-6"])
        assert "nobody to cook" in refused.alert
        assert {} == (await book.snapshot()).tickets
        assert 303 == (await send(web.client, page, water="1")).status_code


async def test_a_full_kitchen_keeps_the_cart(settings: Settings, book: OrderBook) -> None:
    """With too many waiting the customer reads when to come back, and how."""
    await book.meet()
    async with open_counter(settings.model_copy(update={"waiting_limit": 1})) as web:
        await book.place(NUGGETS)
        answer = await send(web.client, await kiosk(web.client), nuggets_6="3")
        again = Page(answer)
        assert (503, "3") == (again.status, again.fields["quantity.nuggets-6"])
        assert "no more right now" in again.alert
        assert int(answer.headers["retry-after"]) > 0


async def test_a_language_without_scripts_is_chosen_by_the_form(
    client: httpx.AsyncClient, raw: Redis, settings: Settings
) -> None:
    """The same form in another language: what was typed and its key stay, and nothing is ordered."""
    before = await state_of(raw, settings)
    page = await kiosk(client)
    typed = {**page.fields, "quantity.water": "2", "name": "Zoë", "service": "take-away"}
    answer = await client.post("/", data={**typed, "lang": "es"})
    again = Page(answer)
    assert (200, "es") == (again.status, again.language)
    assert {**typed, "language": "es"} == again.fields
    assert before == await state_of(raw, settings)


async def test_a_kiosk_keeps_being_one_up_to_its_ticket(client: httpx.AsyncClient) -> None:
    """Opened with `?kiosk=1`, its form says so, and so does the ticket's address; others do not."""
    page = Page(await client.get("/?kiosk=1"))
    answer = await send(client, page, water="1")
    assert answer.headers["location"].endswith("?kiosk=1")
    assert "kiosk" not in (await send(client, await kiosk(client), water="1")).headers["location"]
    wrong = Page(await send(client, page, water="-1"))
    assert "1" == wrong.fields["kiosk"]


async def test_an_answer_to_a_form_can_be_returned_to(client: httpx.AsyncClient) -> None:
    """A browser may keep it for its Back button: of a page that is not stored it has only an error."""
    page = await kiosk(client)
    assert "private, no-cache" == (await send(client, page)).headers["cache-control"]


async def test_what_sold_out_meanwhile_is_named_and_the_rest_stays(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """The dish is marked and cannot be sent again; everything else is as it was typed."""
    page = await kiosk(client)
    await book.shelf.set_available("turkey", available=False)
    again = Page(await send(client, page, turkey="1", cola="2"))
    assert 422 == again.status
    assert book.menu.items["turkey"].called("en") in again.alert
    assert ("2", None) == (again.fields["quantity.cola"], again.fields.get("quantity.turkey"))
    assert 303 == (await send(client, again)).status_code
