"""The charts of the office show what the totals say: each is a table before it is drawn."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from orders.book import OrderBook
from orders.settings import Settings
from orders.states import Status
from tests.conftest import NUGGETS, WATER
from tests.web.conftest import STAFF, Web, open_counter
from tests.web.test_office_actions import brought_to

# Of each chart: from which part of the totals it is, and which number stands under which heading.
SHARES = {"Median (ms)": "p50", "90 % (ms)": "p90", "99 % (ms)": "p99"}
CHARTS: dict[str, tuple[str, dict[str, str]]] = {
    "orders": ("series", {"Ordered": "placed", "Ready": "ready"}),
    "waiting": ("series", {"Waiting": "waiting"}),
    **{
        time: ("series", {title: f"{time}.{share}" for title, share in SHARES.items()})
        for time in ("number_ms", "wait_ms", "ready_ms")
    },
    "failures": ("series", {"Failed": "failed", "Once more": "retried"}),
    "items": ("items", {"Ordered": "ordered"}),
    "hours": ("hours", {"Ordered": "placed", "Ready": "ready"}),
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """In a time zone where the hour does not end just now."""
    here = 15 <= datetime.now(UTC).minute < 45
    return settings.model_copy(update={"time_zone": "UTC" if here else "Asia/Kolkata"})


async def some_history(book: OrderBook) -> None:
    """Of everything another number."""
    for status in (Status.PENDING, Status.SUCCESS, Status.SUCCESS, Status.FAILURE):
        await brought_to(book, status)
    await book.groups.place([WATER, NUGGETS, NUGGETS, NUGGETS])
    counts = {"number:8": 5, "number:24": 4, "number:40": 1, "number_ms": 2000}
    await book.census.report("another", 1, None, counts)


async def tables(client: httpx.AsyncClient) -> dict[str, list[list[str]]]:
    """The tables of the office by the name of their chart; the headings are the first row."""
    page = (await client.get("/office?range=day", headers=STAFF)).text
    found = re.findall(r'id="chart-(\w+)".*?<table>(.*?)</table>', page, re.DOTALL)
    return {
        name: [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in table.split("<tr>")[1:]]
        for name, table in found
    }


def at(entry: Any, path: str) -> str:
    for name in path.split("."):
        entry = None if entry is None else entry[name]
    return "" if entry is None else str(round(entry))


async def test_each_table_is_what_the_totals_say(
    web: Web, book: OrderBook, settings: Settings
) -> None:
    """Number by number, under its own heading; and the same at a counter that was opened since."""
    await some_history(book)
    totals = (await web.client.get("/api/totals?range=day", headers=STAFF)).json()
    expected = {
        name: [
            list(columns),
            *([at(entry, path) for path in columns.values()] for entry in totals[part]),
        ]
        for name, (part, columns) in CHARTS.items()
    }
    shown = await tables(web.client)
    assert expected == {name: [row[1:] for row in rows] for name, rows in shown.items()}
    assert ["8", "3"] == shown["orders"][-1][1:]
    assert 3 == len(set(shown["number_ms"][-1][1:]))
    async with open_counter(settings) as opened_since:
        assert shown == await tables(opened_since.client)
