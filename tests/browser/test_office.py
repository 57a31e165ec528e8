"""The office in a real browser: three kitchens, five hundred orders, and who watches over them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from orders.states import Status
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.sizes import SIZES
from tests.browser.ticket import book_of
from tests.conftest import Server
from tests.restaurant import Parts, Restaurant, eventually, on_duty
from tests.web.test_office_actions import brought_to

STAFF = {"Authorization": "Bearer 1234"}
LAPTOP = {"width": 1280, "height": 800}
ORDERS = 500
LOST_MS = 45_000  # a cook is missed after four seconds; a busy machine may take longer
OPEN_WITHIN_S = 30  # four processes begin at the same time
ROWS = "#orders tbody tr"
NUGGETS = {"items": [{"sku": "nuggets-6", "quantity": 1}]}
WATER = {"items": [{"sku": "water", "quantity": 1}]}

# Of a chart: the last number of the first column, and how high its point is drawn, by the chart's scale.
LAST_POINT = """chart => {
  const [bottom, ...others] = [...chart.querySelectorAll(".grid")].map(line => +line.getAttribute("y1"));
  const label = [...chart.querySelectorAll("text[text-anchor=end]")].at(-1).textContent;
  const high = bottom - chart.querySelector(".dot-0").getAttribute("cy");
  const stands = +chart.querySelector("tbody tr:last-child td").textContent;
  return [stands, label.replace(',', '') * high / (bottom - others.at(-1))];
}"""


class House:
    """A counter with three kitchens, on the Valkey of this run, and what the tests did to it."""

    def __init__(self, parts: Parts, redis_url: str) -> None:
        self.kitchens = [self._kitchen(parts, redis_url) for _ in range(3)]
        self.address = parts.web(redis_url)
        self.api = httpx.Client(base_url=self.address, headers=STAFF, timeout=30)
        signed_in = self.api.post("/staff", data={"pin": "1234"})
        self.cookies = [
            {"name": name, "value": value, "url": self.address}
            for name, value in signed_in.cookies.items()
        ]
        eventually(lambda: self.on_shift() == len(self.kitchens), OPEN_WITHIN_S)

    @staticmethod
    def _kitchen(parts: Parts, redis_url: str) -> subprocess.Popen[bytes]:
        return parts.kitchen(redis_url, "--cooks", "2", "--speed", "50")

    def crew(self) -> list[dict[str, Any]]:
        return list(self.api.get("/api/kitchen").json()["crew"])

    def on_shift(self) -> int:
        return on_duty(self.crew())

    def tell(self, **told: Any) -> None:
        assert 200 == self.api.put("/api/kitchen", json=told).status_code

    def place(self, number: int, order: dict[str, Any]) -> list[dict[str, Any]]:
        placed: list[dict[str, Any]] = []
        while len(placed) < number:
            wanted = [order] * min(100, number - len(placed))
            answer = self.api.post("/api/orders/batch", json={"orders": wanted})
            assert 201 == answer.status_code, answer.text
            placed += answer.json()["orders"]
        return placed

    def status(self, order_id: str) -> str:
        return str(self.api.get(f"/api/orders/{order_id}").json()["status"])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, valkey: Server) -> Iterator[House]:
    parts = Parts(tmp_path_factory.mktemp("office"))
    try:
        house = House(parts, valkey.url)
        yield house
        house.api.close()
    finally:
        parts.clear()


async def open_office(open_page: OpenPage, house: House, query: str = "", **window: Any) -> Page:
    """The office in a window of its own, where the staff have signed in before."""
    window = {"viewport": LAPTOP, "storage_state": {"cookies": house.cookies}} | window
    page = await open_page(house.address, f"/office{query}", **window)
    if window.get("java_script_enabled", True):
        await expect(page.locator("[data-link=live]")).to_be_visible()
    return page


@pytest.mark.timeout(180)
async def test_the_staff_watch_over_a_rush(house: House, open_page: OpenPage) -> None:
    """Five hundred orders: paused, searched, cancelled in bulk after a preview, resumed with more hands,
    and the whole way of one of them told.
    """
    page = await open_office(open_page, house)
    await expect(page.locator(".cook")).to_have_count(3)
    for fact in ("heard", "busy", "host", "since", "version"):
        await expect(page.locator(f"[data-fact={fact}] b").first).to_have_text(re.compile(r"\w"))
    await page.get_by_role("button", name="Pause the kitchen").click()
    await expect(page.locator("[data-paused]")).to_be_visible()
    placed = house.place(ORDERS, NUGGETS)
    await expect(page.locator("[data-tile='PENDING RETRY']")).to_have_text(str(ORDERS))
    await expect(page.locator(ROWS)).to_have_count(25)
    assert [] == await violations(page)

    await page.get_by_label("Number or id").fill(placed[-1]["reference"])
    await page.keyboard.press("Enter")
    await expect(page.locator(ROWS)).to_have_count(1)
    await page.get_by_label("Number or id").fill("")
    await page.locator("[name=status]").select_option(label="Waiting")
    await page.get_by_role("button", name="Search").click()
    await expect(page.locator(ROWS)).to_have_count(25)
    await _cancel(page, house, [await _row_s_order(page, at) for at in range(3)])

    await page.get_by_label("Orders at once, in each kitchen").fill("20")
    await page.get_by_role("button", name="Set").first.click()
    await expect(page.locator("[data-fact=busy]", has_text="/ 20")).to_have_count(3)
    await page.get_by_role("button", name="Resume the kitchen").click()
    await expect(page.locator("[data-paused]")).to_be_hidden()
    waiting = page.locator("[data-tile='PENDING RETRY']")
    await expect(waiting).to_have_text("0", timeout=90_000)
    await expect(page.locator("[data-tile='SUCCESS']")).to_have_text(str(ORDERS - 3))
    house.tell(cooks=None)

    await page.goto(f"{house.address}/office/orders/{placed[0]['id']}")
    for words in ("Waiting", "Cooking", "Ready", "cook:"):
        await expect(page.locator("tbody")).to_contain_text(words)
    assert [] == await violations(page)
    await page.get_by_role("button", name="Collected").click()
    await expect(page.locator(".order-state")).to_have_text("Collected")
    assert "COLLECTED" == house.status(placed[0]["id"])


async def _row_s_order(page: Page, at: int) -> str:
    return await page.locator(ROWS).nth(at).get_attribute("data-order") or ""


async def _cancel(page: Page, house: House, ids: list[str]) -> None:
    """In bulk: nothing happens before the preview was confirmed."""
    for order_id in ids:
        await page.locator(f"[data-order='{order_id}'] [data-pick]").check()
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("[data-count]")).to_contain_text(f"Orders that change: {len(ids)}.")
    assert {"PENDING"} == {house.status(order_id) for order_id in ids}
    await page.get_by_role("button", name="Do it").click()
    await expect(page.locator("[data-done]:visible")).to_have_text(f"Orders changed: {len(ids)}.")
    assert {"REVOKED"} == {house.status(order_id) for order_id in ids}


async def test_each_action_is_done_to_many(own_stove: Restaurant, open_page: OpenPage) -> None:
    """Those that it does not fit stay as they are, and the preview says so."""
    page = await open_page(own_stove.address, "/office", viewport=LAPTOP, extra_http_headers=STAFF)
    async with book_of(own_stove) as book:
        other = await brought_to(book, Status.PENDING)
        for action, source, target in (
            ("Ready", Status.STARTED, Status.SUCCESS),
            ("Collected", Status.SUCCESS, Status.COLLECTED),
            ("Recall", Status.COLLECTED, Status.SUCCESS),
            ("Cook again", Status.FAILURE, Status.PENDING),
        ):
            meant = [await brought_to(book, source) for _ in range(2)]
            for order in (*meant, other):
                await page.locator(f"[data-order='{order.id}'] [data-pick]").check()
            await page.locator("[data-action]").select_option(label=action)
            await page.get_by_role("button", name="Preview").click()
            await expect(page.locator("[data-count]")).to_have_text(
                "Orders that change: 2. Orders that stay as they are: 1."
            )
            await page.get_by_role("button", name="Do it").click()
            await expect(page.locator("[data-done]:visible")).to_have_text("Orders changed: 2.")
            found = [await book.order(order.id) for order in meant]
            assert [(target, "staff")] * 2 == [(o.status, o.history[-1].by) for o in found]
        assert Status.PENDING is (await book.order(other.id)).status


async def test_what_is_shown_follows_what_happens(house: House, open_page: OpenPage) -> None:
    """A new order appears in the list, and its row tells what becomes of it; menu and schedule follow
    too, all without loading again.
    """
    page = await open_office(open_page, house)
    await page.evaluate("window.notLoadedAgain = true")
    turkey = page.locator("#menu li", has_text="Roast turkey").locator("[name=available]")
    report = page.locator("#schedule tr", has_text="Report of the day").locator("td").first
    before = await report.text_content() or ""
    house.api.put("/api/menu/turkey", json={"available": False}).raise_for_status()
    house.api.post("/api/schedule/report/run").raise_for_status()
    [water] = house.place(1, WATER)
    row = page.locator(f"[data-order='{water['id']}']")
    await expect(row.locator("[data-state]")).to_have_text("Ready")
    answer = house.api.put(f"/api/orders/{water['id']}/status", json={"status": "COLLECTED"})
    assert 200 == answer.status_code
    await expect(row.locator("[data-state]")).to_have_text("Collected")
    await expect(turkey).to_have_attribute("aria-pressed", "true")
    await expect(report).not_to_have_text(before)
    assert await page.evaluate("window.notLoadedAgain")


async def test_the_charts_are_drawn_from_their_tables(house: House, open_page: OpenPage) -> None:
    """Each chart has a table beside it, and draws what stands there; a phone has room for all of it."""
    house.place(1, WATER)
    page = await open_office(open_page, house, "?range=day", viewport=SIZES["phone"])
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await expect(page.locator("office-chart")).to_have_count(8)
    await expect(page.locator("office-chart svg .line-0").first).to_be_attached()
    table = page.locator("#numbers table").first
    placed = await table.locator("tbody td:first-of-type").all_text_contents()
    assert sum(int(number or 0) for number in placed) >= 1
    stands, drawn = await page.locator("office-chart").first.evaluate(LAST_POINT)
    assert stands == pytest.approx(drawn)
    await page.locator("#numbers summary").first.click()
    await expect(table).to_be_visible()
    assert [] == await violations(page)


@pytest.mark.parametrize("java_script_enabled", [False])
async def test_without_javascript_the_page_is_true_as_of_loading(
    house: House, open_page: OpenPage, java_script_enabled: bool
) -> None:
    """Crew, numbers and orders are there, the search and the pause work by forms."""
    [water] = house.place(1, WATER)
    page = await open_office(open_page, house, java_script_enabled=java_script_enabled)
    await expect(page.locator(".cook")).to_have_count(3)
    await page.get_by_label("Number or id").fill(water["reference"])
    await page.get_by_role("button", name="Search").click()
    await expect(page.locator(ROWS)).to_have_count(1)
    await page.get_by_role("button", name="Pause the kitchen").click()
    await expect(page.get_by_text("The kitchen is paused.")).to_be_visible()
    await page.get_by_role("button", name="Resume the kitchen").click()
    await expect(page.get_by_text("The kitchen is paused.")).to_be_hidden()


async def test_a_paused_kitchen_is_told_on_its_screen(house: House, open_page: OpenPage) -> None:
    """Who stands at the stove sees the pause at once, and its end."""
    page = await open_office(open_page, house)
    await page.goto(f"{house.address}/kitchen")
    await expect(page.locator("[data-link=live]")).to_be_visible()
    house.tell(paused=True)
    await expect(page.locator("[data-paused]")).to_be_visible()
    house.tell(paused=False)
    await expect(page.locator("[data-paused]")).to_be_hidden()


async def test_when_no_cook_is_left_it_is_the_loudest_thing(
    house: House, open_page: OpenPage
) -> None:
    """All kitchens are killed: within seconds the page says that nobody cooks, larger than all else."""
    page = await open_office(open_page, house)
    alarm = page.locator("[data-nobody]")
    await expect(alarm).to_be_hidden()
    for kitchen in house.kitchens:
        os.kill(kitchen.pid, signal.SIGKILL)
    await expect(alarm).to_be_visible(timeout=LOST_MS)
    await expect(alarm).to_contain_text("No cook is on shift")
    sizes = await page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(e => e.checkVisibility())
             .map(e => [e.closest("[data-nobody]") ? 1 : 0, parseFloat(getComputedStyle(e).fontSize)])"""
    )
    loudest = max(size for inside, size in sizes if inside)
    assert loudest >= max(size for inside, size in sizes if not inside)
    assert [] == await violations(page)
