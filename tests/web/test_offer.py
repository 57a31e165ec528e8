"""Sold out and special, as seen from outside: staff say so, and every customer's screen hears it."""

from __future__ import annotations

from itertools import groupby

import httpx
import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.settings import Settings
from tests.conftest import Server, eventually, state_of
from tests.web.conftest import STAFF, Web, open_counter
from tests.web.test_api import problem
from tests.web.viewer import Viewer

OFF, ON = {"available": False}, {"available": True}


async def available(client: httpx.AsyncClient, sku: str) -> bool:
    menu = (await client.get("/api/menu")).json()
    return {i["sku"]: i["available"] for c in menu["categories"] for i in c["items"]}[sku]


async def test_staff_take_an_item_off_and_put_it_on(client: httpx.AsyncClient) -> None:
    """The answer is the item, and whoever asks for the menu next sees it."""
    assert await available(client, "nuggets-6")
    for body in (OFF, OFF, ON, ON):
        answer = await client.put("/api/menu/nuggets-6", json=body, headers=STAFF)
        assert (200, "nuggets-6") == (answer.status_code, answer.json()["sku"])
        assert body["available"] == answer.json()["available"]
        assert body["available"] == await available(client, "nuggets-6")


async def test_only_staff_may(client: httpx.AsyncClient, book: OrderBook) -> None:
    """Without the PIN: 401, and it can still be ordered."""
    answer = await client.put("/api/menu/nuggets-6", json=OFF)
    assert (401, "staff-only") == problem(answer)
    assert frozenset() == await book.shelf.sold_out()


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("dodo", OFF, (404, "unknown-item")),
        ("nuggets-6", {}, (422, "invalid")),
        ("nuggets-6", {"available": "no"}, (422, "invalid")),
        ("nuggets-6", {"available": False, "price_cents": 1}, (422, "invalid")),
    ],
)
async def test_what_makes_no_sense_changes_nothing(
    client: httpx.AsyncClient, book: OrderBook, path: str, body: object, expected: object
) -> None:
    """An unknown item is 404, another body than this one 422."""
    assert expected == problem(await client.put(f"/api/menu/{path}", json=body, headers=STAFF))
    assert frozenset() == await book.shelf.sold_out()


async def test_the_menu_file_has_the_last_word(settings: Settings) -> None:
    """What is off in the file cannot be put on by a tap: 409 that says where."""
    path = settings.data_dir / "menu.toml"
    path.write_text(
        'currency = "EUR"\n[[categories]]\nkey = "drinks"\nname.en = "Drinks"\n'
        '[[categories.items]]\nsku = "tea"\nname.en = "Tea"\nprice_cents = 100\ncooking_ms = 0\n'
        'picture = "water"\navailable = false\n'
    )
    async with open_counter(settings.model_copy(update={"menu": path})) as web:
        await eventually(lambda: web.counter.hub.sold_out == {"tea"})
        answer = await web.client.put("/api/menu/tea", json=ON, headers=STAFF)
        assert (409, "off-the-menu") == problem(answer)
        assert not await available(web.client, "tea")


async def test_an_order_of_it_is_refused_and_the_item_named(
    client: httpx.AsyncClient, raw: Redis, settings: Settings
) -> None:
    """422 with the sku by the API; by the form the same page again, with what was chosen."""
    await client.put("/api/menu/nuggets-6", json=OFF, headers=STAFF)
    before = await state_of(raw, settings)
    items = [{"sku": "water", "quantity": 1}, {"sku": "nuggets-6", "quantity": 2}]
    answer = await client.post("/api/orders", json={"items": items})
    assert (422, "sold-out") == problem(answer)
    assert "nuggets-6" == answer.json()["sku"]
    form = {f"quantity.{item['sku']}": str(item["quantity"]) for item in items}
    page = await client.post("/orders", data=form)
    assert 422 == page.status_code
    assert 'href="#nuggets-6"' in page.text
    assert before == await state_of(raw, settings)


# -- the stream --------------------------------------------------------------------------------------


async def shows(viewer: Viewer, *skus: str) -> None:
    """Read on until the screen shows that these are sold out."""
    await viewer.next("menu", fits=lambda event: event.data["sold_out"] == [*skus], within_s=20)


