"""The operation on the kept statistics: the route of web/totals.py."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.description.operation import Answer, Operation
from web.totals import TotalsQuery

TAG = "Totals"


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TimesAnswer(_Told):
    """How long something took, in ms: on the average, and what half, 90 % and 99 % did not exceed."""

    count: int
    mean: float
    p50: float
    p90: float
    p99: float


class CountsAnswer(_Told):
    """How many orders went which way."""

    placed: int
    at_once: int = Field(description="Ready when they were placed: nothing to cook.")
    ready: int = Field(description="Those at once included.")
    collected: int
    failed: int
    retried: int
    revoked: int
    recalled: int
    cooked_again: int
    waiting: int | None = Field(description="The most that waited; null before anything is known.")
    number_ms: TimesAnswer | None = Field(description="From asking to the number.")
    wait_ms: TimesAnswer | None = Field(
        description="From the number to the first cook, counted when his attempt ends."
    )
    cooking_ms: TimesAnswer | None
    ready_ms: TimesAnswer | None = Field(description="From the number to Ready.")


class StepAnswer(CountsAnswer):
    """The counts of one minute or hour."""

    at_ms: int = Field(description="When it began.")


class SoldAnswer(_Told):
    """How many of one item."""

    sku: str
    name: str
    ordered: int
    cancelled: int


class HourAnswer(_Told):
    """All days together, by local time."""

    hour: int
    placed: int
    ready: int
    failed: int


class TotalsAnswer(_Told):
    """What happened in the last hour, day or week. Oldest first, without holes; the last step is now."""

    range: Literal["hour", "day", "week"]
    from_ms: int
    until_ms: int
    step_s: int
    time_zone: str
    percentile_error: float = Field(description="By what share a percentile may be off.")
    whole: CountsAnswer
    series: list[StepAnswer]
    items: list[SoldAnswer]
    hours: list[HourAnswer]


TIMES = {"count": 7, "mean": 9120.5, "p50": 8912.1, "p90": 9828.8, "p99": 9828.8}
COUNTS: dict[str, Any] = {
    "placed": 8,
    "at_once": 1,
    "ready": 8,
    "collected": 6,
    "failed": 0,
    "retried": 0,
    "revoked": 0,
    "recalled": 0,
    "cooked_again": 0,
    "waiting": 2,
    "number_ms": None,
    "wait_ms": None,
    "cooking_ms": TIMES,
    "ready_ms": TIMES,
}
TOTALS = {
    "range": "hour",
    "from_ms": 1795258800000,
    "until_ms": 1795262400000,
    "step_s": 60,
    "time_zone": "Europe/Vienna",
    "percentile_error": 0.09,
    "whole": COUNTS,
    "series": [{"at_ms": 1795258800000, **COUNTS}],
    "items": [{"sku": "nuggets-6", "name": "6 nuggets", "ordered": 8, "cancelled": 0}],
    "hours": [{"hour": 12, "placed": 8, "ready": 8, "failed": 0}],
}

OPERATIONS = {
    "totals.get_totals": Operation(
        TAG,
        "Read the totals of the last hour, day or week",
        "Kept statistics: they survive a restart, and are right with several web processes.",
        {200: Answer("The totals.", TotalsAnswer, TOTALS)},
        who="staff",
        query=TotalsQuery,
    ),
}
