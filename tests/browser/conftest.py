"""A real browser: Debian's Chromium, or the one that `CHROMIUM` names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from orders.book import OrderBook
from orders.model import Order
from tests.browser.hall import Hall, opened_hall
from tests.browser.sizes import PROJECTOR, SIZES
from tests.browser.ticket import MEAL, book_of, clear_board, path_of
from tests.browser.workshop import set_up
from tests.restaurant import OPEN_WITHIN_S, Restaurant, eventually, opened

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP counter.test 127.0.0.1",
]
# As Playwright starts one: nothing sleeps because nobody looks, and nothing is asked of the network.
HEADLESS = [
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--hide-scrollbars",
    "--mute-audio",
    "--force-color-profile=srgb",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--disable-features=Translate,HttpsUpgrades,MediaRouter,OptimizationHints,PaintHolding",
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    "--password-store=basic",
    "--use-mock-keychain",
    "about:blank",
]
LIMIT_MS = 15_000
expect.set_options(timeout=LIMIT_MS)  # a deadline, on a machine that may be busy
START_MS = 2 * LIMIT_MS  # a server's start, and the browser's own pause
PEOPLE = ("--kitchen", "people", "--staff-pin", "1234")

# The tests of this folder and their fixtures share an event loop, and so one connection to the browser.
HERE = pytest_asyncio.fixture(loop_scope="package")

OpenPage = Callable[..., Awaitable[Page]]
OpenKitchen = Callable[..., Awaitable[Page]]
Wait = Callable[..., Awaitable[tuple[Order, Page]]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="package"), append=False)


@pytest.fixture(scope="package")
def shared_restaurant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restaurant]:
    """A restaurant that the tests of this folder share; those that break it have their own."""
    with opened(tmp_path_factory.mktemp("browser"), "--speed", "20", "--staff-pin", "1234") as it:
        yield it


@HERE
async def restaurant(shared_restaurant: Restaurant) -> Restaurant:
    """Nobody is waiting there yet."""
    async with book_of(shared_restaurant) as book:
        await clear_board(book)
    return shared_restaurant


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A hall of its own for the board's tests, who fill and empty it."""
    with opened_hall(tmp_path_factory.mktemp("hall")) as it:
        yield it


@pytest.fixture
def hall(house: Hall) -> Iterator[Hall]:
    """Nobody is waiting yet."""
    yield house
    house.clear()


@pytest.fixture(scope="package")
def stove(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restaurant]:
    """One with people at the stove: nothing happens to an order but what a test does."""
    with opened(tmp_path_factory.mktemp("stove"), *PEOPLE) as it:
        yield it


@pytest.fixture
def own_stove(tmp_path: Path) -> Iterator[Restaurant]:
    """One for a test that breaks it."""
    with opened(tmp_path, *PEOPLE) as it:
        yield it


@pytest.fixture
def own_restaurant(tmp_path: Path) -> Iterator[Restaurant]:
    """A restaurant for one test alone, which may break it."""
    with opened(tmp_path, "--speed", "20", "--staff-pin", "1234") as it:
        yield it


@asynccontextmanager
async def launched(*flags: str) -> AsyncIterator[Browser]:
    """A browser with these flags besides the usual ones."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=_executable(), args=[*ARGUMENTS, *flags]
        )
        yield browser
        await browser.close()


def _executable() -> str:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="package")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One browser for all tests of a worker, since a start costs more than most of them; its address."""
    folder = tmp_path_factory.mktemp("chromium")
    told = folder / "told"
    with told.open("wb") as log:
        words = [_executable(), *HEADLESS, *ARGUMENTS, f"--user-data-dir={folder / 'profile'}"]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=log)
    try:
        yield eventually(
            lambda: re.search(r"(ws://\S+)\s", told.read_text(errors="replace")), OPEN_WITHIN_S
        )[1]
    finally:
        process.kill()
        process.wait(timeout=10)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def connection(chromium: str) -> AsyncIterator[Browser]:
    """Playwright's own process is started once as well, which takes a third of a second."""
    async with async_playwright() as playwright:
        connection = await playwright.chromium.connect_over_cdp(chromium)
        yield connection
        await connection.close()


@HERE
async def browser(connection: Browser) -> AsyncIterator[Browser]:
    """Its windows share nothing: each is private, and closed at the end of its test."""
    yield connection
    for context in connection.contexts[1:]:
        await context.close()


@HERE
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Open a page in a window of its own. At the end: no script failed, nothing came from elsewhere."""
    complaints: list[str] = []

    async def open_page(address: str, path: str, **window: Any) -> Page:
        script = window.pop("init_script", None)  # runs before the page's own
        context = await browser.new_context(**window)
        context.set_default_timeout(LIMIT_MS)
        if script is not None:
            await context.add_init_script(script)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((address, "data:"))
                or complaints.append(f"{path} asks for {request.url}")
            ),
        )
        await page.goto(address + path)
        return page

    yield open_page
    assert complaints == []


@HERE
async def open_kitchen(open_page: OpenPage) -> OpenKitchen:
    async def open_kitchen(address: str, query: str = "", **window: Any) -> Page:
        """The kitchen screen in a window of its own, signed in as the staff do it."""
        window.setdefault("viewport", SIZES["tablet"])
        page = await open_page(address, f"/staff?next=/kitchen{query}", **window)
        await page.locator("#pin").fill("1234")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{address}/kitchen*")
        if window.get("java_script_enabled", True):
            await expect(page.locator("[data-link=live]")).to_be_visible()
        return page

    return open_kitchen


@HERE
async def book(stove: Restaurant) -> AsyncIterator[OrderBook]:
    """The book of the restaurant with people at the stove. Nobody is waiting there yet."""
    async with book_of(stove) as book:
        await clear_board(book)
        yield book


@HERE
async def wait(stove: Restaurant, book: OrderBook, open_page: OpenPage) -> Wait:
    async def wait(query: str = "", **window: Any) -> tuple[Order, Page]:
        """Order a meal, and look at the ticket."""
        order = await book.place(MEAL)
        return order, await open_page(stove.address, path_of(order) + query, **window)

    return wait


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restaurant]:
    """The play on real processes; the hall's tests have one of their own."""
    with opened(tmp_path_factory.mktemp("workshop"), "--workshop", "--staff-pin", "1234") as it:
        yield it


@pytest.fixture
def stage(workshop: Restaurant) -> Restaurant:
    """As at the beginning, but faster."""
    set_up(workshop)
    return workshop


SCREENS = (
    pytest.param(PROJECTOR, id="projector"),
    pytest.param(SIZES["phone"], id="phone", marks=pytest.mark.long),
)


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest) -> ViewportSize:
    """Where the workshop is seen."""
    seen: ViewportSize = request.param
    return seen
