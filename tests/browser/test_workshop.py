"""The workshop in a browser, with the real processes of `orderup open --workshop`."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.workshop import STAFF, set_up, state, turn
from tests.restaurant import Restaurant, eventually, opened

PROJECTOR = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
WITHIN_MS = 15_000


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restaurant]:
    with opened(tmp_path_factory.mktemp("workshop"), "--workshop", "--staff-pin", "1234") as it:
        yield it


@pytest.fixture
def stage(workshop: Restaurant) -> Restaurant:
    set_up(workshop)
    return workshop


def twelve_have_numbers(restaurant: Restaurant) -> bool:
    people = state(restaurant)["queue"]["people"]
    return len(people) == 12 and all(person["reference"] for person in people)


async def sign_in(open_page: OpenPage, restaurant: Restaurant, chapter: int = 1) -> Page:
    """The presenter's page."""
    page = await open_page(
        restaurant.address, "/staff?next=/workshop", viewport=PROJECTOR, reduced_motion="reduce"
    )
    await page.get_by_label("Staff PIN").fill("1234")
    await page.get_by_role("button", name="Sign in").click()
    await page.goto(f"{restaurant.address}/workshop#chapter-{chapter}")
    await expect(page.locator("[data-figures=one] [data-figure=in_line]")).to_have_text(
        re.compile(r"\d")
    )
    return page


def figure(page: Page, side: str, name: str) -> Any:
    return page.locator(f"[data-figures={side}] [data-figure={name}]")


async def shown_seconds(page: Page, side: str, name: str) -> float:
    """A figure as it stands on the page, in seconds."""
    number, unit = (await figure(page, side, name).inner_text()).split()
    return float(number) / 1000 if unit == "ms" else float(number)


async def test_the_tale_is_told_and_measured(open_page: OpenPage, stage: Restaurant) -> None:
    """A bus of customers comes: all eat on both sides, and the page says how long it took them."""
    page = await sign_in(open_page, stage)
    began = time.monotonic()
    await page.get_by_role("button", name="A bus arrives").click()
    await expect(figure(page, "queue", "number_s")).to_have_text(re.compile(r"s$"))
    for side in ("one", "queue"):
        others = page.locator(f"[data-figures={side}] [data-others]")
        await expect(others).to_have_text("12 ate, 0 failed, 0 lost", timeout=WITHIN_MS)
    whole_s = time.monotonic() - began
    assert await shown_seconds(page, "queue", "number_s") < 1
    for side in ("one", "queue"):
        assert 0.2 <= await shown_seconds(page, side, "eat_s") < whole_s
    assert await shown_seconds(page, "one", "cashier_s") > await shown_seconds(
        page, "queue", "cashier_s"
    )
    assert [] == await violations(page)


async def test_the_figures_can_be_traced_to_the_access_log(stage: Restaurant) -> None:
    """What the page says of a side is the median of what its requests took, as the server noted them."""
    turn(stage, do="rush")
    eventually(lambda: state(stage)["one"]["ate"] == 12 == state(stage)["queue"]["ate"])
    told = state(stage)
    log = (stage.data / "workshop" / "access.log").read_text()
    requests = re.findall(r'\] (\d+) (\d+) us "(\S+) (\S+) \S+" "customer/(\d+) \((\w+)\)"', log)
    numbers = sorted({int(number) for *_, number, _ in requests})[-12:]
    took_s = sorted(
        int(us) / 1e6
        for status, us, _, path, number, side in requests
        if (status, path, side) == ("200", "/workshop/counter", "one") and int(number) in numbers
    )
    assert 12 == len(took_s)
    assert (took_s[5] + took_s[6]) / 2 == pytest.approx(told["one"]["eat_s"]["median"], abs=0.15)
    assert took_s[-1] == pytest.approx(told["one"]["eat_s"]["worst"], abs=0.15)


async def test_times_from_outside_agree(stage: Restaurant) -> None:
    """Somebody who orders at both counters himself takes as long as the customers of the play."""
    order = {"items": [{"sku": "garden-salad", "quantity": 1}]}
    turn(stage, speed="2")
    began = time.monotonic()
    answer = httpx.post(f"{stage.address}/workshop/counter", json=order, timeout=10)
    took_s = time.monotonic() - began
    assert 200 == answer.status_code
    assert took_s == pytest.approx(answer.json()["cooked_ms"] / 1000, abs=0.3)
    assert 1 == pytest.approx(took_s, abs=0.4)
    placed = httpx.post(f"{stage.address}/api/orders", json=order)
    began = time.monotonic()
    eventually(lambda: stage.status(placed.json()["id"]) == "SUCCESS")
    assert 1 == pytest.approx(time.monotonic() - began, abs=0.5)


