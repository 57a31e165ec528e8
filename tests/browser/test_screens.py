"""Every page at every size: nothing is cut off, nothing is too small to touch."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests import http
from tests.browser.board import LIVE
from tests.browser.conftest import OpenPage
from tests.browser.sizes import SIZES, first
from tests.restaurant import Restaurant

# What reaches out of its card, and what out of the screen.
OUTSIDE = """() => [...document.querySelectorAll("main *")].filter((part) => {
  const card = part.closest(".dish, .card") ?? document.documentElement;
  const [box, edges] = [part, card].map((element) => element.getBoundingClientRect());
  const scrolled = part.closest(".categories, .chosen, .for-readers");
  return part.checkVisibility() && !scrolled && (box.left < edges.left || box.right > edges.right);
}).map((part) => part.outerHTML.slice(0, 90))"""

TWICE = "document.documentElement.style.fontSize = '200%'"

SMALLEST_TOUCH = {"kiosk": 76, "phone": 44, "television": 44, "tablet": 44}


@pytest.mark.parametrize("size", first("phone"))
async def test_no_page_is_wider_than_its_screen(
    restaurant: Restaurant, open_page: OpenPage, size: str
) -> None:
    """Nothing has to be scrolled sideways, on any page."""
    order_id = restaurant.place()
    for path in ("/", f"/orders/{order_id}", "/board", "/board/setup", "/orders/unknown"):
        page = await open_page(restaurant.address, path, viewport=SIZES[size])
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[size]["width"], path
        await page.context.close()


@pytest.mark.parametrize("language", ["de", "fil"])
async def test_twice_as_large_letters_fit_a_small_phone(
    restaurant: Restaurant, open_page: OpenPage, language: str
) -> None:
    """With 200 % text on 320 px: a special that is chosen, and the ticket's buttons and sum."""
    staff = {"Authorization": "Bearer 1234"}
    special = f"{restaurant.address}/api/menu/turkey"
    assert 200 == http.put(special, json={"special": True}, headers=staff).status_code
    small = {"width": 320, "height": 568}
    page = await open_page(restaurant.address, f"/?lang={language}", viewport=small)
    await page.locator("#turkey .more").click()
    await page.locator("#turkey input").fill("99")
    await page.evaluate(TWICE)
    await expect(page.locator("#turkey .special-mark")).to_be_visible()
    assert [] == await page.evaluate(OUTSIDE)
    await page.locator(".order-bar .primary").press("Enter")
    await page.wait_for_url("**/orders/*")
    await page.evaluate(TWICE)
    assert [] == await page.evaluate(OUTSIDE)
    assert 200 == http.put(special, json={"special": False}, headers=staff).status_code


@pytest.mark.parametrize("size", first("phone"))
async def test_what_is_touched_is_large_enough(
    restaurant: Restaurant, open_page: OpenPage, size: str
) -> None:
    """Buttons are at least 76 px on the kiosk (20 mm; Colle and Hiszem 2004), 44 px elsewhere."""
    page = await open_page(restaurant.address, "/", viewport=SIZES[size])
    heights = await page.evaluate(
        """[...document.querySelectorAll('button, .choice label, .categories a')]
           .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)"""
    )
    assert len(heights) > 10
    assert SMALLEST_TOUCH[size] <= min(heights)


async def test_ready_numbers_are_a_fifth_of_the_television(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """On a television the Ready numbers can be read from across the room."""
    restaurant.place()
    board = await open_page(restaurant.address, "/board", viewport={"width": 1920, "height": 1080})
    height, colour = await board.locator(f"{LIVE} .ready > .led-numbers .led-number").evaluate(
        "number => [number.getBoundingClientRect().height, getComputedStyle(number).color]"
    )
    assert height >= 216
    assert "rgb(61, 255, 127)" == colour


async def test_reduced_motion_is_honoured(restaurant: Restaurant, open_page: OpenPage) -> None:
    """With reduced motion no page runs an animation."""
    restaurant.place()
    for path in ("/", "/board"):
        page = await open_page(restaurant.address, path, reduced_motion="reduce")
        running = await page.evaluate(
            "document.getAnimations().filter(a => a.playState === 'running').length"
        )
        assert 0 == running, path
