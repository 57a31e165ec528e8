"""The business day: it begins when the shop says, by the clock on its wall, and not at midnight.

Where that clock is put forward or back a business day has 23 or 25 hours. A beginning that the clock
leaves out, or shows twice, is read as RFC 5545 (3.3.5) reads such a time: by the offset that held before
the gap, and as the first of the two. That is what Python's `fold=0` does (PEP 495).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from orders.settings import Settings

Every = Literal["day", "week", "month"]

DAY = timedelta(days=1)


@dataclass(frozen=True)
class BusinessDays:
    """The business days of one shop. Moments are ms since 1970."""

    zone: tzinfo
    starts: time

    @classmethod
    def of(cls, settings: Settings) -> BusinessDays:
        return cls(_zone(settings.time_zone), time.fromisoformat(settings.business_day_starts))

    def of_ms(self, at_ms: int) -> date:
        """The business day that a moment belongs to."""
        day = datetime.fromtimestamp(at_ms / 1000, self.zone).date()
        while self.begin_ms(day) > at_ms:
            day -= DAY
        while self.begin_ms(day + DAY) <= at_ms:
            day += DAY
        return day

    def begin_ms(self, day: date) -> int:
        return round(datetime.combine(day, self.starts, self.zone).timestamp() * 1000)

    def span(self, day: date) -> tuple[int, int]:
        """From when, and until when."""
        return self.begin_ms(day), self.begin_ms(day + DAY)

    def last(self, every: Every, at_ms: int) -> int:
        """When what comes with every first business day of its kind came last: today counts."""
        return self.begin_ms(first(every, self.of_ms(at_ms)))

    def next(self, every: Every, at_ms: int) -> int:
        """When it comes next."""
        longest = {"day": 1, "week": 7, "month": 31}[every]
        begun = first(every, self.of_ms(at_ms))
        return self.begin_ms(first(every, begun + longest * DAY))


def first(every: Every, day: date) -> date:
    """The first day of the day's week (Monday) or month, or the day itself."""
    if every == "week":
        return day - day.weekday() * DAY
    return day.replace(day=1) if every == "month" else day


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
