"""The totals: what the office draws its charts from, as `orders/tally.py` has kept it."""

from __future__ import annotations

from collections import Counter
from typing import Any, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from quart import Blueprint, Response

from orders.histogram import ERROR
from orders.tally import Span, Totals
from web.answers import answer
from web.counter import counter
from web.queries import query_as
from web.staff import require_staff
from web.texts import language

SPANS: tuple[Span, ...] = get_args(Span)

totals = Blueprint("totals", __name__, url_prefix="/api")


class TotalsQuery(BaseModel):
    """The last hour in minutes, or the last day or week in hours. `lang` is for the items' names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    range: Span = "hour"
    lang: str = Field("", max_length=40)


@totals.get("/totals")
async def get_totals() -> Response:
    await require_staff()
    return answer(await read_totals(query_as(TotalsQuery).range), 200)


async def read_totals(span: Span) -> dict[str, Any]:
    """What the API answers, for our own page too. Raises BookUnavailable."""
    zone = counter().settings.time_zone
    found = await counter().book.tally.read(span, ZoneInfo(zone))
    return {"range": span, "time_zone": zone, **as_json(found)}


def as_json(found: Totals) -> dict[str, Any]:
    return {
        "from_ms": found.from_ms,
        "until_ms": found.until_ms,
        "step_s": found.step_ms // 1000,
        "percentile_error": round(ERROR, 3),
        "whole": found.whole.to_json(),
        "series": [{"at_ms": step.at_ms, **step.counts.to_json()} for step in found.steps],
        "items": _items(found),
        "hours": _hours(found),
    }


def _items(found: Totals) -> list[dict[str, Any]]:
    """How many of each item, those that were ordered most first."""
    menu, ordered = counter().book.menu.items, Counter(found.whole.ordered)
    for sku in found.whole.cancelled:
        ordered.setdefault(sku, 0)
    return [
        {
            "sku": sku,
            "name": menu[sku].called(language()) if sku in menu else sku,
            "ordered": number,
            "cancelled": found.whole.cancelled.get(sku, 0),
        }
        for sku, number in ordered.most_common()
    ]


def _hours(found: Totals) -> list[dict[str, int]]:
    """When most is asked for: all days together, hour by hour, by local time."""
    hours = [{"hour": hour, "placed": 0, "ready": 0, "failed": 0} for hour in range(24)]
    for step in found.steps:
        row = hours[step.hour]
        row["placed"] += step.counts.placed
        row["ready"] += step.counts.ready
        row["failed"] += step.counts.failed
    return hours
