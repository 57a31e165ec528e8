"""The kitchen screen as people at the stove use it, in a real browser, with real processes behind it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, Route, expect
from redis import Redis

from tests.browser.axe import violations
from tests.browser.conftest import LIMIT_MS, OpenPage
from tests.browser.sizes import SIZES
from tests.restaurant import Restaurant, eventually, opened

STAFF = {"Authorization": "Bearer 1234"}
PEOPLE = ("--kitchen", "people", "--staff-pin", "1234")
TIMES = "\N{MULTIPLICATION SIGN}"
UNSENT = "orderup.kitchen.unsent."

OpenKitchen = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restaurant]:
    """A counter with people at the stove, which the tests of this file share."""
    with opened(tmp_path_factory.mktemp("people"), *PEOPLE) as it:
        yield it


@pytest.fixture
def own_counter(tmp_path: Path) -> Iterator[Restaurant]:
    """One for a test that breaks it."""
    with opened(tmp_path, *PEOPLE) as it:
        yield it


@pytest.fixture
async def open_kitchen(open_page: OpenPage) -> OpenKitchen:
    async def open_kitchen(address: str, query: str = "", **window: Any) -> Page:
        """The kitchen screen in a window of its own, signed in as the staff do it."""
        window.setdefault("viewport", SIZES["tablet"])
        page = await open_page(address, f"/staff?next=/kitchen{query}", **window)
        await page.locator("#pin").fill("1234")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/kitchen*")
        if window.get("java_script_enabled", True):
            await expect(page.locator("[data-link=live]")).to_be_visible()
        return page

    return open_kitchen


def api(counter: Restaurant) -> httpx.Client:
    return httpx.Client(base_url=counter.address, headers=STAFF)


def place(counter: Restaurant, **order: Any) -> dict[str, Any]:
    """An order of a customer's."""
    order.setdefault("items", [{"sku": "nuggets-6", "quantity": 1}])
    answer = httpx.post(f"{counter.address}/api/orders", json=order)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def move(counter: Restaurant, order: dict[str, Any], *statuses: str) -> None:
    with api(counter) as client:
        for status in statuses:
            path = f"/api/orders/{order['id']}/status"
            assert client.put(path, json={"status": status}).status_code == 200


def look(counter: Restaurant, order: dict[str, Any]) -> dict[str, Any]:
    with api(counter) as client:
        return dict(client.get(f"/api/orders/{order['id']}").json())


def card(page: Page, order: dict[str, Any]) -> Locator:
    return page.locator(f"[data-place] > [data-order='{order['id']}']")


async def is_now(page: Page, order: dict[str, Any], status: str) -> None:
    await expect(card(page, order)).to_have_attribute("data-status", status)


