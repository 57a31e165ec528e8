"""Times, in the zone of the business day, and durations, as the office writes them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from babel.dates import format_date, format_time
from babel.units import format_unit

from web.counter import counter
from web.texts import language

SECONDS_FROM_MS = 950
MINUTES_FROM_S, HOURS_FROM_S = 90, 5400
UNKNOWN = "\N{EN DASH}"


def zone() -> tzinfo:
    """The time zone of the business day."""
    return counter().book.diary.days.zone


def stamp(at_ms: int | None) -> str:
    """The day and the time of day, to the second; a dash for a time that is not known."""
    if at_ms is None:
        return UNKNOWN
    at = datetime.fromtimestamp(at_ms / 1000, zone())
    day = format_date(at, "medium", locale=language())
    return f"{day} {format_time(at, 'HH:mm:ss', tzinfo=zone(), locale=language())}"


def clock(at_ms: int | None) -> str:
    """The time of day, with the day only if that is another than today's."""
    if at_ms is None:
        return UNKNOWN
    at = datetime.fromtimestamp(at_ms / 1000, zone())
    text = stamp(at_ms)
    return text.rpartition(" ")[2] if at.date() == datetime.now(zone()).date() else text


def lasted(ms: float | None) -> str:
    """A duration in the one unit that suits it; a dash for one that is not known."""
    if ms is None:
        return UNKNOWN
    if ms < SECONDS_FROM_MS:
        return _unit(round(ms), "duration-millisecond")
    seconds = ms / 1000
    if seconds < MINUTES_FROM_S:
        return _unit(seconds, "duration-second")
    if seconds < HOURS_FROM_S:
        return _unit(seconds / 60, "duration-minute")
    return _unit(seconds / 3600, "duration-hour")


def _unit(value: float, unit: str) -> str:
    # The figures are those of the orders' numbers, in every language.
    rounded = round(value, 1) if value < 10 else round(value)  # noqa: PLR2004 - two figures that count
    return format_unit(rounded, unit, length="short", locale=language(), numbering_system="latn")
