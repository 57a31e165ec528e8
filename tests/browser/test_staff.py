"""Signing in, in a real browser: by keyboard, without JavaScript, and by plain http on a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.sizes import SIZES
from tests.restaurant import Restaurant

PIN = "1234"  # of the restaurant


async def type_pin(page: Page, pin: str = PIN) -> None:
    """As somebody does who has only a keyboard: the field has the focus already."""
    await expect(page.locator("#pin")).to_be_focused()
    await page.keyboard.type(pin)
    await page.keyboard.press("Enter")


async def status_of_a_staff_call(page: Page) -> int:
    """What the page's own script is answered, with what the browser sends along by itself."""
    status: int = await page.evaluate(
        """fetch("/api/menu/water", {method: "PUT", body: '{"available": true}',
             headers: {"Content-Type": "application/json"}}).then(answer => answer.status)"""
    )
    return status


@pytest.mark.parametrize("java_script", [True, False])
async def test_the_keyboard_is_enough(
    restaurant: Restaurant, open_page: OpenPage, java_script: bool
) -> None:
    """Type, Enter, and one is where one wanted to go; with or without JavaScript."""
    page = await open_page(
        restaurant.address, "/staff?next=/orders/unknown?lang=de", java_script_enabled=java_script
    )
    await type_pin(page)
    await page.wait_for_url(f"{restaurant.address}/orders/unknown?lang=de")
    await page.goto(f"{restaurant.address}/staff?lang=es")
    await page.get_by_role("button", name="Cerrar sesión").click()
    await expect(page.locator("#pin")).to_be_visible()
    assert [] == await page.context.cookies()


async def test_on_a_network_without_tls_the_session_holds(
    restaurant: Restaurant, open_page: OpenPage
) -> None:
    """Under another name than localhost, by http: the browser keeps the cookie and sends it along,
    shows it to no script, and is not taken for another site.
    """
    address = restaurant.address.replace("127.0.0.1", "counter.test")
    page = await open_page(address, "/staff")
    assert not await page.evaluate("isSecureContext")
    assert 401 == await status_of_a_staff_call(page)
    await type_pin(page)
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert 200 == await status_of_a_staff_call(page)
    assert "" == await page.evaluate("document.cookie")
    (cookie,) = await page.context.cookies()
    assert (True, "Strict", False) == (cookie["httpOnly"], cookie["sameSite"], cookie["secure"])
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("#pin")).to_be_visible()
    assert 401 == await status_of_a_staff_call(page)


@pytest.mark.parametrize("page_of", ["127.0.0.1", "counter.test"])
async def test_another_sites_page_can_do_nothing(
    restaurant: Restaurant, open_page: OpenPage, tmp_path: Path, page_of: str
) -> None:
    """Its form is refused although the browser has a session, by https rules and by http's alike."""
    address = restaurant.address.replace("127.0.0.1", page_of)
    page = await open_page(address, "/staff")
    await type_pin(page)
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    trap = tmp_path / "trap.html"
    trap.write_text(
        f'<form method="post" action="{address}/orders"><input name="quantity.water" value="1">'
        "<button>Win a prize</button></form>"
    )
    stranger = await page.context.new_page()
    await stranger.route("http://evil.example/", lambda route: route.fulfill(path=trap))
    await stranger.goto("http://evil.example/")
    async with stranger.expect_navigation() as answered:
        await stranger.get_by_role("button").click()
    answer = await answered.value
    assert 403 == answer.status
    await expect(stranger.get_by_role("heading")).to_have_text("Sent from another website")


async def test_a_wrong_pin_is_told_and_the_field_is_ready_again(
    own_restaurant: Restaurant, open_page: OpenPage
) -> None:
    """What is wrong and what to do is read out with the field; too often, and a time is named."""
    page = await open_page(own_restaurant.address, "/staff", viewport=SIZES["phone"])
    for n in range(10):
        await type_pin(page, f"432{n}")
        await expect(page.get_by_role("alert")).to_contain_text("This is not the PIN")
        await expect(page.locator("#pin")).to_have_attribute("aria-describedby", "problem")
    assert [] == await violations(page)
    await type_pin(page)
    await expect(page.get_by_role("alert")).to_contain_text("Try again in 15 minutes")
    assert [] == await violations(page)


async def test_everybody_can_sign_in(restaurant: Restaurant, open_page: OpenPage) -> None:
    """axe finds nothing before and after, and a finger hits every button."""
    page = await open_page(restaurant.address, "/staff?lang=ar", viewport=SIZES["tablet"])
    for _ in range(2):
        assert [] == await violations(page)
        heights = await page.locator("button, input:not([type=hidden]), a").evaluate_all(
            "all => all.map(each => each.getBoundingClientRect().height)"
        )
        assert 76 <= min(heights)
        if await page.locator("#pin").count():
            await page.locator("#pin").fill(PIN)
        await page.get_by_role("button").click()


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["en", "ar", "de", "es", "fil"])
async def test_nothing_is_cut_off(
    restaurant: Restaurant, open_page: OpenPage, size: str, lang: str
) -> None:
    """At every size and in every language, and with text twice as large."""
    page = await open_page(restaurant.address, f"/staff?lang={lang}", viewport=SIZES[size])
    for scale in ("100%", "200%"):
        await page.evaluate("size => document.documentElement.style.fontSize = size", scale)
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[size]["width"]
        await expect(page.get_by_role("button")).to_be_visible()
