"""What a kiosk shows after an order: all that one has to know and to press is on the screen at once."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from orders.book import OrderBook
from orders.model import OrderLine, OrderRequest
from tests.browser.axe import violations
from tests.browser.clock import stop_clock
from tests.browser.conftest import OpenPage, Wait
from tests.browser.sizes import PROJECTOR, SIZES
from tests.restaurant import Restaurant
from web.texts import languages

SCREENS = {
    "upright": SIZES["kiosk"],
    "on its side": SIZES["television"],
    "small": PROJECTOR,
    "laptop": {"width": 1280, "height": 800},
}
MANY = ("hamburger", "wrap", "cola", "cookie", "turkey", "shake", "apple-pie", "garden-salad")
WORDY = ("de", "fil")
LENGTHS = [
    ("fil", 0),
    *(pytest.param(*of, marks=pytest.mark.long) for of in (("de", 1), ("ar", 2))),
]
# Where the buttons are, below the upper edge of what is around them.
PLACES = """after => [...after.querySelectorAll('.button')].map(
  button => button.getBoundingClientRect().top - after.getBoundingClientRect().top)"""


async def test_nobody_has_to_scroll(wait: Wait) -> None:
    """Number, code, what happens now, and both buttons are on the screen, in long words too."""
    for language in WORDY:
        await is_whole(wait, "small", language)


async def test_the_way_on_stays_in_sight(
    stove: Restaurant, book: OrderBook, open_page: OpenPage
) -> None:
    """With a long order and large letters too; who cancels instead sees the question."""
    items = tuple(OrderLine(sku=sku, quantity=1) for sku in MANY)
    order = await book.place(OrderRequest(items=items))
    page = await open_page(
        stove.address, f"/orders/{order.id}?kiosk=1&lang=de", viewport=SIZES["kiosk"]
    )
    for scale in ("0", "2"):
        await page.evaluate("scale => document.documentElement.dataset.scale = scale", scale)
        for button in await page.locator("kiosk-return .button").all():
            await expect(button).to_be_in_viewport(ratio=1)
    summary = page.locator(".cancel summary")
    await summary.focus()
    await expect(summary).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Enter")
    await expect(page.locator(".cancel .primary")).to_be_visible()
    await page.locator(".cancel .primary").click(trial=True)  # nothing lies over it
    assert [] == await violations(page)


@pytest.mark.parametrize(("language", "scale"), LENGTHS)
async def test_no_button_moves_while_it_counts_down(wait: Wait, language: str, scale: int) -> None:
    """However many letters the seconds take: "30 segundo" are fewer than "29 na segundo"."""
    _order, page = await wait(f"?kiosk=1&lang={language}", viewport=PROJECTOR)
    await stop_clock(page)
    await page.reload()
    await page.evaluate("scale => document.documentElement.dataset.scale = scale", scale)
    after, words, places = page.locator("kiosk-return"), set(), set()
    for _ in range(29):  # to the last second
        await page.clock.run_for(1_000)
        words.add(await after.locator("[data-countdown]").inner_text())
        places.add(tuple(await after.evaluate(PLACES)))
    assert 29 == len(words)
    assert 1 == len(places)


@pytest.mark.long
@pytest.mark.parametrize("screen", SCREENS)
async def test_every_screen_in_every_language(wait: Wait, screen: str) -> None:
    """The same on every screen and in every language."""
    for language in languages():
        await is_whole(wait, screen, language)


async def is_whole(wait: Wait, screen: str, language: str) -> None:
    _order, page = await wait(f"?kiosk=1&lang={language}", viewport=SCREENS[screen])
    after = page.locator("kiosk-return")
    for part in (page.locator(".stub-number"), page.locator(".qr svg"), after):
        await expect(part).to_be_in_viewport(ratio=1)
    more, done = await after.evaluate(PLACES)
    assert more == done, language  # side by side
    number = await page.locator(".stub-number").bounding_box()
    assert number is not None
    assert number["height"] >= SCREENS[screen]["height"] / 7, language
    assert [] == await violations(page), language
    await page.context.close()