def shown(viewer: Viewer) -> list[list[str]]:
    """What it has shown to be sold out; the same told again, as after an outage, is no news."""
    return [skus for skus, _ in groupby(event.data["sold_out"] for event in viewer.named("menu"))]


async def test_every_screen_hears_it_at_once(settings: Settings, web: Web) -> None:
    """At connect and at each change the whole list, also of a change made at another process."""
    await web.client.put("/api/menu/water", json=OFF, headers=STAFF)
    async with open_counter(settings) as other, web.stream("/menu/events") as viewer:
        await shows(viewer, "water")
        await other.client.put("/api/menu/cola", json=OFF, headers=STAFF)
        await shows(viewer, "cola", "water")
        await other.client.put("/api/menu/water", json=ON, headers=STAFF)
        await shows(viewer, "cola")
        assert [["water"], ["cola", "water"], ["cola"]] == shown(viewer)
        await eventually(lambda: web.counter.hub.sold_out == other.counter.hub.sold_out)


async def test_the_special_is_heard_too(book: OrderBook, web: Web) -> None:
    """The one that is special now, or that none is; what is sold out stays as it was."""
    async with web.stream("/menu/events") as viewer:
        assert (await viewer.next("menu")).data["special"] is None
        for sku in ("turkey", "wrap", None):
            await book.special.choose(sku)
            assert {"sold_out": [], "special": sku} == (await viewer.next("menu")).data


async def test_yesterdays_special_is_taken_back(book: OrderBook, raw: Redis, web: Web) -> None:
    """Its day is over without anybody saying so: a few seconds later no screen shows it."""
    await book.special.choose("turkey")
    async with web.stream("/menu/events") as viewer:
        await viewer.next("menu", fits=lambda event: event.data["special"] == "turkey")
        await raw.set(book.keys.special, "2020-02-29 turkey")
        await viewer.next("menu", fits=lambda event: event.data["special"] is None, within_s=20)


async def test_a_lost_message_is_found(book: OrderBook, raw: Redis, web: Web) -> None:
    """A change that nobody published is shown all the same, a few seconds later."""
    async with web.stream("/menu/events") as viewer:
        await shows(viewer)
        await raw.sadd(book.keys.sold_out, "water")
        await shows(viewer, "water")
        assert [[], ["water"]] == shown(viewer)


async def test_an_outage_is_told_and_ends_with_the_list(
    own_valkey: Server, own_settings: Settings
) -> None:
    """Blind while Redis is away; afterwards what is sold out now, and it was kept on disk."""
    async with open_counter(own_settings) as web, web.stream("/menu/events") as viewer:
        await web.client.put("/api/menu/water", json=OFF, headers=STAFF)
        await viewer.next("menu", fits=lambda event: event.data["sold_out"] == ["water"])
        own_valkey.kill()
        await viewer.next("blind")
        assert not await available(web.client, "water")
        own_valkey.start()
        assert ["water"] == (await viewer.next("menu")).data["sold_out"]
        await viewer.next("heartbeat", within_s=20)  # there is one every 5 s


async def test_a_screen_on_the_menu_counts_as_a_viewer(web: Web) -> None:
    """It takes a seat, and the hub ends its stream when the counter closes."""
    async with web.stream("/menu/events") as viewer:
        await viewer.next("menu")
        assert 1 == web.counter.hub.viewers
        web.counter.hub.end()
        await viewer.to_the_end()


# -- conditional reading -----------------------------------------------------------------------------


async def test_an_unchanged_menu_is_304(client: httpx.AsyncClient) -> None:
    """With the tag of the last answer; with another item sold out, another special or in another
    language it is another menu.
    """
    first = await client.get("/api/menu")
    known = {"If-None-Match": first.headers["etag"]}
    again = await client.get("/api/menu", headers=known)
    assert (304, b"") == (again.status_code, again.content)
    assert first.headers["etag"] == again.headers["etag"]
    assert 200 == (await client.get("/api/menu?lang=de", headers=known)).status_code
    for body in (OFF, {"special": True}):
        assert 304 == (await client.get("/api/menu", headers=known)).status_code
        await client.put("/api/menu/water", json=body, headers=STAFF)
        changed = await client.get("/api/menu", headers=known)
        assert 200 == changed.status_code
        known = {"If-None-Match": changed.headers["etag"]}
