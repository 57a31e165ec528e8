"""Everybody can use the pages: axe-core finds no violation of WCAG 2.2 A and AA."""

from __future__ import annotations

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.sizes import SIZES
from tests.restaurant import Restaurant

PATHS = ("/", "/board", "/board/setup", "/orders/unknown")


@pytest.mark.parametrize("path", PATHS)
async def test_axe_finds_no_violation(
    restaurant: Restaurant, open_page: OpenPage, path: str
) -> None:
    """A page that was just opened breaks no rule."""
    page = await open_page(restaurant.address, path, viewport=SIZES["tablet"])
    assert [] == await violations(page)


async def test_axe_would_see_a_violation(restaurant: Restaurant, open_page: OpenPage) -> None:
    """A picture without a text is found, or the other tests would prove nothing."""
    page = await open_page(restaurant.address, "/")
    await page.evaluate("document.body.append(new Image())")
    assert any(found.startswith("image-alt") for found in await violations(page))
