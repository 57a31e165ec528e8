"""The kitchen screen as people at the stove use it, in a real browser, with real processes behind it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.async_api import Route, expect
from redis import Redis

from tests import http
from tests.browser.conftest import OpenKitchen
from tests.browser.kitchen import TIMES, card, is_now, look, move, place, waiting
from tests.restaurant import Restaurant, eventually, opened


async def test_one_tap_starts_one_is_ready_one_is_collected(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """An order appears by itself with all that is on it, and goes its way tap by tap."""
    page = await open_kitchen(stove.address)
    items = [
        {"sku": "fries-large", "quantity": 7, "note": "no salt"},
        {"sku": "cola", "quantity": 2},
    ]
    order = place(stove, items=items, name="Ana", service="take-away")
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
    eventually(lambda: look(stove, order)["status"] == "COLLECTED")
    by = [(e["status"], e["by"]) for e in look(stove, order)["history"]]
    assert [("STARTED", "staff"), ("SUCCESS", "staff"), ("COLLECTED", "staff")] == by[1:]


async def test_a_mistaken_tap_is_recalled_as_often_as_needed(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Collected, recalled, collected, recalled: the order is ready, and on the board."""
    order = place(stove, items=[{"sku": "water", "quantity": 1}])
    page = await open_kitchen(stove.address)
    for _ in range(2):
        await card(page, order).get_by_role("button", name="Collected").click()
        await is_now(page, order, "COLLECTED")
        await card(page, order).get_by_role("button", name="Recall").click()
        await is_now(page, order, "SUCCESS")
    eventually(lambda: len(look(stove, order)["history"]) == 5)
    assert "SUCCESS" == look(stove, order)["status"]


