"""The kitchen screen in a browser: orders that come in, and what becomes of their cards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from playwright.async_api import Locator, Page, expect

from tests import http
from tests.browser.conftest import OpenKitchen
from tests.restaurant import Restaurant

STAFF = {"Authorization": "Bearer 1234"}
TIMES = "\N{MULTIPLICATION SIGN}"
UNSENT = "orderup.kitchen.unsent."

# What the page wants to do later it does when time goes on again, as much later.
STOP_TIME = """() => {
  const now = performance.now();
  performance.now = () => now;
  window.later = setTimeout;
  window.held = [];
  window.setTimeout = (...wish) => held.push(wish) && -1;
}"""
LET_TIME_GO_ON = """() => {
  delete performance.now;
  window.setTimeout = later;
  for (const wish of held) later(...wish);
}"""


def api(stove: Restaurant) -> httpx.Client:
    return httpx.Client(base_url=stove.address, headers=STAFF, verify=http.TLS, timeout=30)


def place(stove: Restaurant, **order: Any) -> dict[str, Any]:
    """An order of a customer's."""
    order.setdefault("items", [{"sku": "nuggets-6", "quantity": 1}])
    answer = http.post(f"{stove.address}/api/orders", json=order)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def move(stove: Restaurant, order: dict[str, Any], *statuses: str) -> None:
    with api(stove) as client:
        for status in statuses:
            path = f"/api/orders/{order['id']}/status"
            assert client.put(path, json={"status": status}).status_code == 200


def look(stove: Restaurant, order: dict[str, Any]) -> dict[str, Any]:
    with api(stove) as client:
        return dict(client.get(f"/api/orders/{order['id']}").json())


async def waiting(
    stove: Restaurant, open_kitchen: OpenKitchen, **order: Any
) -> tuple[Page, dict[str, Any]]:
    """A screen on which a new order waits, and the order."""
    placed = place(stove, **order)
    page = await open_kitchen(stove.address)
    await is_now(page, placed, "PENDING")
    return page, placed


def card(page: Page, order: dict[str, Any]) -> Locator:
    return page.locator(f"[data-place] > [data-order='{order['id']}']")


async def is_now(page: Page, order: dict[str, Any], status: str) -> None:
    await expect(card(page, order)).to_have_attribute("data-status", status)


@asynccontextmanager
async def standing_still(page: Page) -> AsyncIterator[None]:
    """No time passes on the page while inside: what has to follow at once does, on any machine."""
    await page.evaluate(STOP_TIME)
    yield
    await page.evaluate(LET_TIME_GO_ON)


async def unsent(page: Page) -> int:
    """How many taps the browser keeps."""
    names = await page.evaluate("Object.keys(localStorage)")
    return sum(name.startswith(UNSENT) for name in names)
