"""How long things took, as counts in buckets: small to keep, and those of many minutes add up.

Each doubling has four buckets (`orders/scripts/counts.lua` has the same): bucket b holds what took more
than 2^((b-1)/4) ms, up to 2^(b/4). A quantile is told as the middle of its bucket, so it is wrong by
at most 9 %, whatever it is; the mean is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PER_DOUBLING = 4
ERROR = 2 ** (1 / (2 * PER_DOUBLING)) - 1  # 0.09
QUANTILES = (50, 90, 99)  # per cent
LARGEST_DOUBLING = 26  # 19 hours


def bucket_of(ms: float) -> int:
    """The bucket that something which took so long is counted in."""
    return 0 if ms <= 1 else math.ceil(PER_DOUBLING * math.log2(ms) - 1e-9)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often each bucket was met, and how many ms it all took together."""

    buckets: Mapping[int, int]
    total_ms: int

    @property
    def count(self) -> int:
        return sum(self.buckets.values())

    def quantile(self, share: float) -> float | None:
        """What the quickest `share` of all (0.5: half) did not exceed, in ms; `None`: there are none."""
        rank, seen = math.ceil(share * self.count), 0
        for bucket, number in sorted(self.buckets.items()):
            seen += number
            if seen >= rank:
                return float(2 ** ((bucket - 0.5) / PER_DOUBLING)) if bucket else 1.0
        return None

    def doublings(self) -> Iterator[tuple[float, int]]:
        """What a Prometheus histogram is made of: (ms, how many took no longer), always the same ms."""
        seen = 0
        for doubling in range(LARGEST_DOUBLING + 1):
            for bucket in range((doubling - 1) * PER_DOUBLING + 1, doubling * PER_DOUBLING + 1):
                seen += self.buckets.get(bucket, 0)
            yield 2.0**doubling, seen

    def to_json(self) -> dict[str, float] | None:
        """None when nothing was counted."""
        if not self.count:
            return None
        told = {"count": self.count, "mean": round(self.total_ms / self.count, 1)}
        for per_cent in QUANTILES:
            told[f"p{per_cent}"] = round(self.quantile(per_cent / 100) or 0, 1)
        return told
