"""The kiosk in a browser: nothing chosen gets lost, nobody is served twice, everybody can reach it."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests import http
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.sizes import SIZES
from tests.restaurant import OPEN_WITHIN_S, Restaurant, eventually

TICKET = re.compile(r"/orders/[\w-]{16,}(\?|$)")
TIMES = "\N{MULTIPLICATION SIGN}"
KIOSK, PHONE = SIZES["kiosk"], SIZES["phone"]

# While a test looks at the page, its clock goes on.
LONG, SHORT = re.compile(r"in (30|2\d) seconds"), re.compile(r"in (10|\d) seconds?")

FOCUSED = """async () => {
  await new Promise(requestAnimationFrame);
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const seen = document.elementFromPoint(x, y);
  const what = at.getAttribute('aria-label') ?? at.name ?? at.textContent;
  const own = (at.closest('.quantity, label') ?? at).contains(seen) || at === document.body;
  return [what || at.outerHTML.slice(0, 90), !own];
}"""

# Everything that a finger may go for, unless it lies inside something larger that does the same.
TOUCHED = "a, button, .choice label, input[type=text], [role=button]"


async def add(page: Page, *skus: str) -> None:
    for sku in skus:
        await page.locator(f"#{sku} .more").click()


async def watched(page: Page) -> None:
    """Wait until the page counts how long nobody has touched it: its last script does."""
    await page.evaluate("customElements.whenDefined('kiosk-idle').then(() => true)")


def order_button(page: Page) -> Locator:
    return page.locator(".order-bar .primary")


def told(page: Page) -> Locator:
    """What the page says beside the Order button."""
    return page.locator(".told [role=alert]")


async def expect_chosen(page: Page, *lines: str) -> None:
    """The lines of the order, each as "2 Cola"; none only if the page says that nothing is chosen."""
    await expect(page.locator(".chosen .nothing")).to_have_count(0 if lines else 1)
    shown = [line.replace(" ", f" {TIMES} ", 1) for line in lines]
    await expect(page.locator(".chosen a")).to_have_text(shown, use_inner_text=True)


async def number(page: Page) -> str:
    await page.wait_for_url(TICKET)
    return (await page.locator(".stub-number").inner_text()).strip()


def version(restaurant: Restaurant) -> int:
    return int(http.get(f"{restaurant.address}/api/board").json()["version"])


def offer(restaurant: Restaurant, sku: str, **said: bool) -> None:
    answer = http.put(
        f"{restaurant.address}/api/menu/{sku}",
        json=said,
        headers={"Authorization": "Bearer 1234"},
    )
    assert 200 == answer.status_code


@contextmanager
def sold_out(restaurant: Restaurant, sku: str) -> Iterator[None]:
    offer(restaurant, sku, available=False)
    try:
        yield
    finally:
        offer(restaurant, sku, available=True)


async def test_what_sells_out_in_the_cart_is_marked_and_told(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Live: the dish, its line and the sum change, a notice names it, and the rest can be ordered."""
    page = await open_page(restaurant.address, "/", viewport=KIOSK)
    await add(page, "cheeseburger", "fries-large", "cola")
    await expect(page.locator(".total output")).to_have_text("€13.70")
    with sold_out(restaurant, "fries-large"):
        await expect(told(page)).to_contain_text("Large fries has just sold out")
        await expect_chosen(page, "1 Cheeseburger", "1 Large fries Sold out", "1 Cola")
        await expect(page.locator(".total output")).to_have_text("€10.20")
        await expect(page.locator("#fries-large .sold-out-mark")).to_be_visible()
        await expect(page.locator("#fries-large .more")).to_be_hidden()
        assert [] == await violations(page)
    await expect(told(page)).to_contain_text("Large fries is there again")
    await expect(page.locator(".total output")).to_have_text("€13.70")
    await page.context.close()


