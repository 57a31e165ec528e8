"""What the statistics should say, counted anew from the histories of the orders themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from orders.counts import Counts
from orders.histogram import Histogram, bucket_of
from orders.model import Order
from orders.states import Status

EVENTS = (
    *("placed", "at_once", "ready", "collected", "failed", "retried", "revoked", "recalled"),
    "cooked_again",
)


@dataclass
class Recount:
    """The same counts, from what the orders themselves tell of their lives."""

    events: Counter[str] = field(default_factory=Counter)
    wait: list[int] = field(default_factory=list)
    cooking: list[int] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)
    ordered: Counter[str] = field(default_factory=Counter)
    cancelled: Counter[str] = field(default_factory=Counter)

    def add(self, order: Order) -> None:
        first, *others = order.history
        self.events["placed"] += 1
        for line in order.lines:
            self.ordered[line.sku] += line.quantity
        if first.status is Status.SUCCESS:
            self.events.update(("at_once", "ready"))
        before = first
        for entry in others:
            self._add_step(order, before.status, before.at_ms, entry.status, entry.at_ms)
            if entry.status is Status.STARTED and entry.attempt == 1:
                self.wait.append(entry.at_ms - order.placed_ms)
            before = entry

    def _add_step(self, order: Order, was: Status, was_ms: int, status: Status, at_ms: int) -> None:
        match was, status:
            case Status.STARTED, Status.SUCCESS:
                self.events["ready"] += 1
                self.ready.append(at_ms - order.placed_ms)
                self.cooking.append(at_ms - was_ms)
            case Status.COLLECTED, Status.SUCCESS:
                self.events["recalled"] += 1
            case _, Status.COLLECTED:
                self.events["collected"] += 1
            case _, Status.RETRY:
                self.events["retried"] += 1
            case _, Status.FAILURE:
                self.events["failed"] += 1
            case _, Status.PENDING:
                self.events["cooked_again"] += 1
            case _, Status.REVOKED:
                self.events["revoked"] += 1
                for line in order.lines:
                    self.cancelled[line.sku] += line.quantity


def histogram(times: list[int]) -> Histogram:
    return Histogram(Counter(map(bucket_of, times)), sum(times))


def assert_agree(recount: Recount, counts: Counts) -> None:
    assert {name: recount.events[name] for name in EVENTS} == {
        name: getattr(counts, name) for name in EVENTS
    }
    assert (recount.ordered, recount.cancelled) == (counts.ordered, counts.cancelled)
    assert histogram(recount.wait) == counts.wait_ms
    assert histogram(recount.cooking) == counts.cooking_ms
    assert histogram(recount.ready) == counts.ready_ms
