"""Medians, spreads and quantiles. Pure functions; nothing is rounded here."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from bench.harness import Goal, Scenario


class Spread(NamedTuple):
    """The median of some rounds, and the least and the greatest of them."""

    median: float
    least: float
    greatest: float


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least `share` (0.99, say) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spreads(result: dict[str, Any], figure: str) -> dict[str, Spread]:
    """The spread of a figure by contestant, over the rounds that did not fail."""
    values: dict[str, list[float]] = {}
    for entry in result["rounds"]:
        if "failed" not in entry and figure in entry["figures"]:
            values.setdefault(entry["contestant"], []).append(entry["figures"][figure])
    return {contestant: spread(of) for contestant, of in values.items()}


def ratio(scenario: Scenario, figure: str, ours: float, theirs: float) -> float | None:
    """How many times better ours is: above 1 whichever way is good. None beside nothing."""
    better = next(f.better for f in scenario.figures if f.name == figure)
    worse, good = (theirs, ours) if better == "more" else (ours, theirs)
    return good / worse if worse else None


def ours_for(scenario: Scenario, peer: str) -> str | None:
    """Which of ours a peer stands beside: "ours, 1,000 viewers" beside "nginx, 1,000 viewers".

    None for our own, and for a peer who is alone of its size. Without sizes it is the first of ours.
    """
    if peer.startswith("ours"):
        return None
    sized = [name for name in scenario.contestants if name.startswith("ours, ")]
    if not sized:
        return scenario.contestants[0]
    size = peer.partition(", ")[2]
    return next((name for name in sized if name.partition(", ")[2] == size), None)


class Reached(NamedTuple):
    """What became of a goal: the value ours has, the peer beside it, the ratio, and whether it holds."""

    value: float
    beside: str | None
    theirs: float | None
    ratio: float | None
    holds: bool


def reached(scenario: Scenario, result: dict[str, Any]) -> list[Reached | None]:
    """What became of each goal; `None` where it was not measured."""
    return [_one(scenario, result, goal) for goal in scenario.goals]


def _one(scenario: Scenario, result: dict[str, Any], goal: Goal) -> Reached | None:
    by_contestant = spreads(result, goal.figure)
    subject = goal.of or scenario.contestants[0]
    ours = by_contestant.get(subject)
    if ours is None:
        return None
    more = next(f.better for f in scenario.figures if f.name == goal.figure) == "more"
    peers = goal.beside or [c for c in scenario.contestants if ours_for(scenario, c) == subject]
    medians = {name: by_contestant[name].median for name in peers if name in by_contestant}
    best = (max if more else min)(medians, key=medians.__getitem__) if medians else None
    times = ratio(scenario, goal.figure, ours.median, medians[best]) if best else None
    if goal.beside:
        if times is None:
            return None
        holds = times >= goal.limit
    else:
        holds = ours.median >= goal.limit if more else ours.median <= goal.limit
    return Reached(ours.median, best, medians[best] if best else None, times, holds)
