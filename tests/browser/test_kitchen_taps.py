"""Taps on the kitchen screen: by finger, key and bump bar, of two people, without network, too late."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import LIMIT_MS, OpenKitchen
from tests.browser.kitchen import (
    api,
    card,
    is_now,
    look,
    move,
    place,
    standing_still,
    unsent,
    waiting,
)
from tests.restaurant import Restaurant, eventually


async def test_two_screens_that_tap_the_same_card_do_no_harm(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Both cooks tap Start, then both Ready: each step happened once, and both screens agree."""
    order = place(stove)
    pages = [await open_kitchen(stove.address) for _ in range(2)]
    for word, status in (("Start", "STARTED"), ("Ready", "SUCCESS")):
        buttons = [card(page, order).locator(".next") for page in pages]
        for button in buttons:
            await expect(button).to_contain_text(word)
            await button.click(trial=True)
        # The change may have reached the second screen by then: who wants to tap Start finds no Start.
        tap = "(button, word) => button.textContent.includes(word) && button.click()"
        await asyncio.gather(*(button.evaluate(tap, word) for button in buttons))
        for page in pages:
            await is_now(page, order, status)
            await expect(page.locator("[data-word]")).to_be_hidden()
    eventually(lambda: look(stove, order)["status"] == "SUCCESS")
    assert 3 == len(look(stove, order)["history"])


