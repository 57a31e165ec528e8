"""Every page in its states, taken from the running product: `make screenshots`.

A restaurant where people cook holds still while it is photographed: staff move each order to where a
picture wants it. A second one, whose robots are given too little time, has a number that failed.
The README's four are kept with the source; the others lie beside them, for whoever changed a page.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.browser.sizes import SIZES
from tests.restaurant import Restaurant, opened

HERE = Path(__file__).parent / "screenshots"
IN_THE_README = ("kiosk", "ticket", "board", "kitchen")
PIN = "1234"
PEOPLE = ("--staff-pin", PIN, "--kitchen", "people")
HASTY = ("--staff-pin", PIN, "--attempts", "1", "--recipe-timeout-s", "0.2", "--speed", "10")
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
LIMIT_S = 60


async def main() -> None:
    (HERE / "all").mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        opened(Path(one), *PEOPLE) as people,
        opened(Path(other), *HASTY) as hasty,
    ):
        async with asyncio.timeout(10 * LIMIT_S), chromium() as browser:
            await Photographer(browser, people).take_all(hasty)
    for name in IN_THE_README:
        shutil.copyfile(HERE / "all" / f"{name}.png", HERE / f"{name}.png")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        await browser.close()


class Photographer:
    def __init__(self, browser: Browser, restaurant: Restaurant) -> None:
        self._browser = browser
        self._address = restaurant.address
        self._staff = httpx.Client(
            base_url=restaurant.address, headers={"Authorization": f"Bearer {PIN}"}
        )

    async def take_all(self, hasty: Restaurant) -> None:
        await self.take(await self.open("/staff", "phone"), "staff")
        kitchen = await self.sign_in()  # from now on somebody cooks
        ids = self.fill_the_hall()
        await self.kiosk()
        await self.tickets(ids, hasty)
        await self.boards(hasty)
        await self.office(kitchen)
        await self.kitchen(kitchen)

    # -- what is to be seen -----------------------------------------------------------------------

    def order(self, *skus: str, status: str | None = None, **more: Any) -> str:
        items = [{"sku": sku, "quantity": 1 + skus.index(sku)} for sku in skus]
        body = {"items": items, **more}
        order_id = str(self._staff.post("/api/orders", json=body).raise_for_status().json()["id"])
        for step in {"STARTED": ["STARTED"], "SUCCESS": ["STARTED", "SUCCESS"]}.get(
            status or "", []
        ):
            self.move(order_id, step)
        return order_id

    def move(self, order_id: str, status: str) -> None:
        path = f"/api/orders/{order_id}/status"
        self._staff.put(path, json={"status": status}).raise_for_status()

    def fill_the_hall(self) -> dict[str, str]:
        for skus in (["fries-large"], ["wrap", "cola"], ["hamburger", "water"], ["nuggets-12"]):
            self.order(*skus, status="SUCCESS")
        self.order("turkey", "fries-small", status="STARTED", name="Ines")
        self.order("cheeseburger", status="STARTED", service="take-away")
        ids = {
            "cooking": self.order("hamburger", "fries-small", "shake", status="STARTED"),
            "waiting": self.order("nuggets-6", "garden-salad"),
            "ready": self.order("veggie-burger", status="SUCCESS"),
            "collected": self.order("ice-cream", status="SUCCESS"),
            "cancelled": self.order("cookie", "apple-pie"),
        }
        self.order("nuggets-6", "onion-rings", name="Tom")
        self.order("chicken-burger", "fries-large", "cola")
        self.move(ids["collected"], "COLLECTED")
        self.move(ids["cancelled"], "REVOKED")
        return ids

    # -- the pages --------------------------------------------------------------------------------

    async def sign_in(self) -> Page:
        page = await self.open("/staff?next=/kitchen", "tablet")
        await page.locator("#pin").fill(PIN)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/kitchen")
        return page

    async def kiosk(self) -> None:
        self._staff.put("/api/menu/wrap", json={"special": True}).raise_for_status()
        page = await self.open("/", "kiosk")
        await self.take(page, "kiosk-empty", close=False)
        for sku in ("cheeseburger", "nuggets-6", "nuggets-6"):
            await page.locator(f"#{sku}").get_by_role("button").last.click()
        await self.take(page, "kiosk")
        self._staff.put("/api/menu/turkey", json={"available": False}).raise_for_status()
        await self.take(await self.open("/?lang=ar", "kiosk"), "kiosk-arabic-sold-out")
        await self.take(await self.open("/", "phone"), "kiosk-phone")
        await self.take(
            await self.open("/", "tablet", java_script_enabled=False), "kiosk-no-script"
        )
        self._staff.put("/api/menu/turkey", json={"available": True}).raise_for_status()
        await self.take(await self.open("/?kiosk=1", "kiosk"), "kiosk-touch")

    async def tickets(self, ids: dict[str, str], hasty: Restaurant) -> None:
        for name, order_id in ids.items():
            await self.take(await self.open(f"/orders/{order_id}", "phone"), f"ticket-{name}")
        await self.take(await self.open(f"/orders/{ids['ready']}", "phone"), "ticket")
        await self.take(
            await self.open(f"/orders/{ids['waiting']}?kiosk=1", "kiosk"), "after-order"
        )
        await self.take(await self.open("/orders/unknown", "phone"), "ticket-unknown")
        failed = hasty.place()
        async with asyncio.timeout(LIMIT_S):
            while hasty.status(failed) != "FAILURE":
                await asyncio.sleep(0.1)
        page = await self.open(f"/orders/{failed}", "phone", address=hasty.address)
        await self.take(page, "ticket-please-ask")

    async def boards(self, hasty: Restaurant) -> None:
        page = await self.open("/board", "television")
        await page.get_by_role("button", name="Start board").click()
        await self.take(page, "board")
        await self.take(await self.open("/board?theme=contrast", "television"), "board-contrast")
        await self.take(await self.open("/board?lang=de&counter=right", "kiosk"), "board-upright")
        await self.take(await self.open("/board?sound=off", "phone"), "board-phone")
        page = await self.open("/board", "television", address=hasty.address)
        await self.take(page, "board-please-ask")
        await self.take(await self.open("/board/setup", "television"), "board-setup")

    async def kitchen(self, page: Page) -> None:
        await self.take(page, "kitchen", close=False)
        await page.set_viewport_size(SIZES["phone"])
        await self.take(page, "kitchen-phone", close=False)
        await page.set_viewport_size(SIZES["television"])
        await self.take(page, "kitchen-television")

    async def office(self, kitchen: Page) -> None:
        page = await kitchen.context.new_page()  # the kitchen screen stays open: it is who cooks
        await page.set_viewport_size(LAPTOP)
        await page.goto(f"{self._address}/office")
        await self.take(page, "office", close=False)
        await page.set_viewport_size(SIZES["phone"])
        await self.take(page, "office-phone", close=False)
        await page.close()

    async def open(self, path: str, size: str, address: str | None = None, **window: Any) -> Page:
        context = await self._browser.new_context(viewport=SIZES[size], **window)
        page = await context.new_page()
        await page.goto((address or self._address) + path)
        return page

    async def take(self, page: Page, name: str, *, close: bool = True) -> None:
        await page.wait_for_timeout(700)  # a picture is taken of what has come to rest
        await page.screenshot(path=HERE / "all" / f"{name}.png")
        if close:
            await page.context.close()


if __name__ == "__main__":
    asyncio.run(main())
