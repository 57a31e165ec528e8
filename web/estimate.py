"""How long until a meal is ready: a range, read off what recent orders took.

Nothing is computed from the menu or the number of cooks; both are wrong on a busy evening. What an
order will take is what orders in its place took, from the shorter to the longer of them, leaving out
the extremes. Where there are too few of those, or the last ranges were wrong, there is none: no word
is better than a wrong one.

It knows times and places in line; whose they are is for web/line.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

KEPT = 120
RECENT_MS = 3_600_000
ENOUGH = 8  # orders, before anything is said
ALIKE = 24  # so many of the likest are asked
FARTHEST = 3.0  # a line three times as long, or as short, is not alike
SHORTER, LONGER = 0.05, 0.95  # of the likest; wider than four of five, since tomorrow is not today
MARGIN, MARGIN_MS = 0.1, 1_000
AT_ONCE_MS = 2_000  # who waits longer stands in line, even at its head
CHECKED, RIGHT = 16, 12  # so many ranges are looked back on, and so many of them have to be right


class Range(NamedTuple):
    """No sooner than `low_ms`, and no later than `high_ms`, at least four times out of five."""

    low_ms: int
    high_ms: int


class Waited(NamedTuple):
    at_ms: int
    ahead: int
    wait_ms: int


class Cooked(NamedTuple):
    at_ms: int
    cooking_ms: int


class Estimate:
    """What recent orders took. All times are on one clock; they come, and are asked for, as it goes."""

    def __init__(self) -> None:
        self._waited: deque[Waited] = deque(maxlen=KEPT)
        self._cooked: deque[Cooked] = deque(maxlen=KEPT)
        self._right: deque[bool] = deque([True] * CHECKED, maxlen=CHECKED)
        self._cooking: list[int] = []  # what those that were cooked took, the quickest first
        self._waits: dict[tuple[int, bool], list[float]] = {}  # as asked for since the last one

    def waited(self, at_ms: int, ahead: int, wait_ms: int) -> None:
        """An order that had `ahead` others before it was started at `at_ms`, after so long."""
        self._waited.append(Waited(at_ms, ahead, wait_ms))
        self._waits.clear()

    def cooked(self, at_ms: int, cooking_ms: int) -> None:
        """An order became ready at `at_ms`, so long after it was first started."""
        self._cooked.append(Cooked(at_ms, cooking_ms))
        self._cooking = sorted(one.cooking_ms for one in self._cooked)

    def check(self, said: Range, at_ms: int) -> None:
        """Look back on a range (of times, here) when the order is ready."""
        self._right.append(said.low_ms <= at_ms <= said.high_ms)

    @property
    def trusted(self) -> bool:
        """Whether the ranges have been right of late. When a cook goes home, or a second one comes,
        they are not, until enough has been seen of the new pace.
        """
        return sum(self._right) >= RIGHT

    def in_line(self, ahead: int, waited_ms: int, quiet_ms: int, now_ms: int) -> Range | None:
        """When an order will be ready that has `ahead` others before it and has waited for so long.

        `quiet_ms`: how long nothing has been started although somebody waits. A crew that is at work
        starts the next order when a meal is done.
        """
        self._forget(now_ms)
        waits = self._waits_like(ahead, ahead > 0 or waited_ms > AT_ONCE_MS)
        if min(len(waits), len(self._cooking)) < ENOUGH:
            return None
        if quiet_ms > self._cooking[-1] + AT_ONCE_MS:
            return None
        low_ms = _quantile(waits, SHORTER) + _quantile(self._cooking, SHORTER)
        return _with_margin(low_ms, _quantile(waits, LONGER) + _quantile(self._cooking, LONGER))

    def on_the_stove(self, cooking_ms: int, now_ms: int) -> Range | None:
        """When an order that was started so long ago will be ready: what those took that took longer."""
        self._forget(now_ms)
        longer = self._cooking[bisect_right(self._cooking, cooking_ms) :]
        if len(longer) < ENOUGH:
            return None
        low_ms, high_ms = _quantile(longer, SHORTER), _quantile(longer, LONGER)
        return _with_margin(low_ms - cooking_ms, high_ms - cooking_ms)

    def _waits_like(self, ahead: int, in_line: bool) -> list[float]:
        """What the likest orders waited, in proportion to the places before them; the shortest first.

        Who found nobody in line may have been started at once, and tells nothing about a line. Far
        back one place more or less does not matter, so that many orders share an answer.
        """
        far = 10 ** max(0, len(str(ahead)) - 2)
        place = ahead // far * far + 1
        if (place, in_line) not in self._waits:
            alike = [
                (max(ratio, 1 / ratio), one.wait_ms * ratio)
                for one in self._waited
                if (one.ahead > 0) == in_line
                if 1 / FARTHEST <= (ratio := place / (one.ahead + 1)) <= FARTHEST
            ]
            self._waits[place, in_line] = sorted(wait_ms for _, wait_ms in sorted(alike)[:ALIKE])
        return self._waits[place, in_line]

    def _forget(self, now_ms: int) -> None:
        while self._waited and now_ms - self._waited[0].at_ms > RECENT_MS:
            self._waited.popleft()
            self._waits.clear()
        while self._cooked and now_ms - self._cooked[0].at_ms > RECENT_MS:
            self._cooking.remove(self._cooked.popleft().cooking_ms)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which this share of the `ordered` ones lies, between two if need be."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _with_margin(low_ms: float, high_ms: float) -> Range:
    low_ms, high_ms = low_ms * (1 - MARGIN) - MARGIN_MS, high_ms * (1 + MARGIN) + MARGIN_MS
    return Range(max(0, round(low_ms)), round(high_ms))
