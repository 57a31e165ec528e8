"""The board in a browser: where its numbers are, and how one is opened that has heard the truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.hall import Hall
from tests.browser.sizes import SIZES

PREPARING = ".preparing [data-reference='{}']"
READY = ".ready > .led-numbers [data-reference='{}']"
NEW = ".ready .is-new[data-reference='{}']"
ASK = ".ask [data-reference='{}']"
LIVE = "led-board[data-live]"
TELEVISION = SIZES["television"]


async def open_board(
    hall: Hall,
    open_page: Callable[..., Awaitable[Page]],
    query: str = "",
    script: str = "",
    **window: Any,
) -> Page:
    """A board that has heard its first snapshot; `script` runs before its own."""
    board = await open_page(hall.address, "/healthz", **window)
    await board.add_init_script(script)
    await board.goto(f"{hall.address}/board{query}")
    await expect(board.locator(LIVE)).to_be_visible(timeout=15_000)
    return board
