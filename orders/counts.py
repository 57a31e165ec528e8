"""What was counted in some span of time, as `orders/scripts/counts.lua` names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orders.histogram import Histogram

Raw = Mapping[str, int]

TIMES = ("number", "wait", "cooking", "ready")


def added(raws: Iterable[Raw]) -> dict[str, int]:
    """All of it together, the later after the earlier. Who waits is not added: most, and last."""
    total: dict[str, int] = {}
    for raw in raws:
        for name, number in raw.items():
            if name == "waiting":
                total[name] = number
                most = raw.get("most_waiting", number)
                total["most_waiting"] = max(total.get("most_waiting", 0), most)
            elif name != "most_waiting":
                total[name] = total.get(name, 0) + number
    return total


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each thing happened, and how long it took.

    `ready` counts what came from the kitchen and what was ready `at_once`, of which no time is kept.
    `number_ms`: from the request until the number was told. `wait_ms`: from placed until first started.
    `cooking_ms`: from the last start until ready. `ready_ms`: from placed until ready.
    `waiting`: the most orders that waited for the crew at the end of a minute; None when not known.
    `ordered`, `cancelled`: how many of each sku.
    """

    placed: int
    at_once: int
    ready: int
    collected: int
    failed: int
    retried: int
    revoked: int
    recalled: int
    cooked_again: int
    waiting: int | None
    number_ms: Histogram
    wait_ms: Histogram
    cooking_ms: Histogram
    ready_ms: Histogram
    ordered: Mapping[str, int]
    cancelled: Mapping[str, int]

    @classmethod
    def parse(cls, raw: Raw) -> Counts:
        parts: dict[str, dict[str, int]] = {name: {} for name in (*TIMES, "ordered", "cancelled")}
        for name, number in raw.items():
            kind, colon, which = name.partition(":")
            if colon and kind in parts:
                parts[kind][which] = number
        times = {name: _histogram(parts[name], raw.get(f"{name}_ms", 0)) for name in TIMES}
        at_once = raw.get("at_once", 0)
        return cls(
            placed=raw.get("placed", 0),
            at_once=at_once,
            ready=times["ready"].count + at_once,
            collected=raw.get("collected", 0),
            failed=raw.get("failed", 0),
            retried=raw.get("retried", 0),
            revoked=raw.get("revoked", 0),
            recalled=raw.get("recalled", 0),
            cooked_again=raw.get("cooked_again", 0),
            waiting=raw.get("most_waiting"),
            number_ms=times["number"],
            wait_ms=times["wait"],
            cooking_ms=times["cooking"],
            ready_ms=times["ready"],
            ordered=parts["ordered"],
            cancelled=parts["cancelled"],
        )

    def to_json(self) -> dict[str, Any]:
        """As in each step of `GET /api/totals`; the items are told apart from it."""
        return {
            "placed": self.placed,
            "at_once": self.at_once,
            "ready": self.ready,
            "collected": self.collected,
            "failed": self.failed,
            "retried": self.retried,
            "revoked": self.revoked,
            "recalled": self.recalled,
            "cooked_again": self.cooked_again,
            "waiting": self.waiting,
            "number_ms": self.number_ms.to_json(),
            "wait_ms": self.wait_ms.to_json(),
            "cooking_ms": self.cooking_ms.to_json(),
            "ready_ms": self.ready_ms.to_json(),
        }


def _histogram(buckets: Mapping[str, int], total_ms: int) -> Histogram:
    return Histogram({int(bucket): number for bucket, number in buckets.items()}, total_ms)
