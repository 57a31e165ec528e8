"""What a scenario is, and how it is measured: contestants in alternation, several rounds, a ledger each.

A scenario is a module in `bench/scenarios/`, named like its scenario, with two things in it:

    SCENARIO = Scenario(
        name="cook",
        title="Cook: drain a full kitchen",
        what="A paragraph for docs/benchmarks.md: what is done, with which settings.",
        figures=(Figure("orders_per_s", "orders/s", "more"),),  # the first one is plotted
        contestants=("ours", "Celery, prefork", "stock arq"),   # ours first; all of ours: "ours …"
        goals=(
            Goal("at least 10 times Celery", "orders_per_s", 10, beside=("Celery, prefork",)),  # a ratio
            Goal("at least 800 /s", "orders_per_s", 800),                                   # a value
        ),
    )

    async def run(contestant: str, form: Form) -> Outcome:
        orders = form.pick(20_000, 2_000)
        async with parts.valkey(form.folder) as valkey, parts.kitchen(valkey.url, ...):
            ...
        return Outcome(
            {"orders_per_s": finished / seconds, "worker_cpu_s": ...},  # others may come along
            Ledger(expected=orders, received=finished, of="orders finished"),
        )

`run` is one round of one contestant, in a fresh folder, on a fresh Valkey; it leaves nothing running.
What is deterministic (number of orders, sizes) comes from `form.pick(full, quick)`. A contestant whose
program is not on this machine raises `NotHere`, and its row says so. Anything else that is raised, a
ledger that does not balance, makes the round FAILED and the whole command end with exit code 1.
Contestants of a size ("ours, 1,000 viewers") are compared with peers of that size.
`Outcome.points` (name of a line → [(x, y), …]) are drawn if the scenario has a `lines` plot.

`bench/parts.py` has what scenarios are made of: Valkey, our web and kitchen, the peers, CPU and memory
of a process tree. `bench/statistic.py` has quantiles. `python -m bench --quick cook boards` runs two.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from bench import scenarios

SCRATCH = Path(__file__).parents[1] / ".cache" / "bench" / "scratch"  # a real disk: fsync costs
LONGEST_ROUND_S = 1800.0
T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One number that a round gives, and which way is good."""

    name: str
    unit: str
    better: Literal["more", "less"]


@dataclass(frozen=True)
class Goal:
    """What ours should reach: a value, or with `beside` so many times the best of those peers.

    A ratio is always that of better to worse: twice as many orders per second is 2, half the time too.
    """

    text: str
    figure: str
    limit: float
    beside: tuple[str, ...] = ()
    of: str = ""  # whose figure, if not the first contestant's


@dataclass(frozen=True)
class Plot:
    """How a scenario is drawn: `bars`, a contestant each, or `lines` through `Outcome.points`."""

    kind: Literal["bars", "lines"] = "bars"
    x: str = ""
    y: str = ""
    log_x: bool = False


@dataclass(frozen=True)
class Scenario:
    """What is measured, of whom, and what is to be reached."""

    name: str
    title: str
    what: str
    figures: tuple[Figure, ...]
    contestants: tuple[str, ...]
    goals: tuple[Goal, ...] = ()
    rounds: int = 5
    quick_rounds: int = 1
    plot: Plot | None = Plot()
    not_in_quick: tuple[str, ...] = ()  # contestants that a quick run leaves out


@dataclass(frozen=True)
class Form:
    """How one round is to be run."""

    quick: bool
    folder: Path  # fresh, and removed afterwards
    say: Callable[[str], None]  # progress, one line

    def pick(self, full: T, quick: T) -> T:
        return quick if self.quick else full


@dataclass(frozen=True)
class Ledger:
    """What was owed and what came: equal, except for what a generator cut off could not learn.

    `unknown`: so many requests were on their way when the generator stopped; they may count or not.
    """

    expected: int
    received: int
    of: str
    unknown: int = 0

    @property
    def balanced(self) -> bool:
        return 0 < self.expected <= self.received <= self.expected + self.unknown


@dataclass(frozen=True)
class Outcome:
    """What a round gave."""

    figures: Mapping[str, float]
    ledger: Ledger
    points: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    notes: Sequence[str] = ()


class NotHere(Exception):
    """What this contestant needs is not on this machine; the text says what."""


def names() -> list[str]:
    """All scenarios, in the order of the issue that asked for them; unknown ones last."""
    order = ["accept", "cook", "pickup", "whole_way", "boards", "phones", "viewer_memory"]
    order += ["order_memory", "growth", "start"]
    found = [module.name for module in pkgutil.iter_modules(scenarios.__path__)]
    return sorted(found, key=lambda n: (order.index(n) if n in order else len(order), n))


def load(name: str) -> tuple[Scenario, Any]:
    """A scenario and its `run`."""
    module = importlib.import_module(f"bench.scenarios.{name}")
    return module.SCENARIO, module.run


async def measure(
    name: str, *, quick: bool, say: Callable[[str], None], at_most: int | None = None
) -> dict[str, Any]:
    """Run all rounds of a scenario, or `at_most` so many; the result as it is written to disk."""
    scenario, run = load(name)
    contestants = [c for c in scenario.contestants if not (quick and c in scenario.not_in_quick)]
    rounds = scenario.quick_rounds if quick else scenario.rounds
    rounds = min(rounds, at_most or rounds)
    result: dict[str, Any] = {"scenario": name, "quick": quick, "at": time.time(), "rounds": []}
    missing: dict[str, str] = {}
    for number in range(1, rounds + 1):
        for contestant in _turned(contestants, number):
            if contestant in missing:
                continue
            label = f"{name} {number}/{rounds} {contestant}"
            try:
                entry = await _one_round(run, contestant, quick=quick, label=label, say=say)
            except NotHere as reason:
                missing[contestant] = str(reason)
                say(f"{label}: not here: {reason}")
            else:
                result["rounds"].append({"contestant": contestant, "round": number, **entry})
    return {**result, "missing": missing, "seconds": time.time() - result["at"]}


def _turned(contestants: Sequence[str], number: int) -> Sequence[str]:
    """Every other round backwards, so that nobody always comes after the same one."""
    return contestants if number % 2 else list(reversed(contestants))


async def _one_round(
    run: Any, contestant: str, *, quick: bool, label: str, say: Callable[[str], None]
) -> dict[str, Any]:
    SCRATCH.mkdir(parents=True, exist_ok=True)
    say(f"{label} …")
    with tempfile.TemporaryDirectory(dir=SCRATCH, ignore_cleanup_errors=True) as folder:
        form = Form(quick, Path(folder), lambda text: say(f"{label}: {text}"))
        try:
            async with asyncio.timeout(LONGEST_ROUND_S):
                outcome: Outcome = await run(contestant, form)
        except NotHere:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the round has failed
            traceback.print_exc()
            return {"failed": f"{type(error).__name__}: {error}", "figures": {}, "points": {}}
    ledger = outcome.ledger
    entry = {
        "figures": dict(outcome.figures),
        "points": {line: list(points) for line, points in outcome.points.items()},
        "ledger": asdict(ledger),
        "notes": list(outcome.notes),
    }
    told = "  ".join(f"{name} {value:,.4g}" for name, value in outcome.figures.items())
    say(f"{label}: {told}  ({ledger.of}: {ledger.received:,} of {ledger.expected:,})")
    if not ledger.balanced:
        entry["failed"] = f"{ledger.of}: {ledger.received:,} instead of {ledger.expected:,}"
        entry["failed"] += "".join(f" ({note})" for note in outcome.notes)
        say(f"{label}: FAILED: {entry['failed']}")
    return entry
