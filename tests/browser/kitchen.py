"""The kitchen screen in a browser: orders that come in, and what becomes of their cards."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.async_api import Locator, Page, expect

from tests import http
from tests.browser.conftest import OpenKitchen
from tests.restaurant import Restaurant

STAFF = {"Authorization": "Bearer 1234"}
TIMES = "\N{MULTIPLICATION SIGN}"
UNSENT = "orderup.kitchen.unsent."


def api(stove: Restaurant) -> httpx.Client:
    return httpx.Client(base_url=stove.address, headers=STAFF)


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


async def unsent(page: Page) -> int:
    """How many taps the browser keeps."""
    names = await page.evaluate("Object.keys(localStorage)")
    return sum(name.startswith(UNSENT) for name in names)