async def test_of_what_was_collected_the_last_twelve_stay(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """On a screen that was there all the time as on one that is opened now."""
    page = await open_kitchen(stove.address)
    orders = [place(stove, items=[{"sku": "water", "quantity": 1}]) for _ in range(14)]
    for order in orders:
        move(stove, order, "COLLECTED")
    await is_now(page, orders[-1], "COLLECTED")
    await expect(page.locator("[data-place=collected] > [data-order]")).to_have_count(12)
    shown = "cards => cards.map(card => card.dataset.order)"
    expected = [order["id"] for order in orders[:1:-1]]
    assert expected == await page.locator(".place-collected [data-order]").evaluate_all(shown)


async def test_what_is_to_cook_is_added_up(stove: Restaurant, open_kitchen: OpenKitchen) -> None:
    """All rings of all orders are one number, which falls when some are ready; drinks need no cook."""
    page = await open_kitchen(stove.address)
    first = place(stove, items=[{"sku": "onion-rings", "quantity": 3}])
    more = [{"sku": "onion-rings", "quantity": 4}, {"sku": "cola", "quantity": 9}]
    place(stove, items=more)
    rings = page.locator("[data-totals] li", has_text="Onion rings")
    await expect(rings).to_have_text(f"7 {TIMES} Onion rings")
    await expect(page.locator("[data-totals] li", has_text="Cola")).to_have_count(0)
    move(stove, first, "STARTED", "SUCCESS")
    await expect(rings).to_have_text(f"4 {TIMES} Onion rings")


async def test_age_is_told_in_minutes_and_colour(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """After five minutes a card is marked, after eight it is late, in words too, by itself."""
    fresh, hurried, late = (place(stove) for _ in range(3))
    make_older(stove, fresh, 5 * 60 - 2)
    make_older(stove, hurried, 6 * 60)
    make_older(stove, late, 9 * 60)
    page = await open_kitchen(stove.address)
    await expect(card(page, hurried)).to_have_attribute("data-age", "hurry")
    await expect(card(page, hurried)).to_contain_text("6 min")
    await expect(card(page, late)).to_have_attribute("data-age", "late")
    await expect(card(page, late)).to_contain_text("9 min, late")
    await expect(card(page, fresh)).to_have_attribute("data-age", "hurry")


def make_older(stove: Restaurant, order: dict[str, Any], age_s: int) -> None:
    """As if it had been placed so long ago."""
    with Redis(port=stove.valkey_port) as redis:
        key = f"orderup:main:order:{order['id']}"
        redis.hset(key, "placed_ms", order["placed_ms"] - age_s * 1000)


async def test_sold_out_is_one_tap_and_customers_see_it(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The switch shows what customers can order, on both screens, and the short form follows."""
    pages = [await open_kitchen(stove.address) for _ in range(2)]
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
    assert 422 == http.post(f"{stove.address}/api/orders", json=shake).status_code
    await switch.click()
    await expect(switch).not_to_be_checked()
    await expect(pages[1].locator("[data-add=shake]")).to_be_enabled()


async def test_the_cashier_keys_in_an_order_once(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Items, note, name, take away; two taps on Order are one order, by staff, its number large."""
    page = await open_kitchen(stove.address)
    await page.get_by_role("button", name="New order").click()
    await page.locator("[data-add=hamburger]").click()
    await page.locator("[data-add=cola]").dblclick()
    await page.get_by_label("Note for Hamburger").fill("no onions")
    await page.locator("#desk [value=take-away]").check()
    await page.get_by_label("First name").fill("Benedikt")
    await expect(page.locator("#desk output")).to_have_text("€12.50")
    placed: list[str] = []
    page.on("request", lambda r: r.method == "POST" and placed.append(r.url))
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
    order = look(stove, {"id": link.split("/")[-1].split("?")[0]})
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
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The line is cut after the order arrived: Order again shows its number, and there is one order."""
    page = await open_kitchen(stove.address)
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
    with opened(tmp_path, *options, "--recipes", str(recipes), "--menu", str(menu)) as stove:
        orders = [place(stove, items=[{"sku": "broken", "quantity": 1}]) for _ in range(2)]
        page = await open_kitchen(stove.address)
        for order in orders:
            await is_now(page, order, "FAILURE")
        first, second = (card(page, order) for order in orders)
        await expect(first).to_contain_text("Failed")
        await expect(first.locator("[data-error]")).not_to_be_empty()
        await second.get_by_role("button", name="Close").click()
        await expect(second).to_have_count(0)
        await first.get_by_role("button", name="Cook again").click()
        eventually(lambda: look(stove, orders[0])["attempt"] == 2)
        await is_now(page, orders[0], "FAILURE")


async def test_the_screen_is_kept_awake_where_the_browser_allows_it(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The call is made; whether a tablet obeys, a machine cannot judge."""
    page = await open_kitchen(stove.address)
    await page.add_init_script(
        "navigator.wakeLock.request = async (kind) => { document.title = `awake: ${kind}`; }"
    )
    await page.reload()
    await expect(page).to_have_title("awake: screen")


async def test_without_javascript_the_buttons_are_forms(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Start, Ready and Collected work, and the page says that it is as of loading."""
    order = place(stove)
    page = await open_kitchen(stove.address, java_script_enabled=False)
    await expect(page.locator("[data-link]")).to_have_text("As of loading")
    for word, status in (("Start", "STARTED"), ("Ready", "SUCCESS"), ("Collected", "COLLECTED")):
        await card(page, order).get_by_role("button", name=word).click()
        await is_now(page, order, status)
        assert status == look(stove, order)["status"]
        assert page.url.endswith("/kitchen?lang=en") or page.url.endswith("/kitchen")


async def test_without_javascript_an_item_is_sold_out_by_a_form(
    own_stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """A switch for each item, which says afterwards how it stands."""
    page = await open_kitchen(own_stove.address, java_script_enabled=False)
    await page.locator(".kitchen-shelf-forms summary").click()
    await page.locator("form[action^='/kitchen/menu/turkey'] button").click()
    await page.wait_for_url("**/kitchen*")
    await page.locator(".kitchen-shelf-forms summary").click()
    await expect(page.locator("form[action^='/kitchen/menu/turkey']")).to_contain_text("Sold out")


async def test_a_long_word_is_read_whole(stove: Restaurant, open_kitchen: OpenKitchen) -> None:
    """An allergy may be one, and it is no use to be cut off at the edge of its card."""
    word = {"sku": "nuggets-6", "quantity": 1, "note": "Haselnuss" * 9}
    page, order = await waiting(stove, open_kitchen, items=[word], name="W" * 40)
    end: float = await card(page, order).evaluate("card => card.getBoundingClientRect().right")
    for part in (".card-items small", ".card-name"):
        words = card(page, order).locator(part)
        assert end > await words.evaluate("words => words.getBoundingClientRect().right")
