"""The workshop in a browser, with the real processes of `orderup open --workshop`."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests import http
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.sizes import PROJECTOR
from tests.browser.workshop import (
    PHONE,
    STAFF,
    figure,
    sign_in,
    state,
    turn,
    twelve_have_numbers,
)
from tests.restaurant import Restaurant, eventually

WITHIN_MS = 30_000
SALAD = {"items": [{"sku": "garden-salad", "quantity": 1}]}
# Labels of the crew and of the rail that reach over the counter, a stove or another label.
COVERED = """() => {
  const shown = name => [...document.querySelectorAll(name)].filter(part => part.checkVisibility());
  const labels = shown('.crew-bean text, .rail text');
  const things = [...shown('.counter-top, .stove rect'), ...labels];
  const box = part => part.getBoundingClientRect();
  const beside = (a, b) => a.right <= b.left || a.bottom <= b.top;
  const over = (a, b) => a !== b && !beside(box(a), box(b)) && !beside(box(b), box(a));
  return labels.filter(a => things.some(b => over(a, b))).map(label => label.textContent);
}"""


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
    assert await shown_seconds(page, "queue", "number_s") < await shown_seconds(
        page, "one", "eat_s"
    )
    for side in ("one", "queue"):
        assert 0.2 <= await shown_seconds(page, side, "eat_s") < whole_s
    assert await shown_seconds(page, "one", "cashier_s") > await shown_seconds(
        page, "queue", "cashier_s"
    )
    assert [] == await violations(page)


async def test_the_figures_can_be_traced_to_the_access_log(stage: Restaurant) -> None:
    """What the page says of a side is the median of what its requests took, as the server noted them."""
    turn(stage, do="rush")
    eventually(lambda: state(stage)["one"]["ate"] == 12 == state(stage)["queue"]["ate"], 30)
    told = state(stage)
    eventually(lambda: len(noted_s(stage)) == 12)
    took_s = noted_s(stage)
    assert (took_s[5] + took_s[6]) / 2 == pytest.approx(told["one"]["eat_s"]["median"], abs=0.4)
    assert took_s[-1] == pytest.approx(told["one"]["eat_s"]["worst"], abs=0.4)


def noted_s(restaurant: Restaurant) -> list[float]:
    """What the last twelve customers took at the one counter by its access log, the quickest first."""
    log = (restaurant.data / "workshop" / "access.log").read_text()
    requests = re.findall(r'\] (\d+) (\d+) us "(\S+) (\S+) \S+" "customer/(\d+) \((\w+)\)"', log)
    numbers = sorted({int(number) for *_, number, _ in requests})[-12:]
    return sorted(
        int(us) / 1e6
        for status, us, _, path, number, side in requests
        if (status, path, side) == ("200", "/workshop/counter", "one") and int(number) in numbers
    )


async def test_times_from_outside_agree(stage: Restaurant) -> None:
    """Somebody who orders at both counters himself takes as long as the customers of the play."""
    turn(stage, speed="2")
    # The quicker one of two each time: during the other one this machine may have stood still.
    took_s, cooked_s = min(at_the_one_counter(stage) for _ in range(2))
    assert took_s == pytest.approx(cooked_s, abs=0.3)
    assert 1 == pytest.approx(took_s, abs=0.4)
    assert 1 == pytest.approx(min(behind_the_queue_s(stage) for _ in range(2)), abs=0.5)


def at_the_one_counter(restaurant: Restaurant) -> tuple[float, float]:
    """How many seconds a salad took, by our own watch and by the cashier's."""
    began = time.monotonic()
    answer = http.post(f"{restaurant.address}/workshop/counter", json=SALAD, timeout=30)
    took_s = time.monotonic() - began
    assert 200 == answer.status_code
    return took_s, answer.json()["cooked_ms"] / 1000


def behind_the_queue_s(restaurant: Restaurant) -> float:
    placed = http.post(f"{restaurant.address}/api/orders", json=SALAD)
    began = time.monotonic()
    eventually(lambda: restaurant.status(placed.json()["id"]) == "SUCCESS")
    return time.monotonic() - began


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
    """All chapters, figures and display as of loading, what is missing, and buttons that are forms."""
    page = await open_page(
        stage.address,
        "/workshop",
        viewport=PROJECTOR,
        java_script_enabled=False,
        extra_http_headers=STAFF,
    )
    await expect(page.locator("#chapter-4")).to_be_visible()
    await expect(page.locator("[data-figures=queue]")).to_contain_text("0 ate, 0 failed, 0 lost")
    await expect(page.locator("[data-verdict]")).to_be_empty()  # there is no field to fill in
    await expect(page.locator("noscript .notice")).to_contain_text("Without JavaScript")
    turn(stage, paused="true")
    began = time.monotonic()
    turn(stage, do="rush")
    eventually(lambda: twelve_have_numbers(stage))
    whole_s = time.monotonic() - began
    preparing = page.locator("[data-preparing]")  # the page is loaded again every five seconds
    await expect(preparing).to_have_text(re.compile(r"^\d{3} \d{3} \d{3} \+9$"))
    assert 0 < await shown_seconds(page, "queue", "number_s") < whole_s
    turn(stage, paused="false")
    for verb, paused in (("Pause", True), ("Go on", False)):  # as of loading
        await page.get_by_role("button", name=verb).click()
        await expect(page).to_have_url(f"{stage.address}/workshop")
        eventually(lambda paused=paused: state(stage)["controls"]["paused"] is paused)


async def test_no_label_lies_over_a_thing(open_page: OpenPage, stage: Restaurant) -> None:
    """In each of the three vocabularies every label of the pictures stands beside what it names."""
    page = await open_page(stage.address, "/workshop", viewport=PROJECTOR)
    await expect(page.locator("[data-cooks] .crew-bean")).to_have_count(1)
    for words in ("counter", "abstract", "real"):
        await page.locator(f"[name=words][value={words}]").check()
        assert [] == await page.evaluate(COVERED), words


async def test_the_play_fits_on_a_projector(open_page: OpenPage, stage: Restaurant) -> None:
    """Tale, both restaurants and all figures at once; nothing is smaller than it can be read."""
    page = await sign_in(open_page, stage)
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


def test_a_real_restaurant_has_no_workshop(restaurant: Restaurant) -> None:
    """Nothing of it answers but with 404, whoever asks."""
    for path in ("/workshop", "/workshop/events", "/workshop/log"):
        assert 404 == http.get(f"{restaurant.address}{path}", headers=STAFF).status_code
    for path in ("/workshop/counter", "/workshop/controls"):
        assert 404 == http.post(f"{restaurant.address}{path}", headers=STAFF).status_code


def test_the_workshop_keeps_a_store_of_its_own(workshop: Restaurant) -> None:
    """Its data are in a folder of their own, and every key is the workshop's."""
    assert (Path(workshop.data) / "workshop" / "appendonlydir").exists()
    assert ["workshop"] == [entry.name for entry in Path(workshop.data).iterdir()]
    assert os.environ.get("REDIS_URL") is None or workshop.valkey_port