async def test_one_tap_starts_one_is_ready_one_is_collected(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """An order appears by itself with all that is on it, and goes its way tap by tap."""
    page = await open_kitchen(counter.address)
    items = [
        {"sku": "fries-large", "quantity": 7, "note": "no salt"},
        {"sku": "cola", "quantity": 2},
    ]
    order = place(counter, items=items, name="Ana", service="take-away")
    mine = card(page, order)
    for words in (
        order["reference"],
        f"7 {TIMES}",
        "Large fries",
        "no salt",
        "Cola",
        "Ana",
        "Take away",
    ):
        await expect(mine).to_contain_text(words)
    await expect(mine).to_contain_text("0 min")
    await mine.get_by_role("button", name="Start").click()
    await is_now(page, order, "STARTED")
    await mine.get_by_role("button", name="Ready").click()
    await expect(page.locator(f".place-ready [data-order='{order['id']}']")).to_have_count(1)
    await mine.get_by_role("button", name="Collected").click()
    await expect(page.locator(f".place-collected [data-order='{order['id']}']")).to_have_count(1)
    eventually(lambda: look(counter, order)["status"] == "COLLECTED")
    by = [(e["status"], e["by"]) for e in look(counter, order)["history"]]
    assert [("STARTED", "staff"), ("SUCCESS", "staff"), ("COLLECTED", "staff")] == by[1:]


async def test_a_mistaken_tap_is_recalled_as_often_as_needed(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Collected, recalled, collected, recalled: the order is ready, and on the board."""
    order = place(counter, items=[{"sku": "water", "quantity": 1}])
    page = await open_kitchen(counter.address)
    for _ in range(2):
        await card(page, order).get_by_role("button", name="Collected").click()
        await is_now(page, order, "COLLECTED")
        await card(page, order).get_by_role("button", name="Recall").click()
        await is_now(page, order, "SUCCESS")
    eventually(lambda: len(look(counter, order)["history"]) == 5)
    assert "SUCCESS" == look(counter, order)["status"]


async def test_what_is_to_cook_is_added_up(counter: Restaurant, open_kitchen: OpenKitchen) -> None:
    """All rings of all orders are one number, which falls when some are ready; drinks need no cook."""
    page = await open_kitchen(counter.address)
    first = place(counter, items=[{"sku": "onion-rings", "quantity": 3}])
    more = [{"sku": "onion-rings", "quantity": 4}, {"sku": "cola", "quantity": 9}]
    place(counter, items=more)
    rings = page.locator("[data-totals] li", has_text="Onion rings")
    await expect(rings).to_have_text(f"7 {TIMES} Onion rings")
    await expect(page.locator("[data-totals] li", has_text="Cola")).to_have_count(0)
    move(counter, first, "STARTED", "SUCCESS")
    await expect(rings).to_have_text(f"4 {TIMES} Onion rings")


async def test_age_is_told_in_minutes_and_colour(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """After five minutes a card is marked, after eight it is late, in words too, by itself."""
    fresh, hurried, late = (place(counter) for _ in range(3))
    make_older(counter, fresh, 5 * 60 - 2)
    make_older(counter, hurried, 6 * 60)
    make_older(counter, late, 9 * 60)
    page = await open_kitchen(counter.address)
    await expect(card(page, hurried)).to_have_attribute("data-age", "hurry")
    await expect(card(page, hurried)).to_contain_text("6 min")
    await expect(card(page, late)).to_have_attribute("data-age", "late")
    await expect(card(page, late)).to_contain_text("9 min, late")
    await expect(card(page, fresh)).to_have_attribute("data-age", "hurry")


def make_older(counter: Restaurant, order: dict[str, Any], age_s: int) -> None:
    """As if it had been placed so long ago."""
    with Redis(port=counter.valkey_port) as redis:
        key = f"orderup:main:order:{order['id']}"
        redis.hset(key, "placed_ms", order["placed_ms"] - age_s * 1000)


async def test_two_screens_that_tap_the_same_card_do_no_harm(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Both cooks tap Start, then both Ready: each step happened once, and both screens agree."""
    order = place(counter)
    pages = [await open_kitchen(counter.address) for _ in range(2)]
    for word, status in (("Start", "STARTED"), ("Ready", "SUCCESS")):
        buttons = [card(page, order).get_by_role("button", name=word) for page in pages]
        for button in buttons:
            await button.click(trial=True)
        # The second tap comes after the change has reached its screen, or before; nobody knows.
        await asyncio.gather(*(button.evaluate("button => button.click()") for button in buttons))
        for page in pages:
            await is_now(page, order, status)
            await expect(page.locator("[data-word]")).to_be_hidden()
    eventually(lambda: look(counter, order)["status"] == "SUCCESS")
    assert 3 == len(look(counter, order)["history"])


async def test_a_tap_that_was_meant_for_what_was_there_before_does_nothing(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The other cook was quicker by a blink: the finger finds Ready where Start was, and rests."""
    order = place(counter)
    page = await open_kitchen(counter.address)
    button = card(page, order).locator(".next")
    await button.click(trial=True)
    await button.evaluate(
        """button => new MutationObserver(() => {
             setTimeout(() => {
               window.tapped = button.textContent;
               button.click();
             }, 150)
           }).observe(button.firstElementChild, {childList: true})"""
    )
    move(counter, order, "STARTED")
    await is_now(page, order, "STARTED")
    await button.click(trial=True)  # rested
    assert "Ready" in await page.evaluate("window.tapped")
    await is_now(page, order, "STARTED")
    assert "STARTED" == look(counter, order)["status"]


async def test_a_tap_on_what_is_over_shows_what_is_now(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """A refused tap is dropped with a word, and the card shows the truth."""
    order = place(counter)
    page = await open_kitchen(counter.address)
    await is_now(page, order, "PENDING")
    await page.route("**/api/orders/*/status", lambda route: after(route, move_on))

    def move_on() -> None:
        move(counter, order, "STARTED", "SUCCESS")

    await card(page, order).get_by_role("button", name="Start").click()
    await expect(page.locator("[data-word]")).to_contain_text(f"{order['reference']}: this tap")
    await is_now(page, order, "SUCCESS")
    assert 0 == await unsent(page)


async def after(route: Route, happening: Callable[[], None]) -> None:
    """Let something happen before the request goes on its way."""
    happening()
    await route.continue_()


async def unsent(page: Page) -> int:
    """How many taps the browser keeps."""
    names = await page.evaluate("Object.keys(localStorage)")
    return sum(name.startswith(UNSENT) for name in names)


async def test_a_tap_while_offline_is_kept_shown_and_sent_once(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Two taps without network are on the screen as not sent; back again each is sent once."""
    order = place(counter)
    page = await open_kitchen(counter.address)
    await is_now(page, order, "PENDING")
    sent: list[str] = []
    page.on("requestfinished", lambda r: r.method == "PUT" and sent.append(r.post_data or ""))
    await page.context.set_offline(True)
    mine = card(page, order)
    await mine.get_by_role("button", name="Start").click()
    await expect(mine).to_contain_text("Not sent yet")
    await mine.get_by_role("button", name="Ready").click()
    await expect(page.locator("[data-unsent-count]")).to_have_text("Not sent yet: 2")
    assert 2 == await unsent(page)
    assert "PENDING" == look(counter, order)["status"]
    await page.context.set_offline(False)
    await expect(page.locator("[data-unsent-count]")).to_be_hidden()
    await is_now(page, order, "SUCCESS")
    assert 0 == await unsent(page)
    expected = ['{"status":"STARTED","from":"PENDING"}', '{"status":"SUCCESS","from":"STARTED"}']
    assert expected == sent
    assert 3 == len(look(counter, order)["history"])


async def test_taps_survive_a_dead_server_and_a_closed_page(
    own_counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The server is killed, two screens are tapped, one of them is left: both taps arrive, once.

    The screen that stayed open is live again by itself; the other one sends when it is opened again.
    """
    orders = [place(own_counter) for _ in range(2)]
    stays, goes = [await open_kitchen(own_counter.address) for _ in range(2)]
    await stays.evaluate("window.neverReloaded = true")
    launcher = own_counter.find(" open ")
    assert launcher is not None
    os.kill(launcher, signal.SIGSTOP)  # so that nobody starts it again yet
    own_counter.kill(" web ")
    for page, order in zip((stays, goes), orders, strict=True):
        await expect(page.locator("[data-link=blind]")).to_have_text("Not live")
        await expect(page.locator("blind-notice")).to_contain_text("Taps are kept here")
        await card(page, order).get_by_role("button", name="Start").click()
        await expect(card(page, order)).to_contain_text("Not sent yet")
    address = goes.url
    await goes.goto("about:blank")
    os.kill(launcher, signal.SIGCONT)
    await expect(stays.locator("[data-link=live]")).to_be_visible(timeout=LIMIT_MS)
    await is_now(stays, orders[0], "STARTED")
    await is_now(stays, orders[1], "PENDING")
    await goes.goto(address)
    for page in (stays, goes):
        await is_now(page, orders[1], "STARTED")
        await expect(page.locator("[data-unsent-count]")).to_be_hidden()
    for order in orders:
        eventually(lambda order=order: own_counter.status(order["id"]) == "STARTED")
        assert 2 == len(look(own_counter, order)["history"])
    assert await stays.evaluate("window.neverReloaded")


async def test_a_trembling_finger_taps_once(counter: Restaurant, open_kitchen: OpenKitchen) -> None:
    """A double tap on Start does not make the order ready, nor touch the card that moves beneath."""
    first, second = place(counter), place(counter)
    page = await open_kitchen(counter.address)
    await card(page, first).locator(".next").dblclick(delay=60)
    await is_now(page, first, "STARTED")
    await card(page, first).locator(".next").dblclick(delay=60)
    await is_now(page, first, "SUCCESS")
    await is_now(page, second, "PENDING")
    eventually(lambda: look(counter, first)["status"] == "SUCCESS")
    assert "PENDING" == look(counter, second)["status"]


async def test_the_keyboard_and_a_bump_bar_are_enough(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Digits choose a card by its place or number, Enter moves it on, P puts it first."""
    order = place(counter)
    page = await open_kitchen(counter.address)
    await is_now(page, order, "PENDING")
    await expect(page.locator(".kitchen-keys summary")).to_have_text("Keyboard and bump bar")
    position = await card(page, order).locator(".card-place").inner_text()
    await page.keyboard.type(position)
    await expect(card(page, order).locator(".next")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(card(page, order).locator(".next")).not_to_be_focused()
    await page.keyboard.type(order["reference"])
    await page.keyboard.press("Enter")
    await is_now(page, order, "STARTED")
    await page.keyboard.type(order["reference"])
    await page.keyboard.press("Enter")
    await is_now(page, order, "SUCCESS")
    other = place(counter)
    await is_now(page, other, "PENDING")
    await page.keyboard.type(other["reference"])
    await page.keyboard.press("p")
    await expect(card(page, other)).to_contain_text("Goes first in")
    await page.keyboard.press("Enter")  # Cancel has the focus
    await expect(card(page, other).locator(".first")).to_be_focused()


async def test_a_key_held_down_is_one_press(counter: Restaurant, open_kitchen: OpenKitchen) -> None:
    """Enter that is leaned on starts an order, and does no more."""
    order = place(counter)
    page = await open_kitchen(counter.address)
    await is_now(page, order, "PENDING")
    await page.keyboard.type(order["reference"])
    await page.keyboard.down("Enter")
    await is_now(page, order, "STARTED")
    await expect(card(page, order).locator(".next")).not_to_have_attribute("aria-disabled", "true")
    for _ in range(3):
        await page.keyboard.down("Enter")  # repeated, as the keyboard does it
    await page.keyboard.up("Enter")
    await is_now(page, order, "STARTED")


async def test_ten_tabs_of_one_browser_are_all_live(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """They share their streams, so that over HTTP/1.1 there is a connection left for a tap."""
    order = place(counter)
    first = await open_kitchen(counter.address)
    tabs = [first, *[await first.context.new_page() for _ in range(9)]]
    for tab in tabs[1:]:
        await tab.goto(first.url)
    for tab in tabs:
        await is_now(tab, order, "PENDING")
    await card(tabs[-1], order).get_by_role("button", name="Start").click()
    for tab in tabs:
        await is_now(tab, order, "STARTED")
    await expect(tabs[-1].locator("[data-unsent-count]")).to_be_hidden()


async def test_priority_can_be_cancelled_for_three_seconds(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Cancelled, nothing is sent; left alone, the order goes first on every screen."""
    place(counter)
    order = place(counter)
    page = await open_kitchen(counter.address)
    mine = card(page, order)
    sent: list[str] = []
    page.on("request", lambda r: r.method == "PUT" and sent.append(r.url))
    await mine.get_by_role("button", name="Cook first").click()
    await expect(mine).to_contain_text("Goes first in")
    await mine.get_by_role("button", name="Cancel").click()
    await expect(mine.get_by_role("button", name="Start")).to_be_visible()
    await mine.get_by_role("button", name="Cook first").click()
    await expect(mine).to_contain_text("Goes first in 3 s")
    assert [] == sent
    await expect(mine).to_contain_text("First")
    await expect(page.locator(".place-cook [data-order]").first).to_have_attribute(
        "data-order", order["id"]
    )
    eventually(lambda: look(counter, order)["priority"])
    assert 1 == len(sent)
    assert "staff:priority" == look(counter, order)["history"][-1]["by"]
    move(counter, order, "REVOKED")


async def test_sold_out_is_one_tap_and_customers_see_it(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The switch shows what customers can order, on both screens, and the short form follows."""
    pages = [await open_kitchen(counter.address) for _ in range(2)]
    await pages[0].get_by_role("button", name="Sold out").click()
    switch = pages[0].get_by_role("switch", name="Strawberry shake")
    await switch.click()
    await expect(switch).to_be_checked()
    await expect(pages[0].locator("[data-sold-out-count]")).to_have_text("1")
    await expect(pages[1].locator("#shelf [data-sku=shake]")).to_have_attribute(
        "aria-checked", "true"
    )
    await expect(pages[1].locator("[data-add=shake]")).to_be_disabled()
    shake = {"items": [{"sku": "shake", "quantity": 1}]}
    assert 422 == httpx.post(f"{counter.address}/api/orders", json=shake).status_code
    await switch.click()
    await expect(switch).not_to_be_checked()
    await expect(pages[1].locator("[data-add=shake]")).to_be_enabled()


async def test_the_cashier_keys_in_an_order_once(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Items, note, name, take away; two taps on Order are one order, by staff, its number large."""
    page = await open_kitchen(counter.address)
    await page.get_by_role("button", name="New order").click()
    await page.locator("[data-add=hamburger]").click()
    await page.locator("[data-add=cola]").dblclick()
    await page.get_by_label("Note for Hamburger").fill("no onions")
    await page.locator("#desk [value=take-away]").check()
    await page.get_by_label("First name").fill("Benedikt")
    await expect(page.locator("#desk output")).to_have_text("€12.50")
    placed: list[str] = []
    page.on("requestfinished", lambda r: r.method == "POST" and placed.append(r.url))
    await page.evaluate(
        "for (let n = 0; n < 2; n++) document.querySelector('#desk form').requestSubmit()"
    )
    number = page.locator("#desk .desk-number")
    await expect(number).to_have_text(re.compile(r"^\d{3}$"))
    box = await number.bounding_box()
    assert box is not None
    assert box["height"] >= 150
    link = await page.locator("[data-ticket]").get_attribute("href")
    assert link is not None
    order = look(counter, {"id": link.split("/")[-1].split("?")[0]})
    assert ("Benedikt", "take-away", "staff") == (
        order["name"],
        order["service"],
        order["history"][0]["by"],
    )
    assert [
        {"sku": "hamburger", "quantity": 1, "note": "no onions"},
        {"sku": "cola", "quantity": 2},
    ] == order["items"]
    assert 1 == len(placed)
    await page.get_by_role("button", name="Another order").click()
    await expect(page.locator("#desk .desk-lines li")).to_have_count(0)


async def test_an_order_whose_answer_was_lost_is_not_taken_twice(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The line is cut after the order arrived: Order again shows its number, and there is one order."""
    page = await open_kitchen(counter.address)
    arrived: list[str] = []

    async def lose(route: Route) -> None:
        if not arrived:
            answer = await route.fetch()
            arrived.append((await answer.json())["reference"])
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/api/orders", lose)
    await page.get_by_role("button", name="New order").click()
    await page.locator("[data-add=wrap]").click()
    await page.locator("#desk button[data-order]").click()
    await expect(page.locator("#desk [data-problem]")).to_contain_text("Press Order again")
    await page.locator("#desk button[data-order]").click()
    await expect(page.locator("#desk .desk-number")).to_have_text(arrived[0])


async def test_a_failed_order_is_cooked_again_or_closed(
    tmp_path: Path, open_kitchen: OpenKitchen
) -> None:
    """FAILURE stands under Please ask, with the reason, until staff decide."""
    recipes = Path(__file__).parents[1] / "faults" / "recipes"
    menu = Path(__file__).parents[1] / "faults" / "menu.toml"
    options = ("--staff-pin", "1234", "--attempts", "1")
    with opened(tmp_path, *options, "--recipes", str(recipes), "--menu", str(menu)) as counter:
        orders = [place(counter, items=[{"sku": "broken", "quantity": 1}]) for _ in range(2)]
        page = await open_kitchen(counter.address)
        for order in orders:
            await is_now(page, order, "FAILURE")
        first, second = (card(page, order) for order in orders)
        await expect(first).to_contain_text("Failed")
        await expect(first.locator("[data-error]")).not_to_be_empty()
        await second.get_by_role("button", name="Close").click()
        await expect(second).to_have_count(0)
        await first.get_by_role("button", name="Cook again").click()
        eventually(lambda: look(counter, orders[0])["attempt"] == 2)
        await is_now(page, orders[0], "FAILURE")


async def test_an_ended_session_is_told_and_shows_nothing_more(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """After 401 the page says so, leads to /staff, keeps the tap, and hides what customers ordered."""
    order = place(counter, name="Private")
    page = await open_kitchen(counter.address)
    await is_now(page, order, "PENDING")
    await page.context.clear_cookies()
    await card(page, order).get_by_role("button", name="Start").click()
    await expect(page.get_by_role("alert").first).to_contain_text("You are signed out.")
    await expect(page.get_by_text("Private")).to_have_count(0)
    assert 1 == await unsent(page)
    await page.get_by_role("link", name="Sign in").click()
    await page.locator("#pin").fill("1234")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/kitchen*")
    await is_now(page, order, "STARTED")
    eventually(lambda: look(counter, order)["status"] == "STARTED")


async def test_the_screen_is_kept_awake_where_the_browser_allows_it(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The call is made; whether a tablet obeys, a machine cannot judge."""
    page = await open_kitchen(counter.address)
    await page.add_init_script(
        "navigator.wakeLock.request = async (kind) => { document.title = `awake: ${kind}`; }"
    )
    await page.reload()
    await expect(page).to_have_title("awake: screen")


async def test_without_javascript_the_buttons_are_forms(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Start, Ready and Collected work, and the page says that it is as of loading."""
    order = place(counter)
    page = await open_kitchen(counter.address, java_script_enabled=False)
    await expect(page.locator("[data-link]")).to_have_text("As of loading")
    for word, status in (("Start", "STARTED"), ("Ready", "SUCCESS"), ("Collected", "COLLECTED")):
        await card(page, order).get_by_role("button", name=word).click()
        assert status == look(counter, order)["status"]
        assert page.url.endswith("/kitchen?lang=en") or page.url.endswith("/kitchen")


@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_fits(counter: Restaurant, open_kitchen: OpenKitchen, size: str) -> None:
    """Nothing is cut off, buttons are at least 60 px; a tablet shows at least six cards."""
    for _ in range(7):
        place(
            counter,
            items=[{"sku": "hamburger", "quantity": 2}, {"sku": "fries-small", "quantity": 1}],
        )
    page = await open_kitchen(counter.address, viewport=SIZES[size])
    await expect(page.locator(".place-cook [data-order]").nth(6)).to_be_attached()
    assert SIZES[size]["width"] >= await page.evaluate("document.documentElement.scrollWidth")
    heights = await page.evaluate(
        "[...document.querySelectorAll('.button')].filter(e => e.checkVisibility())"
        ".map(e => e.getBoundingClientRect()).map(r => Math.min(r.width, r.height))"
    )
    assert len(heights) > 10
    assert 60 <= min(heights)
    whole = await page.evaluate(
        "[...document.querySelectorAll('.place-cook [data-order]')]"
        ".filter(e => e.getBoundingClientRect().bottom <= innerHeight).length"
    )
    assert whole >= {"tablet": 6, "television": 6, "kiosk": 6, "phone": 1}[size]


async def test_axe_finds_no_violation_in_any_state(
    own_counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Empty, with cards in all states, in both dialogs, while a priority counts down, and blind."""
    page = await open_kitchen(own_counter.address)
    assert [] == await violations(page)
    orders = [place(own_counter, name="Ana", service="take-away") for _ in range(5)]
    move(own_counter, orders[0], "STARTED")
    move(own_counter, orders[1], "STARTED", "SUCCESS")
    move(own_counter, orders[2], "STARTED", "SUCCESS", "COLLECTED")
    await is_now(page, orders[2], "COLLECTED")
    assert [] == await violations(page)
    await card(page, orders[3]).get_by_role("button", name="Cook first").click()
    assert [] == await violations(page)
    await page.get_by_role("button", name="New order").click()
    await page.locator("[data-add=hamburger]").click()
    assert [] == await violations(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Sold out").click()
    await page.get_by_role("switch").first.click()
    await expect(page.get_by_role("switch").first).to_be_checked()
    assert [] == await violations(page)
    await page.keyboard.press("Escape")
    await page.context.set_offline(True)
    await card(page, orders[0]).get_by_role("button", name="Ready").click()
    await expect(card(page, orders[0])).to_contain_text("Not sent yet")
    assert [] == await violations(page)


async def test_it_works_where_the_address_is_no_secure_context(
    counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """By http under another name than localhost: taps, the short form, right to left."""
    address = counter.address.replace("127.0.0.1", "counter.test")
    order = place(counter)
    page = await open_kitchen(address, "?lang=ar")
    assert not await page.evaluate("isSecureContext")
    assert "rtl" == await page.evaluate("document.dir")
    await card(page, order).locator(".next").click()
    await is_now(page, order, "STARTED")
    await page.locator("[data-opens=desk]").click()
    await page.locator("[data-add=water]").click()
    await page.locator("#desk button[data-order]").click()
    await expect(page.locator("#desk .desk-number")).to_have_text(re.compile(r"^\d{3}$"))


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["en", "ar", "de", "es", "fil"])
async def test_nothing_is_cut_off(
    counter: Restaurant, open_kitchen: OpenKitchen, size: str, lang: str
) -> None:
    """At every size and in every language, also with large text; and axe has nothing to say."""
    place(counter, items=[{"sku": "chicken-burger", "quantity": 2, "note": "no onions"}])
    move(counter, place(counter), "STARTED", "SUCCESS")
    page = await open_kitchen(counter.address, f"?lang={lang}", viewport=SIZES[size])
    assert [] == await violations(page)
    for scale in ("100%", "200%"):
        await page.evaluate("size => document.documentElement.style.fontSize = size", scale)
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[size]["width"]


async def test_without_javascript_an_item_is_sold_out_by_a_form(
    own_counter: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """A switch for each item, which says afterwards how it stands."""
    page = await open_kitchen(own_counter.address, java_script_enabled=False)
    await page.locator(".kitchen-shelf-forms summary").click()
    await page.locator("form[action^='/kitchen/menu/turkey'] button").click()
    await page.wait_for_url("**/kitchen*")
    await page.locator(".kitchen-shelf-forms summary").click()
    await expect(page.locator("form[action^='/kitchen/menu/turkey']")).to_contain_text("Sold out")