async def test_controls_turn_while_it_runs(open_page: OpenPage, stage: Restaurant) -> None:
    """Doors, pause, speed, rate and mix; what is set is shown to every viewer."""
    page = await sign_in(open_page, stage)
    await page.get_by_role("button", name="Open the doors").click()
    await expect(page.get_by_role("button", name="Close the doors")).to_be_visible()
    await page.get_by_label("Speed").select_option("0.25")
    await page.get_by_label("Turkeys of a hundred").fill("100")
    await page.keyboard.press("Tab")
    await page.keyboard.press("b")
    await expect(page.get_by_role("button", name="Go on")).to_be_visible()
    wanted = {"doors_open": True, "paused": True, "speed": 0.25, "turkeys": 100}
    eventually(lambda: wanted.items() <= state(stage)["controls"].items())


async def test_cooks_are_hired_and_sent_home(open_page: OpenPage, stage: Restaurant) -> None:
    """Each is a process that can be seen from outside; the last one sent home is gone."""
    page = await sign_in(open_page, stage, chapter=2)
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


async def test_a_cook_is_killed_in_the_middle(open_page: OpenPage, stage: Restaurant) -> None:
    """The process is another one afterwards, and every number in the customers' hands still counts."""
    turn(stage, paused="true")
    turn(stage, do="rush")
    page = await sign_in(open_page, stage, chapter=5)
    await expect(page.locator("[data-cooks] .pot")).to_have_count(1, timeout=WITHIN_MS)
    before = state(stage)["cooks"][0]["pid"]
    await page.get_by_role("button", name="Kill a cook").click()
    eventually(lambda: state(stage)["cooks"][0]["pid"] != before)
    assert before not in stage.everybody()
    await expect(page.locator("[data-counted]")).to_contain_text("Lost: nothing.")
    await expect(page.locator("[data-news]")).to_contain_text(f"Process {before} was killed")
    turn(stage, paused="false")
    eventually(lambda: not state(stage)["queue"]["people"], 25)  # all have eaten
    assert "Traceback" not in stage.log()


async def test_redis_is_pulled_out_and_put_back(open_page: OpenPage, stage: Restaurant) -> None:
    """Its port refuses, the page lives on; put back, the book knows every number."""
    turn(stage, paused="true")
    turn(stage, do="rush")
    page = await sign_in(open_page, stage, chapter=5)
    eventually(lambda: twelve_have_numbers(stage))
    await page.get_by_role("button", name="Pull out Redis").click()
    await expect(page.locator("[data-counted]")).to_contain_text("Redis is out")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", stage.valkey_port), timeout=1)
    assert state(stage)["redis_is_out"]
    await page.get_by_role("button", name="Put Redis back").click()
    counted = page.locator("[data-counted]")
    await expect(counted).to_contain_text("Lost: nothing.", timeout=WITHIN_MS)
    assert "12 before, 12 still" in await counted.inner_text()
    turn(stage, paused="false")
    eventually(lambda: not state(stage)["queue"]["people"], 25)  # all have eaten
    assert "Traceback" not in stage.log()


async def test_the_web_server_is_killed(open_page: OpenPage, stage: Restaurant) -> None:
    """The page comes back by itself; the line of the one counter is gone, no number is."""
    turn(stage, paused="true")
    turn(stage, do="rush")
    page = await sign_in(open_page, stage, chapter=5)
    eventually(lambda: twelve_have_numbers(stage))
    before = state(stage)["web_pid"]
    await page.get_by_role("button", name="Kill the web server").click()
    await expect(page.locator("[data-news]")).to_contain_text(f"{before} →", timeout=WITHIN_MS)
    assert before not in stage.everybody()
    counted = page.locator("[data-counted]")
    await expect(counted).to_contain_text("Lost: nothing.", timeout=WITHIN_MS)
    await expect(counted).to_contain_text("12 lost their place")


async def test_viewers_are_cut_off_and_come_back(open_page: OpenPage, stage: Restaurant) -> None:
    """The connection is closed, and the page connects again and shows what is."""
    page = await sign_in(open_page, stage, chapter=5)
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
    eventually(
        lambda: not state(stage)["one"]["people"] and not state(stage)["queue"]["people"], 30
    )
    told = state(stage)
    assert 12 == told["one"]["ate"] + told["one"]["failed"]
    assert 12 == told["queue"]["ate"] + told["queue"]["failed"]
    assert told["queue"]["failed"] <= told["one"]["failed"]


