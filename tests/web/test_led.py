"""The board's letters and digits: what is lit of them, and where letters have no dots."""

from __future__ import annotations

import re

import httpx
import pytest

from web import led


def test_a_letter_is_five_dots_wide_and_seven_high() -> None:
    """An L is a column and a row of dots; with a mark over it there are three rows more above it."""
    dots = led.dot_text("L")
    assert dots is not None
    lit = {(float(x), float(y)) for x, y in re.findall(r"M(\S+) ([\d.]+)h", dots.path)}
    assert {(0.5, row + 0.5) for row in range(7)} | {(col + 0.5, 6.5) for col in range(5)} == lit
    marked = led.dot_text("Ñ")
    assert marked is not None
    assert (5, 7, 5, 10) == (dots.columns, dots.rows, marked.columns, marked.rows)


@pytest.mark.parametrize("code", ["en", "de", "es", "fil"])
async def test_headings_are_written_in_dots(client: httpx.AsyncClient, code: str) -> None:
    """All three of them, and a screen reader is told the word."""
    headings = await headings_in(client, code)
    assert 3 == len(headings)
    for heading in headings:
        (word,) = re.findall(r'<span class="for-readers">(\w[\w ]+)</span>', heading)
        dots = led.dot_text(word)
        assert dots is not None
        assert f'class="led-dots" d="{dots.path}"' in heading


async def test_a_script_without_dots_is_written_in_type(client: httpx.AsyncClient) -> None:
    """Arabic letters join, which dots cannot; the icon beside the word is of dots all the same."""
    for heading in await headings_in(client, "ar"):
        assert 1 == heading.count('class="led-dots"')
        assert re.search(r'<span class="led-type">[^<]+</span>', heading)


async def headings_in(client: httpx.AsyncClient, code: str) -> list[str]:
    page = (await client.get(f"/board?lang={code}")).text
    found: list[str] = re.findall(r'<h2 [^>]*class="led-heading">(.*?)</h2>', page, re.DOTALL)
    return found
