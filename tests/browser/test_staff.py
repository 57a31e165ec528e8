"""Signing in, in a real browser: by keyboard, without JavaScript, and by plain http on a network."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from playwright.async_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.sizes import PROJECTOR, SIZES
from tests.restaurant import ORDERUP, Restaurant, eventually

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


async def test_signing_in_needs_no_scrolling(restaurant: Restaurant, open_page: OpenPage) -> None:
    """On a small laptop the whole page is on the screen, with the choice of languages at its end."""
    page = await open_page(restaurant.address, "/staff?lang=de", viewport=PROJECTOR)
    await expect(page.get_by_role("link", name="Filipino")).to_be_in_viewport(ratio=1)


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


@pytest.fixture
def by_https(restaurant: Restaurant, tmp_path: Path) -> Iterator[str]:
    """A second counter of the same store, with TLS and a certificate that nobody believes."""
    told, pem = tmp_path / "told", tmp_path / "pem"
    trustme.CA().issue_cert("counter.test").private_key_and_cert_chain_pem.write_to_path(pem)
    redis_url = f"redis://127.0.0.1:{restaurant.valkey_port}/0"
    flags = ["--redis-url", redis_url, "--port", "0", "--certfile", str(pem), "--keyfile", str(pem)]
    command = [sys.executable, str(ORDERUP), "web", *flags, "--staff-pin", PIN]
    with told.open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        found = eventually(lambda: re.search(r"kiosk +(https://\S+)/", told.read_text()))
        yield found[1].replace("127.0.0.1", "counter.test")
    finally:
        process.kill()
        process.wait(timeout=10)


async def test_by_http_and_https_under_one_name_both_sign_ins_hold(
    restaurant: Restaurant, by_https: str, browser: Browser
) -> None:
    """Whoever was there by https can sign in by http as well, and neither ends the other."""
    by_http = restaurant.address.replace("127.0.0.1", "counter.test")
    page = await browser.new_page(ignore_https_errors=True)
    await page.goto(f"{by_https}/staff")
    await type_pin(page)
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    await page.goto(f"{by_http}/staff")
    await type_pin(page)
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    for address in (by_http, by_https):
        await page.goto(f"{address}/staff")
        await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        assert 200 == await status_of_a_staff_call(page)
    assert [False, True] == sorted(cookie["secure"] for cookie in await page.context.cookies())


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
        async with page.expect_navigation():  # the page before looks the same
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
    await everybody_can_use(page)
    await page.locator("#pin").fill(PIN)
    async with page.expect_navigation():
        await page.get_by_role("button").click()
    await expect(page.locator("#pin")).to_have_count(0)
    await everybody_can_use(page)


async def everybody_can_use(page: Page) -> None:
    assert [] == await violations(page)
    heights = await page.locator("button, input:not([type=hidden]), a").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert 76 <= min(heights)


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
