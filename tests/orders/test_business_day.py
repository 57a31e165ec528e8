"""The business day: when it begins by the shop's own clock, also when that is put forward or back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orders.business_day import BusinessDays
from orders.settings import Settings

HOUR_MS = 3600 * 1000
BERLIN = "Europe/Berlin"  # forward on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00


def days(zone: str = BERLIN, starts: str = "04:00") -> BusinessDays:
    return BusinessDays.of(Settings(time_zone=zone, business_day_starts=starts))


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-21T03:59:59.999+01:00", "2026-11-20"),
        ("2026-11-21T04:00:00+01:00", "2026-11-21"),
        ("2026-11-21T23:59:00+01:00", "2026-11-21"),
        ("2026-11-22T00:30:00+01:00", "2026-11-21"),
        ("2026-07-01T02:00:00Z", "2026-07-01"),
        ("2026-07-01T01:59:00Z", "2026-06-30"),
    ],
)
def test_the_night_belongs_to_the_day_before(at: str, day: str) -> None:
    """Until the business day starts, by the clock on the wall, it is still the one before."""
    assert date.fromisoformat(day) == days().of_ms(ms(at))


@pytest.mark.parametrize(
    ("day", "starts", "hours"),
    [
        ("2026-03-28", "04:00", 23),  # the clock goes forward in the night after
        ("2026-10-24", "04:00", 25),
        ("2026-11-20", "04:00", 24),
        ("2026-03-29", "00:00", 23),
        ("2026-10-25", "00:00", 25),
    ],
)
def test_a_day_has_23_or_25_hours_when_the_clock_changes(day: str, starts: str, hours: int) -> None:
    """Its end is the beginning of the next, by the same clock."""
    from_ms, until_ms = days(starts=starts).span(date.fromisoformat(day))
    assert hours * HOUR_MS == until_ms - from_ms


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        ("2026-03-29", "2026-03-29T03:30:00+02:00"),  # 02:30 does not exist
        ("2026-10-25", "2026-10-25T02:30:00+02:00"),  # 02:30 comes twice: the first
    ],
)
def test_a_beginning_that_the_clock_leaves_out_or_shows_twice(day: str, begins: str) -> None:
    """It begins once, when RFC 5545 says: by the offset before the gap, and the first time of two."""
    assert ms(begins) == days(starts="02:30").begin_ms(date.fromisoformat(day))


@pytest.mark.parametrize(
    "zone", ["UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Pacific/Apia"]
)
@pytest.mark.parametrize("starts", ["00:00", "02:30", "23:45"])
@pytest.mark.parametrize("year", [2011, 2026])  # Apia left a whole day out in December 2011
def test_every_moment_belongs_to_one_day(zone: str, starts: str, year: int) -> None:
    """The days follow each other without a gap, and each holds its own moments."""
    here, day = days(zone, starts), date(year, 1, 1)
    for _ in range(365):
        from_ms, until_ms = here.span(day)
        if from_ms < until_ms:
            assert (day, day) == (here.of_ms(from_ms), here.of_ms(until_ms - 1))
        day += timedelta(days=1)
        assert until_ms == here.begin_ms(day)


@pytest.mark.parametrize(
    ("every", "last", "following"),
    [("day", "11-21", "11-22"), ("week", "11-16", "11-23"), ("month", "11-01", "12-01")],
)
def test_what_comes_with_the_first_day_of_its_kind(every: str, last: str, following: str) -> None:
    """A week begins on Monday, a month on its first; both when the business day does."""
    now, zone = ms("2026-11-21T12:00:00+01:00"), ZoneInfo(BERLIN)
    told = (days().last(every, now), days().next(every, now))
    expected = [
        datetime.fromisoformat(f"2026-{day}T04:00").replace(tzinfo=zone)
        for day in (last, following)
    ]
    assert tuple(int(moment.timestamp() * 1000) for moment in expected) == told


def test_what_is_due_in_the_hour_that_comes_twice_is_due_once() -> None:
    """All through that night the last occurrence is the same one, until the next day's."""
    here = days(starts="02:30")
    begins = here.begin_ms(date(2026, 10, 25))
    quarters = range(begins, begins + 25 * HOUR_MS, HOUR_MS // 4)
    assert {begins} == {here.last("day", at_ms) for at_ms in quarters}
    assert begins + 25 * HOUR_MS == here.next("day", begins)