async def test_the_xray_follows_one_order(open_page: OpenPage, stage: Restaurant) -> None:
    """From the request to the last frame, each step with its source; nothing private is shown."""
    page = await sign_in(open_page, stage, chapter=4)
    await page.get_by_role("button", name="Follow the next order").click()
    await expect(page.locator("[data-xray-state]")).to_have_text("Waiting for the next customer.")
    turn(stage, do="rush")
    ledger = page.locator("[data-ledger]")
    for text in (
        "POST /api/orders",
        "EVALSHA place",
        "PUBLISH",
        "EVALSHA claim",
        "EVALSHA move",
        "event on /board/events",
        "orders/scripts/place.lua",
        "orders/cooking.py Cooking.claim",
    ):
        await expect(ledger).to_contain_text(text, timeout=WITHIN_MS)
    whole = await ledger.inner_text()
    assert "1234" not in re.sub(r"\d{5,}", "", whole)
    assert "cookie_secret" not in whole
    assert set(re.findall(r"orderup:(\w+):", whole)) == {"workshop"}
    assert [] == await violations(page)


async def test_learners_fill_in_the_table_first(open_page: OpenPage, workshop: Restaurant) -> None:
    """The answers are shown only when every field is filled in; anybody may, without the PIN."""
    page = await open_page(workshop.address, "/workshop#chapter-3", viewport=PHONE)
    show = page.get_by_role("button", name="Show the answers")
    await expect(show).to_be_disabled()
    assert 0 == await page.get_by_role("button", name="A bus arrives").count()
    for choice in await page.locator("#mapping select").all():
        await choice.select_option(index=1)
    await show.click()
    await expect(page.locator("[data-verdict]")).to_have_text("2 of 10 are as we call them.")
    await expect(page.locator("#mapping")).to_contain_text("→ message queue")
    assert [] == await violations(page)


async def test_a_clicker_turns_the_chapters(open_page: OpenPage, workshop: Restaurant) -> None:
    """Page Down and Page Up, and nothing beyond the first and the last."""
    page = await open_page(workshop.address, "/workshop", viewport=PROJECTOR)
    await expect(page.locator("#chapter-1")).to_be_visible()
    for _ in range(7):
        await page.keyboard.press("PageDown")
    await expect(page.locator("#chapter-6")).to_be_visible()
    await page.keyboard.press("PageUp")
    await expect(page.locator("#chapter-5")).to_be_visible()
    await expect(page.locator("#chapter-6")).to_be_hidden()


async def test_without_a_script_the_page_tells_the_figures(
    open_page: OpenPage, stage: Restaurant
) -> None:
    """All chapters, the figures as of loading, and buttons that are forms."""
    page = await open_page(
        stage.address,
        "/workshop",
        viewport=PROJECTOR,
        java_script_enabled=False,
        extra_http_headers=STAFF,
    )
    await expect(page.locator("#chapter-4")).to_be_visible()
    await expect(page.locator("[data-figures=queue]")).to_contain_text("0 ate, 0 failed, 0 lost")
    await page.get_by_role("button", name="Pause").click()
    await expect(page).to_have_url(f"{stage.address}/workshop")
    eventually(lambda: state(stage)["controls"]["paused"])


async def test_the_play_fits_on_a_projector(open_page: OpenPage, workshop: Restaurant) -> None:
    """Tale, both restaurants and all figures at once; nothing is smaller than it can be read."""
    page = await sign_in(open_page, workshop)
    for side in ("one", "queue"):
        box = await page.locator(f"[data-figures={side}]").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PROJECTOR["height"]
    sizes = await page.locator(".figures dd > span:first-child").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 18
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PROJECTOR["width"]


def test_only_the_presenter_turns_controls(workshop: Restaurant) -> None:
    """Without the PIN nothing is done; nonsense is refused with what can be set."""
    address = f"{workshop.address}/workshop/controls"
    assert 401 == httpx.post(address, data={"do": "rush"}).status_code
    assert 401 == httpx.post(address, data={"fault": "redis"}).status_code
    assert 401 == httpx.get(f"{workshop.address}/workshop/log").status_code
    refused = httpx.post(address, data={"speed": "1000"}, headers=STAFF)
    assert 422 == refused.status_code
    assert "0.25" in refused.text
    assert 422 == httpx.post(address, data={"fault": "everything"}, headers=STAFF).status_code


def test_a_real_restaurant_has_no_workshop(restaurant: Restaurant) -> None:
    """Nothing of it answers but with 404, whoever asks."""
    for path in ("/workshop", "/workshop/events", "/workshop/log"):
        assert 404 == httpx.get(f"{restaurant.address}{path}", headers=STAFF).status_code
    for path in ("/workshop/counter", "/workshop/controls"):
        assert 404 == httpx.post(f"{restaurant.address}{path}", headers=STAFF).status_code


def test_the_workshop_keeps_a_store_of_its_own(workshop: Restaurant) -> None:
    """Its data are in a folder of their own, and every key is the workshop's."""
    assert (Path(workshop.data) / "workshop" / "appendonlydir").exists()
    assert ["workshop"] == [entry.name for entry in Path(workshop.data).iterdir()]
    assert os.environ.get("REDIS_URL") is None or workshop.valkey_port
