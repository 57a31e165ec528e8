"""The outlook of an order: what it depends on, what its customer is told to expect, and when again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orders.model import Order
from orders.states import Status
from web.estimate import Range


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order is: all that its outlook depends on, at a tenth of the order's size."""

    order_id: str
    status: Status
    first: bool  # it goes before all others that wait
    placed_ms: int
    started_ms: int | None  # the first time since it last was PENDING

    @classmethod
    def of(cls, order: Order) -> Progress:
        return cls(order.id, order.status, order.priority, order.placed_ms, _first_start(order))


def _first_start(order: Order) -> int | None:
    started_ms = None
    for entry in reversed(order.history):
        if entry.status is Status.PENDING:
            break
        if entry.status is Status.STARTED:
            started_ms = entry.at_ms
    return started_ms


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
