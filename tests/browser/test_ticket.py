"""The ticket, as the person who waits sees it: what it says, on a phone and on paper."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from orders.book import OrderBook
from orders.states import Actor, Status
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage, Wait
from tests.browser.ticket import (
    ANNA,
    EAR,
    MEAL,
    PHONE,
    calls,
    cooked,
    listening,
    path_of,
)
from tests.restaurant import Restaurant

SEEING = "order-ticket:not([data-blind])"  # or it would be grey, whatever the order is


async def test_every_state_is_told_by_word_colour_and_title(book: OrderBook, wait: Wait) -> None:
    """From the order to the meal, live and without a reload; axe finds nothing wrong in any state."""
    order, ticket = await wait(viewport=PHONE)
    await ticket.evaluate("window.neverReloaded = true")
    state, stub = ticket.locator("[data-state] strong"), ticket.locator(f"{SEEING} .stub")
    colours = set()

    async def shows(word: str) -> None:
        await expect(state).to_have_text(word)
        await expect(ticket).to_have_title(f"{order.reference} · {word} · Order Up")
        style = "e => getComputedStyle(e).backgroundColor + getComputedStyle(e).borderTopColor"
        colours.add(await stub.evaluate(style))
        assert [] == await violations(ticket), word

    await shows("In line")
    await book.start(order.id, 1, ANNA)
    await shows("Being prepared")
    await book.retry(order.id, 1, ANNA, "burnt", 60_000)
    await shows("Once more")
    await book.start(order.id, 2, ANNA)
    await book.fail(order.id, 2, ANNA, "burnt again")
    await shows("Please ask")
    await book.set_status(order.id, Status.PENDING, Actor.STAFF, Status.FAILURE)
    await shows("In line")
    await book.start(order.id, 3, ANNA)
    await book.finish(order.id, 3, ANNA)
    await shows("Ready")
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    await shows("Collected")
    assert 5 == len(colours), "STARTED and RETRY share one: both are being prepared"
    assert await ticket.evaluate("window.neverReloaded")


async def test_other_ends_are_told_and_accessible(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """A cancelled order, an unknown one, and an address from which nothing is heard."""
    revoked = await book.place(MEAL)
    await book.set_status(revoked.id, Status.REVOKED, Actor.CUSTOMER)
    for path, words in ((path_of(revoked), "Cancelled"), ("/orders/nobody", "Unknown order")):
        page = await open_page(stove.address, path, viewport=PHONE)
        await expect(page.locator("main")).to_contain_text(words)
        await expect(page.locator("main")).not_to_contain_text("In line")
        assert [] == await violations(page)


async def test_the_bar_moves_only_with_the_kitchen(book: OrderBook, wait: Wait) -> None:
    """What the cook has reported is done, and no more: a cook who stops stops the bar."""
    order, ticket = await wait(viewport=PHONE)
    bar, words = ticket.locator("progress").first, ticket.locator("#progress-words")
    await book.start(order.id, 1, ANNA)
    await expect(ticket.locator("[data-state]")).to_contain_text("Being prepared")
    await expect(bar).to_be_hidden()
    await book.report(order.id, 1, ANNA, 1, 2)
    await expect(words).to_have_text("1 of 2 done")
    assert 0.5 == await bar.evaluate("e => e.position")
    assert 0 == await ticket.evaluate("document.getAnimations().length")
    await book.retry(order.id, 1, ANNA, "burnt", 60_000)
    await expect(bar).to_be_hidden()


async def test_the_place_in_line_moves_by_itself(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """Who waits sees how many are before, and that they become fewer; who is cooked for, no place."""
    first, mine = await book.place(MEAL), await book.place(MEAL)
    before = await open_page(stove.address, path_of(first))
    await expect(before.locator("[data-place] strong")).to_have_text("1")
    ticket = await open_page(stove.address, path_of(mine))
    await expect(ticket.locator("[data-place] strong")).to_have_text("2")
    await book.start(first.id, 1, ANNA)
    await expect(ticket.locator("[data-place] strong")).to_have_text("1")
    await expect(before.locator("[data-place]")).to_be_hidden()


async def test_the_estimate_counts_down_and_ends_in_silence(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """From enough orders comes a range; when its time is over without news, nothing is claimed."""
    for _ in range(8):
        await cooked(book, await book.place(MEAL))
    order = await book.place(MEAL)
    await book.start(order.id, 1, ANNA)
    ticket = await open_page(stove.address, f"{path_of(order)}?lang=de")
    outlook = ticket.locator("order-outlook")
    await ticket.evaluate("dispatchEvent(new Event('pagehide'))")  # deaf from here on

    async def told(low_s: int, high_s: int) -> None:
        line = {"ahead": 3, "ready_in_s": [low_s, high_s]}
        await outlook.evaluate("(outlook, line) => outlook.show(line)", line)

    await told(140, 260)
    await expect(outlook).to_contain_text("Platz in der Reihe 4")
    await expect(outlook).to_contain_text("Fertig in 2\N{EN DASH}5 Minuten")
    await told(1, 59)
    await expect(outlook).to_contain_text("höchstens 60 Sekunden")
    await told(0, 2)
    await expect(outlook.locator("[data-ready]")).to_be_hidden()
    await expect(outlook.locator("[data-place]")).to_be_visible()


async def test_the_result_comes_with_the_meal(book: OrderBook, wait: Wait) -> None:
    """What the recipe returned appears, live, under the dish's name in the customer's language."""
    order, ticket = await wait("?lang=es")
    await expect(ticket.locator("[data-result]")).to_be_hidden()
    await cooked(book, order, result={"nuggets-6": {"core": 74}})
    await expect(ticket.locator("[data-result]")).to_contain_text("6 nuggets de pollo")
    await expect(ticket.locator("[data-result]")).to_contain_text("core: 74")


async def test_cancelling_takes_a_second_tap(book: OrderBook, wait: Wait) -> None:
    """By keyboard, with JavaScript off, on a phone: the question first, then it is cancelled."""
    order, ticket = await wait(viewport=PHONE, java_script_enabled=False)
    yes = ticket.get_by_role("button", name="Yes, cancel it")
    await expect(yes).to_be_hidden()
    await ticket.locator(".cancel summary").focus()
    await ticket.keyboard.press("Enter")
    await expect(ticket.locator(".cancel")).to_contain_text(
        f"Your number {order.reference} will not"
    )
    assert Status.PENDING is (await book.order(order.id)).status
    await ticket.keyboard.press("Tab")
    await expect(yes).to_be_focused()
    await ticket.keyboard.press("Enter")
    await expect(ticket.locator("[data-state]")).to_contain_text("Cancelled")
    assert Status.REVOKED is (await book.order(order.id)).status


async def test_cancelling_is_offered_only_while_it_waits(book: OrderBook, wait: Wait) -> None:
    """The moment a cook has it, the button is gone."""
    order, ticket = await wait()
    await expect(ticket.locator(".cancel")).to_be_visible()
    await book.start(order.id, 1, ANNA)
    await expect(ticket.locator(".cancel")).to_be_hidden()


async def test_the_receipt_fits_the_roll(wait: Wait) -> None:
    """80 mm wide, one page as long as it needs to be, black on white: number, dishes, total, code."""
    _, ticket = await wait(viewport=PHONE)
    printed = (await ticket.pdf(prefer_css_page_size=True)).decode("latin-1")
    assert 1 == len(re.findall(r"/Type\s*/Page\b", printed))
    width_pt, height_pt = map(float, re.findall(r"/MediaBox\s*\[0 0 (\S+) (\S+)\]", printed)[0])
    assert 80 == round(width_pt / 72 * 25.4)
    assert 80 < height_pt / 72 * 25.4 < 160
    await ticket.set_viewport_size({"width": 272, "height": 800})  # 72 mm
    await ticket.emulate_media(media="print")
    for part in (".stub-number", ".lines", ".lines-total", ".qr svg"):
        await expect(ticket.locator(part)).to_be_visible()
    for part in (".ticket-actions", ".steps", "[data-state]", "ticket-call", "order-outlook"):
        await expect(ticket.locator(part)).to_be_hidden()
    stub = await ticket.locator(".stub").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert ["rgb(0, 0, 0)", "rgb(255, 255, 255)"] == stub
    box = await ticket.locator(".stub-number").bounding_box()
    assert box is not None
    assert box["height"] > 80  # more than 20 mm
    assert await ticket.evaluate("document.documentElement.scrollWidth") <= 272


async def test_the_print_button_prints(wait: Wait) -> None:
    """One tap calls the browser's print, which a kiosk answers without a question."""
    note = "window.calls = []; window.print = () => window.calls.push('print');"
    _, ticket = await wait(init_script=note)
    await ticket.get_by_role("button", name="Print").click()
    assert ["print"] == await calls(ticket)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "ar"])
