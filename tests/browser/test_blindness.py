"""The board never lies: what it cannot know it does not show as live."""

from __future__ import annotations

import os
import signal

from playwright.async_api import expect

from tests.browser.conftest import LIMIT_MS, START_MS, OpenPage
from tests.browser.test_way_of_an_order import READY
from tests.restaurant import Restaurant, eventually


async def test_the_board_recovers_from_a_restarted_server(
    own_restaurant: Restaurant, open_page: OpenPage
) -> None:
    """A board whose server dies says so, and is right again by itself when another one serves."""
    board = await open_page(own_restaurant.address, "/board")
    await board.evaluate("window.neverReloaded = true")
    order_id = own_restaurant.place()
    eventually(lambda: own_restaurant.status(order_id) == "SUCCESS")
    await expect(board.locator(READY.format("100"))).to_have_count(1)
    launcher = own_restaurant.find(" open ")
    assert launcher is not None
    os.kill(launcher, signal.SIGSTOP)  # so that nobody starts it again yet
    own_restaurant.kill(" web ")
    notice = board.locator("blind-notice")
    await expect(notice).to_be_visible()
    await expect(notice).to_contain_text("Nothing heard since")
    os.kill(launcher, signal.SIGCONT)
    await expect(notice).to_be_hidden(timeout=START_MS)
    own_restaurant.place()
    await expect(board.locator(READY.format("101"))).to_have_count(1)
    assert await board.evaluate("window.neverReloaded")


async def test_the_board_says_that_its_server_hears_nothing(
    own_restaurant: Restaurant, open_page: OpenPage
) -> None:
    """With Redis silent the server tells the board, which tells the hall; then it shows the truth."""
    board = await open_page(own_restaurant.address, "/board")
    ticket = await open_page(own_restaurant.address, f"/orders/{own_restaurant.place()}")
    await expect(board.locator(READY.format("100"))).to_have_count(1)
    valkey = own_restaurant.find("valkey-server")
    assert valkey is not None
    os.kill(valkey, signal.SIGSTOP)
    for page in (board, ticket):
        await expect(page.locator("blind-notice")).to_be_visible()
    kiosk = await open_page(own_restaurant.address, "/")
    await expect(kiosk.locator(".notice.problem")).to_contain_text("for a moment")
    os.kill(valkey, signal.SIGCONT)
    for page in (board, ticket):
        await expect(page.locator("blind-notice")).to_be_hidden(timeout=LIMIT_MS)
    own_restaurant.place()
    await expect(board.locator(READY.format("101"))).to_have_count(1)
