"""The kitchen screen at every size, in every language, under any name, for everybody."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenKitchen
from tests.browser.kitchen import card, is_now, move, place
from tests.browser.sizes import SIZES, first
from tests.restaurant import Restaurant


@pytest.mark.parametrize("size", first("tablet"))
async def test_the_screen_fits(own_stove: Restaurant, open_kitchen: OpenKitchen, size: str) -> None:
    """Nothing is cut off, buttons are at least 60 px; a tablet shows at least six cards."""
    for _ in range(7):
        place(
            own_stove,
            items=[{"sku": "hamburger", "quantity": 2}, {"sku": "fries-small", "quantity": 1}],
        )
    page = await open_kitchen(own_stove.address, viewport=SIZES[size])
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
    own_stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """Empty, with cards in all states, in both dialogs, while a priority counts down, and blind."""
    page = await open_kitchen(own_stove.address)
    totals = page.get_by_role("heading", name="Still to cook in all")
    await expect(totals).to_be_hidden()  # nothing would stand behind it
    assert [] == await violations(page)
    orders = [place(own_stove, name="Ana", service="take-away") for _ in range(5)]
    move(own_stove, orders[0], "STARTED")
    move(own_stove, orders[1], "STARTED", "SUCCESS")
    move(own_stove, orders[2], "STARTED", "SUCCESS", "COLLECTED")
    await is_now(page, orders[2], "COLLECTED")
    await expect(totals).to_be_visible()
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
    stove: Restaurant, open_kitchen: OpenKitchen
) -> None:
    """By http under another name than localhost: taps, the short form, right to left."""
    address = stove.address.replace("127.0.0.1", "counter.test")
    order = place(stove)
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
    stove: Restaurant, open_kitchen: OpenKitchen, size: str, lang: str
) -> None:
    """At every size and in every language, also with large text; and axe has nothing to say."""
    place(stove, items=[{"sku": "chicken-burger", "quantity": 2, "note": "no onions"}])
    move(stove, place(stove), "STARTED", "SUCCESS")
    page = await open_kitchen(stove.address, f"?lang={lang}", viewport=SIZES[size])
    assert [] == await violations(page)
    for scale in ("100%", "200%"):
        await page.evaluate("size => document.documentElement.style.fontSize = size", scale)
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[size]["width"]
