"""A business day as a table: whole, in pieces, by the shop's clocks, and harmless."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from orders.book import OrderBook
from orders.model import Order
from orders.settings import Settings
from tests.conftest import WATER
from tests.web.conftest import STAFF, Web, open_counter
from tests.web.test_office import ANA
from web.office_csv import _cell


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert (200, "text/csv; charset=utf-8") == (
        answer.status_code,
        answer.headers["content-type"],
    )
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_day_of_orders_is_a_table(
    client: httpx.AsyncClient, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every order of the day once, however many pages; what a customer typed is no formula."""
    monkeypatch.setattr("web.office_csv.PAGE", 2)
    orders: list[Order] = [await book.place(ANA), *[await book.place(WATER) for _ in range(4)]]
    found = table(await client.get("/office/orders.csv", headers=STAFF))
    assert sorted(_cell(order.id) for order in orders) == sorted(row["id"] for row in found)
    ana = next(row for row in found if row["id"] == _cell(orders[0].id))
    assert ("'@SUM(A1)", "2 turkey (=1+1)") == (ana["name"], ana["items"])
    assert [] == table(await client.get("/office/orders.csv?day=2001-01-01", headers=STAFF))
    for none in ("today", "9999-12-31"):
        assert (
            422 == (await client.get(f"/office/orders.csv?day={none}", headers=STAFF)).status_code
        )


@pytest.mark.parametrize(
    "typed", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\uff1d1"]
)
def test_a_cell_that_would_be_a_formula_is_made_a_text(typed: str) -> None:
    """By an apostrophe, as spreadsheets have it; also behind a semicolon, where some begin a cell."""
    assert f"'{typed}" == _cell(typed)
    assert f"no salt;'{typed}" == _cell(f"no salt;{typed}")
    assert f"a{typed.strip()}" == _cell(f"a{typed.strip()}")
    assert "2 turkey (a=1); 1 water" == _cell("2 turkey (a=1); 1 water")


async def test_a_day_is_sent_as_it_is_read(
    web: Web, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first orders are there while the book is still asked for the others."""
    monkeypatch.setattr("web.office_csv.PAGE", 2)
    archive = web.counter.book.archive
    read, asked, go_on = archive.page, 0, asyncio.Event()

    async def held(*asked_for: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked > 1:
            await go_on.wait()
        return await read(*asked_for)

    monkeypatch.setattr(archive, "page", held)
    for _ in range(5):
        await book.place(WATER)
    async with web.client.stream("GET", "/office/orders.csv", headers=STAFF) as answer:
        pieces = answer.aiter_text()
        first = await asyncio.wait_for(anext(pieces), 30)
        assert (2, False) == (len(first.splitlines()), go_on.is_set())
        go_on.set()
        rest = "".join([piece async for piece in pieces])
    assert (6, 3) == (len((first + rest).splitlines()), asked)


async def test_its_times_are_those_of_the_shop(settings: Settings, book: OrderBook) -> None:
    """By the clocks of the business day, as on the page."""
    order = await book.place(WATER)
    there = settings.model_copy(update={"time_zone": "Asia/Kathmandu"})
    at = datetime.fromtimestamp(order.placed_ms / 1000, ZoneInfo("Asia/Kathmandu"))
    async with open_counter(there) as web:
        [row] = table(await web.client.get("/office/orders.csv", headers=STAFF))
        page = (await web.client.get(f"/office/orders/{order.id}", headers=STAFF)).text
    assert f"{at:%Y-%m-%d %H:%M:%S}" == row["ordered"]
    assert f"{at:%b} {at.day}, {at:%Y %H:%M:%S}" in page
    assert "All times are those of Asia/Kathmandu." in page


async def test_a_day_of_totals_is_a_table(client: httpx.AsyncClient, book: OrderBook) -> None:
    """Hour by hour from the beginning of the business day, with a column for each item."""
    for _ in range(3):
        await book.place(WATER)
    found = table(await client.get("/office/totals.csv", headers=STAFF))
    assert "04:00:00" == found[0]["from"].split()[1]
    assert (3, 3) == (sum(int(row["placed"]) for row in found), _sold(found, "water"))


def _sold(found: list[dict[str, str]], sku: str) -> int:
    return sum(int(row[sku] or 0) for row in found)
