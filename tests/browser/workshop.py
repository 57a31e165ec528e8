"""What the tests of the workshop do again and again: turn a control, read the play, sign in."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
from playwright.async_api import Locator, Page, ViewportSize, expect

from tests import http
from tests.browser.sizes import PROJECTOR, SIZES
from tests.restaurant import Restaurant, eventually

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage

STAFF = {"Authorization": "Bearer 1234"}
PHONE = SIZES["phone"]


def turn(restaurant: Restaurant, **wish: str) -> None:
    """Turn a control as the presenter does, who has signed in before Redis is out."""
    answer = http.post(
        f"{restaurant.address}/workshop/controls",
        data=wish,
        cookies=session(restaurant),
        headers={"Accept": "application/json"},
        timeout=30,
    )
    assert answer.status_code == 204, answer.text


@cache
def session(restaurant: Restaurant) -> httpx.Cookies:
    """The presenter's session."""
    answer = http.post(f"{restaurant.address}/staff", data={"pin": "1234"}, timeout=30)
    assert answer.status_code == 303, answer.text
    return answer.cookies


def state(restaurant: Restaurant) -> dict[str, Any]:
    """The state of the play, as the next frame of its stream tells it."""
    with http.stream("GET", f"{restaurant.address}/workshop/events", timeout=30) as response:
        for line in response.iter_lines():
            if line.startswith("data: ") and '"controls"' in line:
                return dict(json.loads(line.removeprefix("data: ")))
    raise AssertionError("the stream told nothing")


def staying(restaurant: Restaurant) -> int:
    """How many cooks are there and not on the way out."""
    return sum(not cook["leaving"] for cook in state(restaurant)["cooks"])


def twelve_have_numbers(restaurant: Restaurant) -> bool:
    people = state(restaurant)["queue"]["people"]
    return len(people) == 12 and all(person["reference"] for person in people)


def set_up(restaurant: Restaurant) -> None:
    """Nobody is in the hall, and all is as at first but faster; one cook is there."""
    switches = ("doors_open", "paused", "slow_fryer", "failing", "people_cook", "laptops")
    turn(restaurant, **dict.fromkeys(switches, "false"), speed="10", per_minute="40", turkeys="0")
    turn(restaurant, do="reset")
    for number in range(staying(restaurant), 1, -1):
        turn(restaurant, do="send-home")
        eventually(lambda number=number: staying(restaurant) < number)  # else one too many would go
    eventually(lambda: len(state(restaurant)["cooks"]) == 1)
    eventually(lambda: state(restaurant)["queue"]["people"] == [])


async def sign_in(
    open_page: OpenPage,
    restaurant: Restaurant,
    chapter: int = 1,
    screen: ViewportSize = PROJECTOR,
) -> Page:
    """The presenter's page."""
    page = await open_page(
        restaurant.address, "/staff?next=/workshop", viewport=screen, reduced_motion="reduce"
    )
    await page.get_by_label("Staff PIN").fill("1234")
    async with page.expect_navigation():  # else the next one may come before the session
        await page.get_by_role("button", name="Sign in").click()
    await page.goto(f"{restaurant.address}/workshop#chapter-{chapter}")
    await expect(figure(page, "one", "in_line")).to_have_text(re.compile(r"\d"))
    return page


def figure(page: Page, side: str, name: str) -> Locator:
    return page.locator(f"[data-figures={side}] [data-figure={name}]")
