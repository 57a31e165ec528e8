"""What the visits have measured: medians, the worst, and the points of the plot. Nothing is reckoned
that no customer has measured.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter, deque
from typing import Any

from web.workshop.visits import Side, Visit

KEPT = 200
POINTS = 60
COUNTED = ("ate", "gave-up", "failed", "lost")


class Figures:
    """Of one counter, since they were last begun afresh."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._began = time.monotonic()
        self._visits: deque[Visit] = deque(maxlen=KEPT)
        self.ended: Counter[str] = Counter()

    def take(self, visit: Visit) -> None:
        """A visit that began after we did, and is over."""
        if visit.came >= self._began:
            self._visits.append(visit)
            self.ended[visit.place] += 1

    def told(self, present: list[Visit]) -> dict[str, Any]:
        """For the page; `present` are the visits that go on. Times in seconds, `None`: none measured."""
        numbers = [v.number_s for v in (*self._visits, *present) if v.number_s is not None]
        cashier = [v.cashier_s for v in (*self._visits, *present) if v.cashier_s is not None]
        eaten = [v for v in self._visits if v.eat_s is not None]
        return {
            "in_line": sum(visit.place == "line" for visit in present),
            "cashier_s": _summary(cashier),
            "number_s": _summary(numbers),
            "eat_s": _summary([visit.eat_s or 0.0 for visit in eaten]),
            "plot": [
                [round(visit.left - self._began, 1), round(visit.eat_s, 2)]
                for visit in eaten[-POINTS:]
                if visit.left is not None and visit.eat_s is not None
            ],
            **{name.replace("-", "_"): self.ended[name] for name in COUNTED},
        }


def _summary(seconds: list[float]) -> dict[str, float] | None:
    """Median, worst, and of how many."""
    if not seconds:
        return None
    return {
        "median": round(statistics.median(seconds), 3),
        "worst": round(max(seconds), 3),
        "of": len(seconds),
    }