async def test_the_special_of_the_day_is_marked_at_once(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Live, at one dish only; and not where it has sold out."""
    page = await open_page(restaurant.address, "/", viewport=KIOSK)
    mark = page.locator(".special-mark:visible")
    for sku in ("turkey", "wrap"):
        offer(restaurant, sku, special=True)
        await expect(page.locator(f"#{sku}").locator(mark)).to_have_text("Today's special")
        await expect(mark).to_have_count(1)
    assert [] == await violations(page)
    with sold_out(restaurant, "wrap"):
        await expect(mark).to_have_count(0)
    offer(restaurant, "wrap", special=False)
    await page.context.close()


async def test_what_sold_out_unheard_is_told_when_ordering(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """The server looks again: its answer names the dish, and the rest is ordered by a second tap."""
    page = await open_page(restaurant.address, "/", viewport=PHONE)
    await page.locator("menu-watch").evaluate("watch => watch.remove()")  # deaf from here on
    await add(page, "cheeseburger", "onion-rings")
    with sold_out(restaurant, "onion-rings"):
        await order_button(page).click()
        await expect(told(page)).to_contain_text("Onion rings is sold out")
        await expect_chosen(page, "1 Cheeseburger", "1 Onion rings Sold out")
        await order_button(page).click()
        await number(page)
    await expect(page.locator(".lines li")).to_have_count(1)


async def test_an_order_that_cannot_be_sent_stays(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Without a network the page stays, with the cart and what to do; later it is ordered once."""
    page = await open_page(restaurant.address, "/", viewport=PHONE)
    await add(page, "water", "water")
    before = version(restaurant)
    await page.context.set_offline(True)
    await order_button(page).click()
    await expect(told(page)).to_contain_text("did not get through")
    await expect_chosen(page, "2 Bottle of water")
    assert [] == await violations(page)
    await page.context.set_offline(False)
    await order_button(page).click()
    await number(page)
    assert before + 1 == version(restaurant)


async def test_a_counter_in_trouble_serves_once(
    own_restaurant: Restaurant, open_page: OpenPage
) -> None:
    """With its book silent the cart stays; killed with the order in hand, it places it once."""
    page = await open_page(own_restaurant.address, "/")
    await add(page, "water")
    before = version(own_restaurant)
    web, valkey = map(own_restaurant.find, (" web ", "valkey-server"))
    assert web is not None
    assert valkey is not None
    os.kill(valkey, signal.SIGSTOP)
    await order_button(page).click()
    await expect(told(page)).to_contain_text("We cannot take orders for a moment")
    asked = partial(http.get, own_restaurant.address, timeout=20)
    eventually(lambda: asked().status_code == 503)  # it has noticed
    late = await open_page(own_restaurant.address, "/")
    await expect(late.locator("[data-as-loaded]")).to_contain_text("for a moment")
    os.kill(valkey, signal.SIGCONT)
    await expect(late.locator("[data-as-loaded]")).to_be_hidden()
    await expect_chosen(page, "1 Bottle of water")
    eventually(lambda: _serves(own_restaurant))
    os.kill(web, signal.SIGSTOP)
    await order_button(page).click()
    await expect(order_button(page)).to_have_attribute("aria-disabled", "true")
    os.kill(web, signal.SIGKILL)
    eventually(lambda: _serves(own_restaurant), OPEN_WITHIN_S)
    # Chromium itself sends it again where it may; where not, the customer is asked to.
    await expect(told(page).or_(page.locator(".stub-number"))).to_be_visible(timeout=20_000)
    if await told(page).is_visible():
        await order_button(page).click()
    await number(page)
    assert before + 1 == version(own_restaurant)


def _serves(restaurant: Restaurant) -> bool:
    try:
        return http.get(f"{restaurant.address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


async def test_an_idle_kiosk_asks_and_then_forgets(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """After a minute it asks; one tap goes on, half a minute clears cart, name and language."""
    page = await open_page(restaurant.address, "/", viewport=KIOSK)
    await page.clock.install()
    await page.get_by_role("link", name="Deutsch").click()
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await add(page, "cheeseburger")
    await page.locator("#name").fill("Zoë")
    dialog = page.get_by_role("dialog")
    await watched(page)
    await page.clock.fast_forward(50_000)
    await expect(dialog).to_be_hidden()
    await page.clock.fast_forward(11_000)
    await expect(dialog).to_contain_text(re.compile(r"in (30|2\d) Sekunden"))
    assert [] == await violations(page)
    await page.mouse.click(20, 20)  # anywhere
    await expect(dialog).to_be_hidden()
    await expect_chosen(page, "1 Cheeseburger")
    await page.clock.fast_forward(61_000)
    await expect(dialog).to_be_visible()
    await page.clock.fast_forward(20_000)
    await expect(dialog).to_contain_text(re.compile(r"in (10|\d) Sekunden?"))
    await page.clock.fast_forward(11_000)
    await expect(page).to_have_url(f"{restaurant.address}/")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect_chosen(page)
    await expect(page.locator("#name")).to_have_value("")


async def test_a_phone_never_forgets_what_was_chosen(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """At home nobody is asked, and the cart outlives hours, a reload and another language."""
    page = await open_page(restaurant.address, "/", viewport=PHONE)
    await page.clock.install()
    await add(page, "cola", "cola")
    await page.locator("#name").fill("Zoë")
    await page.locator("[value=take-away]").check()
    await watched(page)
    await page.clock.fast_forward("03:00:00")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.reload()
    await page.get_by_role("link", name="Español").click()
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await expect_chosen(page, "2 Cola")
    await expect(page.locator("#name")).to_have_value("Zoë")
    await expect(page.locator("[value=take-away]")).to_be_checked()
    await expect(page.locator("kiosk-comfort")).to_be_hidden()


async def test_after_an_order_the_kiosk_goes_back_to_its_start(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """The number very large, the code, what happens now; more time on demand; then the next customer."""
    page = await open_page(restaurant.address, "/", viewport=KIOSK)
    await page.clock.install()
    await page.locator("[data-larger]").click()
    await add(page, "nuggets-6")
    await order_button(page).click()
    await number(page)
    box = await page.locator(".stub-number").bounding_box()
    assert box is not None
    assert box["height"] > 0.15 * KIOSK["height"]
    await expect(page.locator(".qr svg")).to_be_visible()
    back = page.locator("kiosk-return")
    await expect(back).to_contain_text("What happens now")
    await expect(back).to_contain_text(LONG)
    elsewhere = page.locator(".ticket-actions > a, .qr a, .ticket-call, [data-print]")
    await expect(elsewhere).not_to_have_count(0)
    await expect(elsewhere.locator("visible=true")).to_have_count(0)
    assert 76 <= min(await heights(page))
    assert [] == await violations(page)
    for _ in range(2):
        await back.get_by_role("button", name="More time").click()
        await expect(back).to_contain_text(LONG)
        await page.clock.fast_forward(20_000)
        await expect(back).to_contain_text(SHORT)
    await page.clock.fast_forward(11_000)
    await page.wait_for_url(f"{restaurant.address}/")
    await expect(page.locator("html")).to_have_attribute("data-scale", "0")
    await expect_chosen(page)


async def test_a_proxys_own_error_is_not_taken_for_the_start(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """While a proxy answers 502 the number stays on the screen; then it goes back to the start."""
    home = f"{restaurant.address}/?kiosk=1"
    page = await open_page(restaurant.address, "/?kiosk=1", viewport=KIOSK)
    await page.clock.install()
    await add(page, "water")
    await order_button(page).click()
    await number(page)
    await expect(page.locator("kiosk-return")).to_contain_text(LONG)
    await page.route(home, lambda route: route.fulfill(status=502, body="Bad Gateway"))
    for _ in range(2):
        async with page.expect_request(home) as asked:
            await page.clock.fast_forward(31_000)
        assert not (await asked.value).is_navigation_request()
    await expect(page).to_have_url(TICKET)
    await expect(page.locator(".stub-number")).to_be_visible()
    await page.unroute(home)
    await page.clock.fast_forward(2_000)
    await page.wait_for_url(home)
    await expect_chosen(page)


async def test_a_kiosk_on_its_side_is_one_by_its_address(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """`?kiosk=1` does it on any screen, without a secure context too; Done leads back to it."""
    address = restaurant.address.replace("127.0.0.1", "counter.test")
    page = await open_page(address, "/?kiosk=1&lang=es", viewport=SIZES["television"])
    assert not await page.evaluate("isSecureContext")
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await add(page, "water")
    await order_button(page).click()
    await number(page)
    await page.locator("kiosk-return").get_by_role("link", name="Done").click()
    await page.wait_for_url(f"{address}/?kiosk=1&lang=es")


async def test_a_kiosk_with_a_printer_prints_each_slip_once(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """`?kiosk=1&print=1` prints by itself, and not again when the ticket is loaded again."""
    page = await open_page(restaurant.address, "/?kiosk=1&print=1", viewport=KIOSK)
    printed: list[str] = []
    await page.expose_function("slip", lambda: printed.append(page.url))
    await page.add_init_script("window.print = () => window.slip()")
    await add(page, "water")
    await order_button(page).click()
    await number(page)
    await expect(page.locator("[data-print]")).to_be_visible()
    await page.reload()
    await expect(page.locator("[data-print]")).to_be_visible()
    assert [page.url] == printed


async def test_a_ticket_at_home_does_not_go_away(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Whoever ordered by phone keeps the number on the screen, however long it takes."""
    page = await open_page(restaurant.address, "/", viewport=PHONE)
    await page.clock.install()
    await add(page, "water")
    await order_button(page).click()
    await number(page)
    await expect(page.locator("kiosk-return")).to_be_hidden()
    await page.clock.fast_forward("01:00:00")
    await expect(page).to_have_url(TICKET)


async def test_a_kiosk_that_strayed_goes_back(restaurant: Restaurant, open_page: OpenPage) -> None:
    """From a page of words, such as that of an unknown order, it returns to its start by itself."""
    page = await open_page(restaurant.address, "/?kiosk=1", viewport=KIOSK)
    await page.clock.install()
    await page.goto(f"{restaurant.address}/orders/unknown")
    await expect(page.get_by_role("heading")).to_have_text("Unknown order")
    await page.clock.fast_forward(31_000)
    await page.wait_for_url(f"{restaurant.address}/?kiosk=1")


async def test_everything_can_be_brought_within_reach(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """One tap below brings all that is touched into the lower 56 %, wherever one has scrolled to."""
    page = await open_page(restaurant.address, "/", viewport=KIOSK)
    await page.get_by_role("button", name="Everything further down").click()
    await add(page, "hamburger", "cookie")
    for place in ("hamburger", "cookie"):
        await page.locator(f".chosen a[href='#{place}']").click()
        await expect(page.locator(f"#{place} .more")).to_be_in_viewport()
        tops = await page.evaluate(
            """touched => [...document.querySelectorAll(touched)].map(e => {
                 const box = e.getBoundingClientRect();
                 const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                 return e.contains(hit) ? box.y + box.height / 2 : null;
               }).filter(y => y !== null)""",
            TOUCHED,
        )
        assert len(tops) > 10
        assert 0.44 * KIOSK["height"] < min(tops)
    assert [] == await violations(page)
    await page.get_by_role("link", name="العربية").click()
    await expect(page.locator("html")).to_have_attribute("data-reach", "low")
    assert KIOSK["width"] == await page.evaluate("document.documentElement.scrollWidth")
    assert [] == await violations(page)


async def test_letters_grow_in_two_steps(restaurant: Restaurant, open_page: OpenPage) -> None:
    """Larger, larger still, and smaller again; nothing gets too wide for the screen."""
    page = await open_page(restaurant.address, "/", viewport=KIOSK)
    await add(page, "nuggets-12", "cookie")
    seen = [await size_of_letters(page)]
    for _ in range(2):
        await page.get_by_role("button", name="Larger letters").click()
        seen.append(await size_of_letters(page))
        assert KIOSK["width"] == await page.evaluate("document.documentElement.scrollWidth")
        await expect(order_button(page)).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Larger letters")).to_be_disabled()
    assert seen[0] * 1.1 < seen[1] < seen[2] / 1.1
    await page.get_by_role("button", name="Smaller letters").click()
    assert seen[1] == await size_of_letters(page)


async def size_of_letters(page: Page) -> float:
    return float(
        await page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('.dish-name')).fontSize)"
        )
    )


async def heights(page: Page) -> list[float]:
    """Of everything that can be touched now."""
    found: list[float] = await page.evaluate(
        """touched => [...document.querySelectorAll(touched)].filter(e => e.checkVisibility())
           .map(e => e.getBoundingClientRect().height)""",
        TOUCHED,
    )
    return found


@pytest.mark.parametrize(("size", "smallest"), [("kiosk", 76), ("phone", 44)])
async def test_every_target_is_large_enough_in_every_state(
    restaurant: Restaurant, open_page: OpenPage, size: str, smallest: int
) -> None:
    """76 px at a kiosk (20 mm; Colle and Hiszem 2004) and 44 px on a phone, notices included."""
    page = await open_page(restaurant.address, "/", viewport=SIZES[size])
    await page.locator("menu-watch").evaluate("watch => watch.remove()")  # deaf from here on
    await add(page, "nuggets-6", "cola")
    with sold_out(restaurant, "cola"):
        await order_button(page).click()
        await expect(told(page).get_by_role("link", name="Show it")).to_be_visible()
    assert smallest <= min(await heights(page))
    assert [] == await violations(page)


async def test_back_from_the_ticket_after_a_mistake_shows_the_menu(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """An answer that found something wrong is no page of its own, to which no browser could return."""
    for scripts in (True, False):
        page = await open_page(restaurant.address, "/", java_script_enabled=scripts)
        await order_button(page).click()
        await expect(page.get_by_role("alert").last).to_contain_text("Nothing is chosen yet")
        if scripts:
            await expect(page).to_have_url(f"{restaurant.address}/")
            await add(page, "water")
        else:
            await page.locator("[name='quantity.water']").fill("1")
        await order_button(page).click()
        await number(page)
        await page.wait_for_load_state()
        await page.go_back()
        await expect(page.locator("#water")).to_be_visible()
        await page.context.close()


async def test_without_scripts_the_language_keeps_what_was_typed(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Buttons of the form take the links' place, and a kiosk stays one up to its way back."""
    page = await open_page(restaurant.address, "/?kiosk=1", java_script_enabled=False)
    await page.locator("[name='quantity.water']").fill("2")
    await page.locator("#name").fill("Zoë")
    await expect(page.get_by_role("link", name="Deutsch")).to_be_hidden()
    await page.get_by_role("button", name="Deutsch").click()
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.locator("[name='quantity.water']")).to_have_value("2")
    await expect(page.locator("#name")).to_have_value("Zoë")
    await order_button(page).click()
    await expect(page.locator("kiosk-return")).to_contain_text("Wie es weitergeht")
    await page.locator("kiosk-return a").click()
    await expect(page).to_have_url(f"{restaurant.address}/?kiosk=1")


async def test_what_a_touch_changes_is_said(restaurant: Restaurant, open_page: OpenPage) -> None:
    """Who cannot see hears the dish, how many there are now, and the new sum."""
    page = await open_page(restaurant.address, "/")
    said = page.locator("[data-said]")
    await add(page, "nuggets-6", "nuggets-6")
    await expect(said).to_have_text(f"2 {TIMES} 6 chicken nuggets. Total: €9.60")
    await page.locator("#nuggets-6 .less").click()
    await expect(said).to_have_text(f"1 {TIMES} 6 chicken nuggets. Total: €4.80")
    assert await said.evaluate("said => said.role ?? said.getAttribute('role')") == "status"


async def test_the_question_whether_anybody_is_there_is_answered_by_key(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Enter goes on, Escape too; the focus comes back to where it was."""
    page = await open_page(restaurant.address, "/", viewport=KIOSK, reduced_motion="reduce")
    await page.clock.install()
    await add(page, "cola")
    await page.locator("#cola .more").focus()
    await watched(page)
    for key in ("Enter", "Escape"):
        await page.clock.fast_forward(61_000)
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press(key)
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await expect(page.locator("#cola .more")).to_be_focused()
    await expect_chosen(page, "1 Cola")


@pytest.mark.parametrize("size", ["phone", pytest.param("tablet", marks=pytest.mark.long)])
async def test_what_has_the_focus_is_never_hidden(
    restaurant: Restaurant, open_page: OpenPage, size: str
) -> None:
    """By Tab through the whole page: nothing that sticks covers where one is (WCAG 2.2, 2.4.11)."""
    page = await open_page(restaurant.address, "/", viewport=SIZES[size], reduced_motion="reduce")
    await add(page, "turkey", "shake", "cookie")
    await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    seen = set()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(50):
            await page.keyboard.press(key)
            what, hidden = await page.evaluate(FOCUSED)
            seen.add(what)
            assert not hidden, what
    assert len(seen) > 35


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "ar", "de", "es", "fil"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_state_fits_every_screen_in_every_language(
    restaurant: Restaurant, open_page: OpenPage, size: str, language: str
) -> None:
    """As a kiosk: empty, chosen, largest letters, brought down, and after the order."""
    page = await open_page(restaurant.address, f"/?kiosk=1&lang={language}", viewport=SIZES[size])
    await fits(page)
    await add(page, "cheeseburger", "fries-large", "orange-juice", "cookie")
    await fits(page)
    for touch in ("[data-larger]", "[data-larger]", "[data-low]"):
        await page.locator(touch).click()
        await fits(page)
    await order_button(page).click()
    await number(page)
    await fits(page)


async def fits(page: Page) -> None:
    assert page.viewport_size is not None
    width = page.viewport_size["width"]
    assert width >= await page.evaluate("document.documentElement.scrollWidth")
    assert [] == await violations(page)
