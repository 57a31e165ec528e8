"""What holds for every page: headers, languages, nothing from elsewhere, nothing stored."""

from __future__ import annotations

import re

import httpx
import pytest

from orders.book import OrderBook
from tests.conftest import NUGGETS
from tests.web.page import Page
from web.texts import languages

PAGES = ["/", "/board", "/board/setup", "/orders/{id}", "/nothing-here", "/orders/nobody"]
ADDRESSES = [
    *PAGES,
    "/board/events",
    "/orders/{id}/events",
    "/api/menu",
    "/api/board",
    "/api/orders/{id}",
    "/api/nothing",
    "/static/css/base.css",
    "/healthz",
    "/readyz",
]


@pytest.mark.parametrize("path", ADDRESSES)
async def test_every_answer_carries_the_security_headers(
    client: httpx.AsyncClient, book: OrderBook, path: str
) -> None:
    """No script or frame from elsewhere, no guessing of types, no ticket's address told to others."""
    order = await book.place(NUGGETS)
    async with client.stream("GET", path.format(id=order.id)) as answer:
        if not path.endswith("/events"):
            await answer.aread()
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'self'" in policy
        assert "nosniff" == answer.headers["x-content-type-options"]
        assert "same-origin" == answer.headers["referrer-policy"]
        assert "server" not in answer.headers or "hypercorn" in answer.headers["server"]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_nothing_from_elsewhere(
    client: httpx.AsyncClient, book: OrderBook, path: str
) -> None:
    """Scripts, styles and pictures come from here, are there, and no script stands in the page."""
    order = await book.place(NUGGETS)
    text = (await client.get(path.format(id=order.id))).text
    sources = re.findall(r'<(?:script|link|img)\b[^>]*?(?:src|href)="([^"]+)"', text)
    assert sources
    for source in set(sources):
        assert 200 == (await client.get(source)).status_code, source
        assert source.startswith("/static/")
    assert [] == re.findall(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", text)


@pytest.mark.parametrize("path", ["/", "/board", "/orders/{id}", "/api/orders/{id}"])
async def test_what_is_true_only_now_is_not_stored(
    client: httpx.AsyncClient, book: OrderBook, path: str
) -> None:
    """Nobody sees an old number, or another customer's, from a cache."""
    order = await book.place(NUGGETS)
    answer = await client.get(path.format(id=order.id))
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_in_the_readers_language(
    client: httpx.AsyncClient, book: OrderBook, path: str
) -> None:
    """By what the browser prefers, by `?lang=`, which counts more, and in English for all others."""
    path = path.format(id=(await book.place(NUGGETS)).id)
    for code in languages():
        preferred = await client.get(path, headers={"Accept-Language": f"{code}, en;q=0.5"})
        assert code == Page(preferred).language
        asked = await client.get(f"{path}?lang={code}", headers={"Accept-Language": "en"})
        assert code == Page(asked).language
    assert "en" == Page(await client.get(path, headers={"Accept-Language": "tlh"})).language
    assert "en" == Page(await client.get(f"{path}?lang=%00../../x")).language


async def test_the_board_is_true_without_javascript(
    client: httpx.AsyncClient, book: OrderBook
) -> None:
    """The page itself shows the numbers of the moment, and tells nobody whose they are."""
    waiting = await book.place(NUGGETS.model_copy(update={"name": "Zacharias"}))
    answer = await client.get("/board")
    assert f'data-reference="{waiting.reference}"' in answer.text
    assert waiting.id not in answer.text
    assert "Zacharias" not in answer.text
