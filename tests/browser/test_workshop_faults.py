"""What breaks in the workshop: the real fault on the real processes, and the count afterwards."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests import http
from tests.browser.conftest import OpenPage
from tests.browser.workshop import STAFF, sign_in, state, turn, twelve_have_numbers
from tests.restaurant import Restaurant, eventually
from web.workshop.mistakes import NO_COOK, NO_SCREEN

WITHIN_MS = 30_000


async def with_twelve_waiting(open_page: OpenPage, stage: Restaurant, screen: ViewportSize) -> Page:
    """The presenter's page, and twelve customers with a number while nothing gets ready."""
    turn(stage, paused="true")
    turn(stage, do="rush")
    page = await sign_in(open_page, stage, 5, screen)
    eventually(lambda: twelve_have_numbers(stage))
    return page


def all_eat(restaurant: Restaurant) -> None:
    """The pause is over, and nobody is left who waits."""
    turn(restaurant, paused="false")
    eventually(lambda: not state(restaurant)["queue"]["people"], 40)
    assert "Traceback" not in restaurant.log()


async def test_a_cook_is_killed_in_the_middle(
    open_page: OpenPage, stage: Restaurant, screen: ViewportSize
) -> None:
    """The process is another one afterwards, and every number in the customers' hands still counts."""
    page = await with_twelve_waiting(open_page, stage, screen)
    await expect(page.locator("[data-cooks] .pot")).to_have_count(1, timeout=WITHIN_MS)
    before = state(stage)["cooks"][0]["pid"]
    await page.get_by_role("button", name="Kill a cook").click()
    eventually(lambda: state(stage)["cooks"][0]["pid"] != before)
    assert before not in stage.everybody()
    await expect(page.locator("[data-counted]")).to_contain_text("Lost: nothing.")
    await expect(page.locator("[data-news]")).to_contain_text(f"Process {before} was killed")
    all_eat(stage)


async def test_redis_is_pulled_out_and_put_back(
    open_page: OpenPage, stage: Restaurant, screen: ViewportSize
) -> None:
    """Its port refuses, the page lives on; put back, the book knows every number."""
    page = await with_twelve_waiting(open_page, stage, screen)
    await page.get_by_role("button", name="Pull out Redis").click()
    await expect(page.locator("[data-counted]")).to_contain_text("Redis is out")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", stage.valkey_port), timeout=1)
    assert state(stage)["redis_is_out"]
    await page.get_by_role("button", name="Put Redis back").click()
    counted = page.locator("[data-counted]")
    await expect(counted).to_contain_text("Lost: nothing.", timeout=WITHIN_MS)
    before, still = map(
        int, re.findall(r"(\d+) before, (\d+) still", await counted.inner_text())[0]
    )
    assert 12 <= before == still
    all_eat(stage)


async def test_the_web_server_is_killed(
    open_page: OpenPage, stage: Restaurant, screen: ViewportSize
) -> None:
    """The page comes back by itself; the line of the one counter is gone, no number is."""
    page = await with_twelve_waiting(open_page, stage, screen)
    before = state(stage)["web_pid"]
    await page.get_by_role("button", name="Kill the web server").click()
    await expect(page.locator("[data-news]")).to_contain_text(f"{before} →", timeout=WITHIN_MS)
    assert before not in stage.everybody()
    counted = page.locator("[data-counted]")
    await expect(counted).to_contain_text("Lost: nothing.", timeout=WITHIN_MS)
    await expect(counted).to_contain_text("12 lost their place")


async def test_viewers_are_cut_off_and_come_back(
    open_page: OpenPage, stage: Restaurant, screen: ViewportSize
) -> None:
    """The connection is closed, and the page connects again and shows what is."""
    page = await sign_in(open_page, stage, 5, screen)
    async with page.expect_event(
        "requestfinished", lambda request: request.url.endswith("/workshop/events")
    ):
        await page.get_by_role("button", name="Cut the viewers off").click()
    await expect(page.locator("[data-news]")).to_contain_text("were cut", timeout=WITHIN_MS)


@pytest.mark.long
async def test_burnt_dishes_are_cooked_again_behind_the_queue(stage: Restaurant) -> None:
    """On the left a customer is sent away hungry; on the right the order is tried again."""
    turn(stage, failing="true")
    turn(stage, do="rush")
    eventually(lambda: 12 == served(stage, "one") == served(stage, "queue"), 30)
    told = state(stage)
    assert told["queue"]["failed"] <= told["one"]["failed"]


