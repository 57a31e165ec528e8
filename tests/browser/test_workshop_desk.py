"""The presenter's desk of the workshop, on a projector and on a phone, with real processes."""

from __future__ import annotations

import re

from playwright.async_api import ViewportSize, expect

from tests import http
from tests.browser.conftest import OpenPage
from tests.browser.workshop import STAFF, figure, sign_in, state, staying, turn
from tests.restaurant import Restaurant, eventually

WITHIN_MS = 30_000


def set_to(restaurant: Restaurant, **wanted: object) -> bool:
    return wanted.items() <= state(restaurant)["controls"].items()


async def test_controls_turn_while_it_runs(
    open_page: OpenPage, stage: Restaurant, screen: ViewportSize
) -> None:
    """Doors, pause, speed, rate and mix; what is set is shown at another presenter's desk, too."""
    page = await sign_in(open_page, stage, screen=screen)
    other = await open_page(stage.address, "/workshop", viewport=screen, extra_http_headers=STAFF)
    await page.get_by_label("Speed").select_option("0.25")
    await page.get_by_label("Customers a minute").fill("7")
    await page.get_by_label("Turkeys of a hundred").fill("100")
    await page.get_by_role("button", name="Open the doors").click()
    await page.get_by_role("button", name="Pause").click()
    wanted = {"doors_open": True, "paused": True, "speed": 0.25, "per_minute": 7, "turkeys": 100}
    eventually(lambda: set_to(stage, **wanted))
    await expect(other.get_by_label("Speed")).to_have_value("0.25")
    await expect(other.locator("[data-shows=per_minute]")).to_have_text("7")
    await expect(other.locator("[data-shows=turkeys]")).to_have_text("100")
    await other.get_by_role("button", name="Go on").click()
    await other.get_by_role("button", name="Close the doors").click()
    eventually(lambda: set_to(stage, doors_open=False, paused=False))


async def test_customers_come_by_the_bus_and_by_the_door(
    open_page: OpenPage, stage: Restaurant, screen: ViewportSize
) -> None:
    """Twelve at once, or one by one while the doors are open; afresh there is nobody, and no figure."""
    page = await sign_in(open_page, stage, screen=screen)
    in_line = figure(page, "one", "in_line")
    turn(stage, paused="true")
    await page.get_by_role("button", name="A bus arrives").click()
    await expect(in_line).to_have_text("11")  # and one is served
    await page.get_by_role("button", name="Begin afresh").click()
    await expect(in_line).to_have_text("0")
    eventually(lambda: not state(stage)["queue"]["people"])
    turn(stage, paused="false")
    await page.get_by_role("button", name="Open the doors").click()
    await expect(in_line).to_have_text(re.compile("[1-9]"))


async def test_keys_press_the_buttons(open_page: OpenPage, stage: Restaurant) -> None:
    """Those that stand on the buttons, and the full stop of a clicker for the pause."""
    page = await sign_in(open_page, stage)
    for key, wanted in (("o", {"doors_open": True}), (".", {"paused": True})):
        await page.keyboard.press(key)
        eventually(lambda wanted=wanted: set_to(stage, **wanted))
    await page.keyboard.press("r")
    eventually(lambda: len(state(stage)["one"]["people"]) >= 12)
    await page.keyboard.press("+")
    eventually(lambda: staying(stage) == 2)
    await page.keyboard.press("-")
    eventually(lambda: staying(stage) == 1)
    await page.keyboard.press("x")
    eventually(lambda: not state(stage)["one"]["people"])


async def test_cooks_are_hired_and_sent_home(
    open_page: OpenPage, stage: Restaurant, screen: ViewportSize
) -> None:
    """Each is a process that can be seen from outside; the last one sent home is gone."""
    page = await sign_in(open_page, stage, 2, screen)
    beans = page.locator("[data-cooks] .crew-bean")
    await expect(beans).to_have_count(1)
    await page.get_by_role("button", name="Hire a cook").click()
    await expect(beans).to_have_count(2)
    await page.get_by_text("This code", exact=True).click()
    shown_pid = beans.nth(1).locator(".in-real")
    await expect(shown_pid).to_have_text(re.compile(r"pid \d+"))
    shown = await shown_pid.text_content()
    pid = int((shown or "").removeprefix("pid "))
    assert "kitchen" in stage.everybody()[pid]
    await page.get_by_role("button", name="Send one home").click()
    await expect(beans).to_have_count(1, timeout=WITHIN_MS)
    assert pid not in stage.everybody()


def test_only_the_presenter_turns_controls(workshop: Restaurant) -> None:
    """Without the PIN nothing is done; nonsense is refused with what can be set."""
    address = f"{workshop.address}/workshop/controls"
    assert 401 == http.post(address, data={"do": "rush"}).status_code
    assert 401 == http.post(address, data={"fault": "redis"}).status_code
    assert 401 == http.get(f"{workshop.address}/workshop/log").status_code
    refused = http.post(address, data={"speed": "1000"}, headers=STAFF)
    assert 422 == refused.status_code
    assert "0.25" in refused.text
    assert 422 == http.post(address, data={"fault": "everything"}, headers=STAFF).status_code
