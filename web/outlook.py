"""The outlook of an order: what its customer is told to expect, and when to tell it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from web.estimate import Range


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many wait before an order, and when it will be ready; `None` where there is no telling."""

    ahead: int | None = None
    ready: Range | None = None

    def is_as(self, told: Outlook, ago_s: float) -> bool:
        """Whether it is still what was told so long ago: to a twentieth, of which nobody takes note."""
        silent = (self.ahead is None, self.ready is None)
        if silent != (told.ahead is None, told.ready is None):
            return False
        ahead, ready = self.ahead or 0, self.ready or Range(0, 0)
        was_ready = (max(0, ms - ago_s * 1000) for ms in told.ready or Range(0, 0))
        slack_ms = max(1_000, ready.high_ms / 20)
        return abs(ahead - (told.ahead or 0)) <= ahead // 20 and all(
            abs(now_ms - then_ms) <= slack_ms
            for now_ms, then_ms in zip(ready, was_ready, strict=True)
        )

    def to_json(self) -> dict[str, Any]:
        """Seconds from now, rounded outwards."""
        if self.ready is None:
            return {"ahead": self.ahead, "ready_in_s": None}
        low_s, high_s = self.ready.low_ms // 1000, -(-self.ready.high_ms // 1000)
        return {"ahead": self.ahead, "ready_in_s": [low_s, high_s]}