def test_that_nobody_cooks_is_said(stage: Restaurant) -> None:
    """While customers wait for it: that a cook is to be hired, or a kitchen screen to be opened."""
    turn(stage, do="send-home")
    eventually(lambda: not state(stage)["cooks"])
    assert [] == state(stage)["mistakes"]
    turn(stage, do="rush")
    eventually(lambda: [NO_COOK] == state(stage)["mistakes"])
    turn(stage, people_cook="true")
    eventually(lambda: [NO_SCREEN] == state(stage)["mistakes"])
    turn(stage, people_cook="false")
    turn(stage, do="hire")
    eventually(lambda: [] == state(stage)["mistakes"])


def served(restaurant: Restaurant, counter: str) -> int:
    """How many customers of this counter ate or were sent away."""
    told = state(restaurant)[counter]
    return int(told["ate"] + told["failed"])


async def test_the_fryer_is_slow_and_mended(
    open_page: OpenPage, stage: Restaurant, screen: ViewportSize
) -> None:
    """Fries take five times as long at both counters, and a salad as long as ever."""
    page = await sign_in(open_page, stage, 5, screen)
    usual_ms = quickest_ms(stage, "fries-small")
    await page.get_by_role("button", name="The fryer is slow").click()
    mend = page.get_by_role("button", name="Mend the fryer")
    await expect(mend).to_be_visible()
    slow_ms = at_one_counter(stage, "fries-small")["cooked_ms"]
    assert usual_ms < 1_000 < slow_ms
    assert quickest_ms(stage, "garden-salad") < 1_000
    fries = cooked_by_the_crew(stage, "fries-small")
    assert 1_000 < fries["ready_ms"] - fries["started_ms"]
    await mend.click()
    await expect(page.get_by_role("button", name="The fryer is slow")).to_be_visible()
    assert quickest_ms(stage, "fries-small") < 1_000


async def test_one_dish_in_three_burns(
    open_page: OpenPage, stage: Restaurant, screen: ViewportSize
) -> None:
    """At the one counter a customer is sent away without a meal; behind the queue the dish is cooked
    again, and the number in hand is still good.
    """
    page = await sign_in(open_page, stage, 5, screen)
    await page.get_by_role("button", name="One dish in three burns").click()
    stop = page.get_by_role("button", name="Burn no more")
    await expect(stop).to_be_visible()
    sent_away = eventually(lambda: at_one_counter(stage, "garden-salad").get("error"), 25)
    assert "garden-salad is burnt" in sent_away
    order = eventually(lambda: once_burnt(stage), 40)
    assert "is burnt" in str(order["history"])
    await stop.click()
    eventually(lambda: not state(stage)["controls"]["failing"])
    assert [] == [n for n in range(6) if "error" in at_one_counter(stage, "garden-salad")]


def quickest_ms(restaurant: Restaurant, sku: str) -> int:
    """How long this takes where the cashier cooks; in one of two tries the machine may stand still."""
    return min(at_one_counter(restaurant, sku)["cooked_ms"] for _ in range(2))


def at_one_counter(restaurant: Restaurant, sku: str) -> dict[str, Any]:
    """What somebody is answered who orders this where the cashier cooks."""
    order = {"items": [{"sku": sku, "quantity": 1}]}
    answer = http.post(f"{restaurant.address}/workshop/counter", json=order, timeout=30)
    assert answer.status_code in {200, 500}
    return dict(answer.json())


def cooked_by_the_crew(restaurant: Restaurant, sku: str) -> dict[str, Any]:
    """The order of somebody who ordered this where he gets a number, when it is over."""
    wanted = {"items": [{"sku": sku, "quantity": 1}]}
    placed = http.post(f"{restaurant.address}/api/orders", json=wanted, headers=STAFF).json()
    where = f"{restaurant.address}/api/orders/{placed['id']}"

    def over() -> dict[str, Any] | None:
        order = dict(http.get(where, headers=STAFF).json())
        return order if order["status"] in {"SUCCESS", "FAILURE"} else None

    return eventually(over, 15)


def once_burnt(restaurant: Restaurant) -> dict[str, Any] | None:
    """One more order, if it was cooked in more than one attempt."""
    order = cooked_by_the_crew(restaurant, "garden-salad")
    return order if order["status"] == "SUCCESS" and order["attempt"] > 1 else None
