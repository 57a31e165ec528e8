"""The pictures of the README, taken from the running product: `make screenshots`."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

import httpx
from playwright.async_api import Browser, async_playwright

from tests.restaurant import opened

HERE = Path(__file__).parent / "screenshots"
STAFF = {"Authorization": "Bearer 1234"}
ORDERS = ["nuggets-6", "water", "fries-large", "turkey", "hamburger", "cola", "turkey", "apple-pie"]


async def main() -> None:
    HERE.mkdir(exist_ok=True)
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder), "--staff-pin", "1234", "--speed", "3") as restaurant,
    ):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
            )
            await take(browser, restaurant.address)
            await browser.close()


async def take(browser: Browser, address: str) -> None:
    async with httpx.AsyncClient(base_url=address, headers=STAFF) as client:
        ids = [
            (
                await client.post("/api/orders", json={"items": [{"sku": sku, "quantity": 1}]})
            ).json()["id"]
            for sku in ORDERS
        ]
        ready = {ids[0], ids[2]}
        async with asyncio.timeout(60):
            while ready:
                done = {i for i in ready if (await status(client, i)) == "SUCCESS"}
                ready -= done
                await asyncio.sleep(0.1)
        board = await browser.new_page(viewport={"width": 1920, "height": 1080})
        await board.goto(f"{address}/board")
        await board.locator(".ready > .led-numbers li").nth(3).wait_for()
        await board.screenshot(path=HERE / "board.png")
        kiosk = await browser.new_page(viewport={"width": 1080, "height": 1920})
        await kiosk.goto(f"{address}/")
        for sku in ("cheeseburger", "nuggets-6", "nuggets-6"):
            await kiosk.locator(f"#{sku}").get_by_role("button").last.click()
        await kiosk.screenshot(path=HERE / "kiosk.png")


async def status(client: httpx.AsyncClient, order_id: str) -> str:
    return str((await client.get(f"/api/orders/{order_id}")).json()["status"])


if __name__ == "__main__":
    asyncio.run(main())
