"""The way of an order as people see it: in a browser, through the real processes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from playwright.async_api import Page, expect

from tests import http
from tests.browser.conftest import OpenPage
from tests.restaurant import Restaurant

PREPARING = ".preparing [data-reference='{}']"
READY = ".ready > .led-numbers [data-reference='{}']"


# Notes in which column each number is seen, one after the other; gone if the page is loaded again.
WATCH_PLACES = """() => {
  window.seen = {};
  const look = () => {
    for (const at of document.querySelectorAll('[data-reference]')) {
      const place = at.closest('.preparing') ? 'preparing' : 'ready';
      const places = window.seen[at.dataset.reference] ??= [];
      if (places.at(-1) !== place) places.push(place);
    }
  };
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
}"""


@contextmanager
def paused_kitchen(restaurant: Restaurant) -> Iterator[None]:
    """Nothing is started there while inside."""
    tell(restaurant, paused=True)
    try:
        yield
    finally:
        tell(restaurant, paused=False)


def tell(restaurant: Restaurant, **said: bool) -> None:
    address, staff = f"{restaurant.address}/api/kitchen", {"Authorization": "Bearer 1234"}
    assert 200 == http.put(address, json=said, headers=staff).status_code


async def order_nuggets(kiosk: Page) -> str:
    """Order with the kiosk's own buttons; the number that the ticket shows."""
    await kiosk.locator("#nuggets-6").get_by_role("button").last.click()
    await kiosk.get_by_role("button", name="Order", exact=True).click()
    await kiosk.wait_for_url(re.compile(r"/orders/[\w-]{16,}$"))
    return (await kiosk.locator(".stub-number").inner_text()).strip()


async def test_an_order_goes_from_the_kiosk_to_ready_on_the_board(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """A number from the kiosk moves from Preparing to Ready in a second window, without a reload."""
    board = await open_page(restaurant.address, "/board")
    await board.evaluate(WATCH_PLACES)
    with paused_kitchen(restaurant):  # changes that follow each other too quickly are told as one
        number = await order_nuggets(await open_page(restaurant.address, "/"))
        await expect(board.locator(PREPARING.format(number))).to_have_count(1)
    await expect(board.locator(READY.format(number))).to_have_count(1)
    assert ["preparing", "ready"] == await board.evaluate("number => window.seen[number]", number)


async def test_the_ticket_follows_its_order(restaurant: Restaurant, open_page: OpenPage) -> None:
    """The ticket says by itself that the meal is ready."""
    ticket = await open_page(restaurant.address, f"/orders/{restaurant.place()}")
    await expect(ticket.locator("[data-state]")).to_contain_text("Ready")
    assert "/orders/" in ticket.url


async def test_ordering_works_without_javascript(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Form, number and state are there with JavaScript off, on ticket and board."""
    kiosk = await open_page(restaurant.address, "/", java_script_enabled=False)
    await kiosk.locator("[name='quantity.water']").fill("2")
    await kiosk.get_by_role("button", name="Order", exact=True).click()
    number = (await kiosk.locator(".stub-number").inner_text()).strip()
    await expect(kiosk.locator("[data-state]")).to_contain_text("Ready")
    board = await open_page(restaurant.address, "/board", java_script_enabled=False)
    assert await board.locator(READY.format(number)).count() == 1


async def test_ordering_works_with_the_keyboard_alone(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Tab, digits and Enter are enough to order."""
    kiosk = await open_page(restaurant.address, "/")
    for _ in range(200):
        await kiosk.keyboard.press("Tab")
        if await kiosk.evaluate("document.activeElement.closest('.dish')?.id") == "water":
            break
    await kiosk.keyboard.press("Enter")
    await expect(kiosk.locator("[name='quantity.water']")).to_have_value("1")
    for _ in range(200):
        if await kiosk.evaluate("document.activeElement.type === 'submit'"):
            break
        await kiosk.keyboard.press("Tab")
    await kiosk.keyboard.press("Enter")
    await kiosk.wait_for_url("**/orders/*")
    await expect(kiosk.locator(".stub-number")).to_have_text(re.compile(r"^\d{3}$"))


async def test_two_taps_order_once(restaurant: Restaurant, open_page: OpenPage) -> None:
    """A customer who taps Order twice, quickly, has one order."""
    kiosk = await open_page(restaurant.address, "/")
    before = http.get(f"{restaurant.address}/api/board").json()["version"]
    await kiosk.locator("#water").get_by_role("button").last.click()
    await kiosk.evaluate(
        "for (let n = 0; n < 2; n++) document.querySelector('form.order-form').requestSubmit()"
    )
    await kiosk.wait_for_url("**/orders/*")
    number = (await kiosk.locator(".stub-number").inner_text()).strip()
    board = http.get(f"{restaurant.address}/api/board").json()
    mine = [t for t in board["tickets"] if t["since_ms"] and t["reference"] >= number]
    assert before + 1 == board["version"], mine


async def test_a_form_that_was_used_before_does_not_order_again(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Back after ordering, something else chosen, Order: the page says so, and keeps what was typed."""
    kiosk = await open_page(restaurant.address, "/", java_script_enabled=False)
    key = await kiosk.locator("[name=idempotency_key]").input_value()
    form = {"idempotency_key": key, "language": "en", "service": "eat-in"}
    async with httpx.AsyncClient(base_url=restaurant.address, timeout=20) as client:
        first = await client.post("/orders", data={**form, "quantity.water": "1"})
        again = await client.post("/orders", data={**form, "quantity.water": "1"})
        other = await client.post("/orders", data={**form, "quantity.cola": "3"})
    assert 303 == first.status_code
    assert first.headers["location"] == again.headers["location"]
    assert 422 == other.status_code
    assert 'value="3"' in other.text
    assert key not in other.text


async def test_the_pages_work_on_an_address_that_is_no_secure_context(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """By http under another name than localhost, as on a local network, everything works."""
    address = restaurant.address.replace("127.0.0.1", "counter.test")
    board = await open_page(address, "/board")
    assert not await board.evaluate("isSecureContext")
    number = await order_nuggets(await open_page(address, "/"))
    await expect(board.locator(READY.format(number))).to_have_count(1)