async def test_large_letters_break_nothing(wait: Wait, language: str) -> None:
    """At 200 % on a phone, in both directions of writing: all in sight, nothing beyond the edge."""
    _, ticket = await wait(f"?lang={language}", viewport=PHONE)
    await expect(ticket.locator("[data-place]")).to_be_visible()
    await ticket.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await ticket.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert [] == await violations(ticket)
    heights = await ticket.evaluate(
        "[...document.querySelectorAll('button, .button')].filter(e => e.checkVisibility())"
        ".map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


async def test_a_long_word_wraps_in_large_letters(book: OrderBook, wait: Wait) -> None:
    """At 200 % on 320 px the state stays on the stub, also where it is one word."""
    order, ticket = await wait("?lang=es", viewport={"width": 320, "height": 568})
    await ticket.evaluate("document.documentElement.style.fontSize = '200%'")
    await book.start(order.id, 1, ANNA)
    await expect(ticket.locator("[data-state] strong")).to_have_text("Preparándose")
    assert await ticket.evaluate("document.documentElement.scrollWidth") <= 320


async def test_the_page_is_true_without_javascript(wait: Wait) -> None:
    """State and place stand in the page, it looks again by itself, and offers no dead buttons."""
    _, ticket = await wait(java_script_enabled=False)
    await expect(ticket.locator("[data-state]")).to_contain_text("In line")
    await expect(ticket.locator("[data-place] strong")).to_have_text(re.compile(r"^\d+$"))
    assert 1 == await ticket.locator("noscript meta[http-equiv=refresh]").count()
    for part in ("ticket-call", "[data-print]"):
        await expect(ticket.locator(part)).to_be_hidden()


async def test_nothing_moves_for_who_wants_no_motion(book: OrderBook, wait: Wait) -> None:
    """Ready is told by word and colour, without an animation."""
    order, ticket = await wait(reduced_motion="reduce", init_script=EAR)
    await listening(ticket)
    await cooked(book, order)
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    assert 0 == await ticket.evaluate("document.getAnimations().length")


async def test_steps_appear_as_they_are_done(book: OrderBook, wait: Wait) -> None:
    """Live, each once, also those that a later attempt adds; what is shown twice stays as it is."""
    order, ticket = await wait(viewport=PHONE)
    steps = ticket.locator("[data-kept] li")
    meal = (await book.start(order.id, 1, ANNA)).meal
    await book.keep_step(meal, ANNA, 0, "season", None)
    await expect(steps).to_have_text(["season"])
    await book.retry(order.id, 1, ANNA, "burnt", 0)
    meal = (await book.start(order.id, 2, ANNA)).meal
    await book.keep_step(meal, ANNA, 0, "roast", None)
    await expect(steps).to_have_text(["season", "roast"])
    assert [] == await violations(ticket)
