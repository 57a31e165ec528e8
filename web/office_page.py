"""The pages of the office as they are first written: what is asked of the book for them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from quart import Response, render_template, request

from orders.crew import MOST_COOKS
from orders.errors import BookUnavailable
from orders.model import HistoryEntry, Order
from orders.states import TRANSITIONS, Actor, Status
from orders.tally import STEPS, Span
from web.charts import charts
from web.counter import counter
from web.office_search import WRONG, Search
from web.office_times import clock, lasted, stamp, zone
from web.problem import RETRY_AFTER_S
from web.problems import problem_of
from web.texts import language
from web.totals import read_totals

DELIVERIES = 20


async def page(fields: Mapping[str, str]) -> Response:
    """The office. While the book cannot be read it says so, and shows what does not need it."""
    here = counter()
    search = Search.of(fields)
    wanted = fields.get("range")
    span: Span = next((span for span in STEPS if span == wanted), "hour")
    try:
        shown = await _read(search, span)
    except BookUnavailable:
        shown = {"seen": None}
    status = HTTPStatus.OK if shown["seen"] else HTTPStatus.SERVICE_UNAVAILABLE
    text = await render_template(
        "office.html",
        search=search,
        most_cooks=MOST_COOKS,
        spans=list(STEPS),
        today=here.book.diary.days.of_ms(int(time.time() * 1000)),
        blind_since_ms=here.hub.blind_since_ms,
        **shown,
        **_words(),
    )
    return _answer(text, status)


async def copies() -> Response:
    """The parts that the server alone writes, as they are now. Raises BookUnavailable."""
    text = await render_template("_office_copies.html", **await _read_copies(), **_words())
    return _answer(text, HTTPStatus.OK)


async def _read(search: Search, span: Span) -> dict[str, Any]:
    here = counter()
    seen = await here.hub.kitchen_now()
    totals = await read_totals(span)
    wrong, found, api_path, api_filter = False, None, "", None
    try:
        found = await search.find(here.book, zone())
        api_path, api_filter = search.api_path(zone()), search.api_filter(zone())
    except WRONG:
        wrong = True
    return {
        "seen": seen,
        "nobody": not any(cook.get("on_duty") and not cook["lost"] for cook in seen["crew"]),
        "found": found,
        "wrong_search": wrong,
        "api_path": api_path,
        "api_filter": api_filter,
        "totals": totals,
        "charts": [(chart, chart.table(totals, zone())) for chart in charts(totals)],
        **await _read_copies(),
    }


async def _read_copies() -> dict[str, Any]:
    here = counter()
    return {
        "items": here.book.menu.items,
        "sold_out": here.hub.sold_out,
        "special": here.hub.special,
        "tasks": [entry.to_json() for entry in await here.book.diary.read()],
        "hooked": here.settings.hook_url is not None,
        "deliveries": [each.to_json() for each in await here.book.hooks.latest(DELIVERIES)],
    }


async def order_page(order: Order, error: Exception | None = None) -> Response:
    """One order with its whole history; after a tap that was refused, with the reason."""
    problem = problem_of(error) if error else None
    text = await render_template(
        "office_order.html",
        order=order,
        steps=_steps(order),
        targets=_targets(order),
        problem=problem and problem.detail,
        blind_since_ms=counter().hub.blind_since_ms,
        **_words(),
    )
    return _answer(text, HTTPStatus(problem.status) if problem else HTTPStatus.OK)


def _steps(order: Order) -> list[tuple[HistoryEntry, int | None]]:
    """Each entry of the history, and for how long it was so; `None` for what still is."""
    ends = [entry.at_ms for entry in order.history[1:]]
    lengths = [end - entry.at_ms for entry, end in zip(order.history, ends, strict=False)]
    return list(zip(order.history, [*lengths, None], strict=True))


def _targets(order: Order) -> list[Status]:
    """What staff may make of the order now."""
    return [
        row.target
        for row in TRANSITIONS
        if row.source is order.status and Actor.STAFF in row.actors
    ]


def _words() -> dict[str, Any]:
    menu = counter().book.menu
    return {
        "names": {sku: item.called(language()) for sku, item in menu.items.items()},
        "stamp": stamp,
        "clock": clock,
        "zone_name": counter().settings.time_zone,
        "day_starts": counter().settings.business_day_starts,
        "lasted": lasted,
        "now_ms": int(time.time() * 1000),
        "asked": f"?lang={code}" if (code := request.args.get("lang")) else "",
    }


def _answer(text: str, status: HTTPStatus) -> Response:
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return Response(text, status, headers=headers)
