"""The tally: what has been counted of the orders, minute by minute, and how long things took.

The scripts that move the orders count as they do so (`orders/scripts/counts.lua`); here it is read. So
it survives a restart, is the same whichever process is asked, and agrees with the orders themselves.
Kept are the minutes of the last three hours, the quarters of an hour of the last 40 days, in UTC
(every time zone has its hours and days between quarters), and the sum since the beginning.

A minute, a quarter of an hour and the sum are a few hundred bytes each, up to 2 KiB where all sorts of
things happen. That is 4 MiB in all for a counter that is busy day and night, 1 MiB for one with a
night; nothing of it is a customer's.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

from orders.counts import Counts, Raw, added
from orders.gateway import Gateway
from orders.keys import Keys
from orders.wire import pairs

MINUTE_MS = 60_000
QUARTER_MS = 15 * MINUTE_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

# Of the queue, as counts.lua has it: what waits is due before the one, or, held, after the other; what
# is in work stands between them.
WAITS_MS, HELD_MS = 12 * HOUR_MS, 5 * 365 * DAY_MS

Span = Literal["hour", "day", "week"]
STEPS: dict[Span, tuple[int, int]] = {
    "hour": (60, MINUTE_MS),
    "day": (24, HOUR_MS),
    "week": (7 * 24, HOUR_MS),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What was counted from `at_ms` until the next step; `hour` is the local hour of the day."""

    at_ms: int
    hour: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Totals:
    """The steps of a span of time without a hole, the oldest first, the present one last."""

    from_ms: int
    until_ms: int
    step_ms: int
    whole: Counts
    steps: tuple[Step, ...]


Piece = tuple[int, Raw]  # when it begins, and what was counted in it


class Tally:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway, keys: Keys) -> None:
        self._gateway = gateway
        self._keys = keys

    async def read(self, span: Span, zone: tzinfo = UTC) -> Totals:
        """The last hour in minutes, or the last day or week in hours, as the clocks of `zone` show them.

        (Where a zone changes its clocks by less than an hour, the hours of the week before keep the
        new minutes.)
        """
        number, step_ms = STEPS[span]
        now_ms = await self._now_ms()
        from_ms = _begin_of_step(now_ms, step_ms, zone) - (number - 1) * step_ms
        return await self._totals(from_ms, now_ms, step_ms, zone)

    async def hours(self, from_ms: int, until_ms: int, zone: tzinfo = UTC) -> Totals:
        """A business day, say, hour by hour from its beginning, as far as it has come; for 40 days."""
        return await self._totals(from_ms, min(until_ms - 1, await self._now_ms()), HOUR_MS, zone)

    async def between(self, from_ms: int, until_ms: int) -> Counts:
        """What was counted from one moment until another, to the quarter of an hour; for 40 days."""
        [counts] = await self.each([(from_ms, until_ms)])
        return counts

    async def each(self, spans: Sequence[tuple[int, int]]) -> list[Counts]:
        """The same for several spans of time, all in one read."""
        last_ms = min(max(until_ms for _, until_ms in spans), await self._now_ms())
        pieces = await self._pieces(min(from_ms for from_ms, _ in spans), last_ms, fine=False)
        return [
            Counts.parse(added(raw for at_ms, raw in pieces if from_ms <= at_ms < until_ms))
            for from_ms, until_ms in spans
        ]

    async def ever(self) -> Counts:
        """What was counted since the book was begun: it only ever grows."""
        kept, minute = await self._gateway.together(
            ("GET", self._keys.tally_ever), ("GET", self._keys.tally)
        )
        _, running = _running(minute)
        return Counts.parse(added([json.loads(kept or "{}"), running]))

    async def _totals(self, from_ms: int, last_ms: int, step_ms: int, zone: tzinfo) -> Totals:
        """From a moment until another, which is in the last step."""
        starts = range(from_ms, last_ms + 1, step_ms)
        rows: list[list[Raw]] = [[] for _ in starts]
        waiting: int | None = None  # before the first step
        for at_ms, raw in await self._pieces(from_ms, last_ms, fine=step_ms < QUARTER_MS):
            if from_ms <= at_ms <= last_ms:
                rows[(at_ms - from_ms) // step_ms].append(raw)
            elif at_ms < from_ms:
                waiting = raw.get("waiting", waiting)
        steps = tuple(
            Step(at_ms, datetime.fromtimestamp(at_ms / 1000, zone).hour, counts)
            for at_ms, counts in zip(starts, _in_a_row(rows, waiting), strict=True)
        )
        whole = Counts.parse(added(raw for row in rows for raw in row))
        return Totals(from_ms, last_ms, step_ms, whole, steps)

    async def _now_ms(self) -> int:
        seconds, microseconds = await self._gateway.command("TIME")
        return int(seconds) * 1000 + int(microseconds) // 1000

    async def _pieces(self, from_ms: int, until_ms: int, *, fine: bool) -> list[Piece]:
        """The minutes, or the quarters of an hour, from before to after; the running minute is the last.

        All of one moment: a minute that is being closed is in one place or in the other.
        """
        size_ms, key_ms = (MINUTE_MS, HOUR_MS) if fine else (QUARTER_MS, DAY_MS)
        name = self._keys.tally_minutes if fine else self._keys.tally_quarters
        keys = [name(number) for number in range(from_ms // key_ms, until_ms // key_ms + 1)]
        now_ms = int(time.time() * 1000)  # hours from the limits that are asked for with it
        *hashes, minute, due, held = await self._gateway.together(
            *(("HGETALL", key) for key in keys),
            ("GET", self._keys.tally),
            ("ZCOUNT", self._keys.queue, "-inf", now_ms + WAITS_MS),
            ("ZCOUNT", self._keys.queue, now_ms + HELD_MS, "+inf"),
        )
        pieces = [
            (int(number) * size_ms, json.loads(text))
            for answer in hashes
            for number, text in pairs(answer).items()
        ]
        at_ms, running = _running(minute)
        # Nothing has happened since the running minute: as many as wait now waited at its end.
        known = {"waiting": int(due) + int(held)} if running else {}
        return [*sorted(pieces, key=lambda piece: piece[0]), (at_ms, {**running, **known})]


def _running(text: str | None) -> Piece:
    """The minute that goes on, or the last one in which something happened."""
    minute = re.match(r"\d+", text or "")
    raw: Counter[str] = Counter()
    for name, number in re.findall(r" (\S+) (\d+)", text or ""):
        raw[name] += int(number)
    return int(minute[0]) * MINUTE_MS if minute else 0, raw


def _begin_of_step(now_ms: int, step_ms: int, zone: tzinfo) -> int:
    offset = datetime.fromtimestamp(now_ms / 1000, zone).utcoffset()
    assert offset is not None
    offset_ms = int(offset.total_seconds() * 1000)
    return (now_ms + offset_ms) // step_ms * step_ms - offset_ms


def _in_a_row(rows: Iterable[list[Raw]], waiting: int | None) -> Iterator[Counts]:
    """The counts of each step. Where nothing happened, as many wait as at the end of what did before."""
    for row in rows:
        raw: dict[str, Any] = added(row)
        if "most_waiting" not in raw and waiting is not None:
            raw["most_waiting"] = waiting
        waiting = raw.get("waiting", waiting)
        yield Counts.parse(raw)
