"""A business day as a table for a spreadsheet: its orders, or its totals hour by hour.

Written row by row as the book is read, so a long day takes no more memory than a short one. What a
customer has typed must not run in somebody's spreadsheet: a cell that would be taken for a formula is
made a text (OWASP, "CSV Injection"). So is what comes after a character at which other spreadsheets
begin a new cell: those of half of Europe do at a semicolon, whatever is in quotes. The mark at the
beginning says UTF-8 to programs that guess.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import date, datetime

from quart import Blueprint, Response, request, stream_with_context

from orders.archive import Filter
from orders.business_day import BusinessDays
from orders.counts import Counts
from orders.histogram import Histogram
from orders.model import Order
from web.counter import counter
from web.office_times import zone
from web.problem import Unacceptable
from web.staff import require_staff
from web.texts import gettext as _

office_csv = Blueprint("office_csv", __name__)

PAGE = 100
HOUR_MS = 3600_000
MARK = "\ufeff"
# Where a cell begins, and behind it what begins a formula, in the wide letters of East Asia too.
FORMULA = re.compile(r"(^|[;\t\r\n])(\s*)(?=[=+@\-\uff1d\uff0b\uff0d\uff20])")

ORDER = (
    *("number", "id", "status", "ordered", "started", "ready", "finished"),
    *("total", "currency", "service", "name", "items", "attempts", "cook", "error"),
)
COUNTED = ("placed", "at_once", "ready", "collected", "failed", "retried", "revoked")
TIMED = ("number_ms", "wait_ms", "cooking_ms", "ready_ms")
SHARES = (("median", 0.5), ("p90", 0.9), ("p99", 0.99))


@office_csv.get("/office/orders.csv")
async def orders_of_a_day() -> Response:
    await require_staff()
    day, span = _asked()
    return await _download(f"orders-{day}.csv", _orders(*span))


@office_csv.get("/office/totals.csv")
async def totals_of_a_day() -> Response:
    await require_staff()
    day, span = _asked()
    return await _download(f"totals-{day}.csv", _totals(*span))


async def _orders(from_ms: int, until_ms: int) -> AsyncIterator[list[object]]:
    """The day's orders, the newest first."""
    yield list(ORDER)
    wanted, cursor = Filter(from_ms=from_ms, until_ms=until_ms), None
    while True:
        page = await counter().book.archive.page(wanted, PAGE, cursor)
        for order in page.orders:
            yield _order(order)
        cursor = page.next
        if cursor is None:
            return


def _order(order: Order) -> list[object]:
    return [
        order.reference,
        order.id,
        order.status,
        *map(_time, (order.placed_ms, order.started_ms, order.ready_ms, order.finished_ms)),
        f"{order.total_cents / 100:.2f}",
        counter().book.menu.currency,
        order.service,
        order.name,
        "; ".join(
            f"{line.quantity} {line.sku}" + (f" ({line.note})" if line.note else "")
            for line in order.lines
        ),
        order.attempt,
        order.cook,
        order.error,
    ]


async def _totals(from_ms: int, until_ms: int) -> AsyncIterator[list[object]]:
    """The day's totals hour by hour; times in ms, items by how many were ordered."""
    skus = list(counter().book.menu.items)
    timed = [f"{name.removesuffix('_ms')}_{share}_ms" for name in TIMED for share, _ in SHARES]
    yield ["from", "until", *COUNTED, *timed, *skus]
    hours = await counter().book.tally.hours(from_ms, until_ms, zone())
    for step in hours.steps:
        end_ms = min(step.at_ms + HOUR_MS, until_ms)
        sold = map(step.counts.ordered.get, skus)
        yield [_time(step.at_ms), _time(end_ms), *_counted(step.counts), *sold]


def _counted(counts: Counts) -> list[object]:
    times: list[Histogram] = [getattr(counts, name) for name in TIMED]
    return [
        *(getattr(counts, name) for name in COUNTED),
        *(each.quantile(share) for each in times for _name, share in SHARES),
    ]


async def _download(name: str, rows: AsyncIterator[list[object]]) -> Response:
    """The first rows are read before anything is answered: without the book it is an error, no table."""
    lines = _lines(rows)
    first = await anext(lines)

    @stream_with_context
    async def all_lines() -> AsyncGenerator[bytes, None]:
        yield first
        async for more in lines:
            yield more

    response = Response(
        all_lines(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )
    response.timeout = None  # a long day is read for longer than Quart would wait
    return response


async def _lines(rows: AsyncIterator[list[object]]) -> AsyncGenerator[bytes, None]:
    """Some rows at a time, as RFC 4180 writes them."""
    text = io.StringIO()
    text.write(MARK)
    writer = csv.writer(text)
    number = 0
    async for row in rows:
        writer.writerow([_cell(value) for value in row])
        number += 1
        if number % PAGE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _cell(value: object) -> str:
    return "" if value is None else FORMULA.sub(r"\1'\2", str(value))


def _time(at_ms: int | None) -> str:
    """As spreadsheets read it: the wall's clock in the shop's time zone."""
    return (
        "" if at_ms is None else f"{datetime.fromtimestamp(at_ms / 1000, zone()):%Y-%m-%d %H:%M:%S}"
    )


def _asked() -> tuple[date, tuple[int, int]]:
    """The business day asked for, the present one if none is; and from when until when it is."""
    text = request.args.get("day")
    try:
        day = date.fromisoformat(text) if text else _days().of_ms(_now_ms())
        return day, _days().span(day)
    except (ValueError, OverflowError) as error:  # OverflowError: the last day of the calendar
        raise Unacceptable(
            422, "no-such-day", _("No such day"), _("Write the day as 2026-11-21.")
        ) from error


def _days() -> BusinessDays:
    return counter().book.diary.days


def _now_ms() -> int:
    return int(datetime.now(zone()).timestamp() * 1000)