async def test_a_tap_that_was_meant_for_what_was_there_before_does_nothing(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The other cook was quicker by a blink: the finger finds Ready where Start was, and rests."""
    order = place(stove)
    page = await open_kitchen(stove.address)
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
    move(stove, order, "STARTED")
    await is_now(page, order, "STARTED")
    await button.click(trial=True)  # rested
    assert "Ready" in await page.evaluate("window.tapped")
    await is_now(page, order, "STARTED")
    assert "STARTED" == look(stove, order)["status"]


async def test_a_tap_on_what_is_over_shows_what_is_now(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """A refused tap is dropped with a word, and the card shows the truth."""
    page, order = await waiting(stove, open_kitchen)
    await page.route("**/api/orders/*/status", lambda route: after(route, move_on))

    def move_on() -> None:
        move(stove, order, "STARTED", "SUCCESS")

    await card(page, order).get_by_role("button", name="Start").click()
    await expect(page.locator("[data-word]")).to_contain_text(f"{order['reference']}: this tap")
    await is_now(page, order, "SUCCESS")
    assert 0 == await unsent(page)


async def after(route: Route, happening: Callable[[], None]) -> None:
    """Let something happen before the request goes on its way."""
    happening()
    await route.continue_()


async def test_a_tap_while_offline_is_kept_shown_and_sent_once(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Two taps without network are on the screen as not sent; back again each is sent once."""
    page, order = await waiting(stove, open_kitchen)
    sent: list[str] = []
    page.on("requestfinished", lambda r: r.method == "PUT" and sent.append(r.post_data or ""))
    await page.context.set_offline(True)
    mine = card(page, order)
    await mine.get_by_role("button", name="Start").click()
    await expect(mine).to_contain_text("Not sent yet")
    await mine.get_by_role("button", name="Ready").click()
    await expect(page.locator("[data-unsent-count]")).to_have_text("Not sent yet: 2")
    assert 2 == await unsent(page)
    assert "PENDING" == look(stove, order)["status"]
    await page.context.set_offline(False)
    await expect(page.locator("[data-unsent-count]")).to_be_hidden()
    await is_now(page, order, "SUCCESS")
    assert 0 == await unsent(page)
    expected = [
        '{"status":"STARTED","from":"PENDING","after":1}',
        '{"status":"SUCCESS","from":"STARTED","after":2}',
    ]
    assert expected == sent
    assert 3 == len(look(stove, order)["history"])


async def test_a_tap_whose_answer_was_lost_does_not_undo_a_recall(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Collected was tapped, and somebody recalled it before the tap is sent again: it stays recalled."""
    order = place(stove, items=[{"sku": "water", "quantity": 1}])
    page = await open_kitchen(stove.address)
    tries: list[str] = []

    async def lose(route: Route) -> None:
        tries.append(route.request.post_data or "")
        if len(tries) > 1:
            await route.continue_()
            return
        await route.fetch()
        with api(stove) as client:
            recall = {"status": "SUCCESS", "from": "COLLECTED"}
            client.put(f"/api/orders/{order['id']}/status", json=recall).raise_for_status()
        await route.abort()

    await page.route("**/api/orders/*/status", lose)
    await card(page, order).get_by_role("button", name="Collected").click()
    await expect(card(page, order)).to_contain_text("Not sent yet")
    await page.evaluate("dispatchEvent(new Event('online'))")  # or it is sent again a bit later
    await expect(page.locator("[data-word]")).to_contain_text("came too late")
    await expect(page.locator("[data-unsent-count]")).to_be_hidden()
    await is_now(page, order, "SUCCESS")
    assert (2, 1, 0) == (len(tries), len(set(tries)), await unsent(page))
    assert 3 == len(look(stove, order)["history"])


async def test_a_tap_that_breaks_the_server_is_not_kept_for_ever(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """An order that somebody has damaged is answered 500 each time; the taps behind it must go on."""
    page, order = await waiting(stove, open_kitchen)
    other = place(stove)
    await is_now(page, other, "PENDING")
    await page.route(f"**/{order['id']}/status", lambda route: route.fulfill(status=500))
    await card(page, order).get_by_role("button", name="Start").click()
    await expect(page.locator("[data-word]")).to_contain_text(order["reference"])
    await card(page, other).get_by_role("button", name="Start").click()
    eventually(lambda: look(stove, other)["status"] == "STARTED")
    await is_now(page, order, "PENDING")
    await expect(page.locator("[data-unsent-count]")).to_be_hidden()
    assert 0 == await unsent(page)


async def test_a_tap_that_finds_the_book_away_is_sent_again_by_itself(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Answered 503, or too many taps, it is kept and shown, and tried again after three seconds."""
    page, order = await waiting(stove, open_kitchen)
    refusals = [503, 429]

    async def refuse(route: Route) -> None:
        await (route.fulfill(status=refusals[0]) if refusals else route.continue_())

    await page.route("**/api/orders/*/status", refuse)
    await page.clock.install()
    await card(page, order).get_by_role("button", name="Start").click()
    while refusals:
        async with page.expect_response(lambda answer: answer.status == refusals[0]):
            await page.clock.run_for(3_000)
        await expect(card(page, order)).to_contain_text("Not sent yet")
        assert 1 == await unsent(page)
        refusals.pop(0)
    await page.clock.run_for(3_000)
    await expect(page.locator("[data-unsent-count]")).to_be_hidden()
    await is_now(page, order, "STARTED")
    assert "STARTED" == look(stove, order)["status"]


async def test_taps_survive_a_dead_server_and_a_closed_page(
    own_stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """The server is killed, two screens are tapped, one of them is left: both taps arrive, once.

    The screen that stayed open is live again by itself; the other one sends when it is opened again.
    """
    orders = [place(own_stove) for _ in range(2)]
    stays, goes = [await open_kitchen(own_stove.address) for _ in range(2)]
    await stays.evaluate("window.neverReloaded = true")
    launcher = own_stove.find(" open ")
    assert launcher is not None
    os.kill(launcher, signal.SIGSTOP)  # so that nobody starts it again yet
    own_stove.kill(" web ")
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
        eventually(lambda order=order: own_stove.status(order["id"]) == "STARTED")
        assert 2 == len(look(own_stove, order)["history"])
    assert await stays.evaluate("window.neverReloaded")


async def test_a_trembling_finger_taps_once(stove: Restaurant, open_kitchen: OpenKitchen) -> None:
    """A double tap on Start does not make the order ready, nor touch the card that moves beneath."""
    first, second = place(stove), place(stove)
    page = await open_kitchen(stove.address)
    for status in ("STARTED", "SUCCESS"):
        async with standing_still(page):
            await card(page, first).locator(".next").dblclick()
        await is_now(page, first, status)
    await is_now(page, second, "PENDING")
    eventually(lambda: look(stove, first)["status"] == "SUCCESS")
    assert "PENDING" == look(stove, second)["status"]


async def test_the_keyboard_and_a_bump_bar_are_enough(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Digits choose a card by its place or number, Enter moves it on, P puts it first."""
    page, order = await waiting(stove, open_kitchen)
    await expect(page.locator(".kitchen-keys summary")).to_have_text("Keyboard and bump bar")
    position = await card(page, order).locator(".card-place").inner_text()
    async with standing_still(page):  # digits are one number when they follow one another soon
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
        other = place(stove)
        await is_now(page, other, "PENDING")
        await page.keyboard.type(other["reference"])
        await page.keyboard.press("p")
        await expect(card(page, other)).to_contain_text("Goes first in")
        for cancel in ("Enter", "Escape"):  # Cancel has the focus
            await page.keyboard.press(cancel)
            await expect(card(page, other).locator(".first")).to_be_focused()
            await page.keyboard.press("p")
            await expect(card(page, other)).to_contain_text("Goes first in")
    await expect(card(page, other).locator(".first")).to_be_focused()  # the three seconds are over
    move(stove, other, "REVOKED")


async def test_a_number_that_no_card_has_chooses_none(
    own_stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Not the card of its first digit, nor of its last; and any key but a digit ends a number."""
    page, order = await waiting(own_stove, open_kitchen)
    number = order["reference"]
    chosen = page.locator("[data-order] :focus")
    async with standing_still(page):
        for typed in (number[:2], number + "1", "01"):
            await page.keyboard.press("1")
            await expect(chosen).to_have_count(1)
            await page.keyboard.press("Shift")
            await page.keyboard.type(typed)
            await expect(chosen).to_have_count(0)
            await page.keyboard.press("Escape")
    assert "PENDING" == look(own_stove, order)["status"]


async def test_a_key_held_down_is_one_press(stove: Restaurant, open_kitchen: OpenKitchen) -> None:
    """Enter that is leaned on starts an order, and does no more."""
    page, order = await waiting(stove, open_kitchen)
    await card(page, order).locator(".next").click(trial=True)
    await card(page, order).locator(".next").focus()
    await page.keyboard.down("Enter")
    await is_now(page, order, "STARTED")
    await expect(card(page, order).locator(".next")).not_to_have_attribute("aria-disabled", "true")
    for _ in range(3):
        await page.keyboard.down("Enter")  # repeated, as the keyboard does it
    await page.keyboard.up("Enter")
    await is_now(page, order, "STARTED")


@pytest.mark.long  # the board's ten tabs share by the same means in every run
async def test_ten_tabs_of_one_browser_are_all_live(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """They share their streams, so that over HTTP/1.1 there is a connection left for a tap."""
    order = place(stove)
    first = await open_kitchen(stove.address)
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
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Cancelled, nothing is sent; left alone, the order goes first on every screen."""
    place(stove)
    order = place(stove)
    page = await open_kitchen(stove.address)
    mine = card(page, order)
    sent: list[str] = []
    page.on("request", lambda r: r.method == "PUT" and sent.append(r.url))
    async with standing_still(page):
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
    eventually(lambda: look(stove, order)["priority"])
    assert 1 == len(sent)
    assert "staff:priority" == look(stove, order)["history"][-1]["by"]
    move(stove, order, "REVOKED")


async def test_an_ended_session_is_told_and_shows_nothing_more(
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """After 401 the page says so, leads to /staff, keeps the tap, and hides what customers ordered."""
    page, order = await waiting(stove, open_kitchen, name="Private")
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
    eventually(lambda: look(stove, order)["status"] == "STARTED")
