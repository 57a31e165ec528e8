"""The benchmarks' arithmetic, ledger and drawing. What they measure is measured by `make bench`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

import bench.__main__
from bench import document, harness, plot, report, statistic
from bench.harness import Figure, Form, Goal, Ledger, NotHere, Outcome, Scenario
from bench.statistic import Spread

SCENARIO = Scenario(
    name="trial",
    title="Trial",
    what="",
    figures=(Figure("rate", "orders/s", "more"), Figure("wait_ms", "ms", "less")),
    contestants=("ours", "slow", "quick"),
    goals=(
        Goal("twice the better peer", "rate", 2, beside=("slow", "quick")),
        Goal("at most 3 ms", "wait_ms", 3),
    ),
    rounds=3,
)


@pytest.fixture(autouse=True)
def scratch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(harness, "SCRATCH", tmp_path)
    monkeypatch.setattr(bench.__main__, "RESULTS", tmp_path)


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch):
    """A scenario whose rounds are given by the test: contestant → outcome, or what is raised."""

    def given(outcomes):
        async def run(contestant: str, _: Form) -> Outcome:
            outcome = outcomes[contestant]
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        module = ModuleType("bench.scenarios.trial")
        module.SCENARIO, module.run = SCENARIO, run
        monkeypatch.setitem(sys.modules, module.__name__, module)

        def measured():
            return harness.measure("trial", quick=False, say=lambda _: None)

        return measured

    return given


def outcome(rate: float, wait_ms: float = 1, received: int = 10) -> Outcome:
    return Outcome({"rate": rate, "wait_ms": wait_ms}, Ledger(10, received, "orders"))


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1, 100), (0.001, 1)])
def test_a_quantile_is_the_least_value_that_so_many_do_not_exceed(share, expected) -> None:
    """Of 1 to 100, 99 % do not exceed 99."""
    assert expected == statistic.quantile(range(100, 0, -1), share)


@pytest.mark.parametrize(
    ("ledger", "balanced"),
    [
        (Ledger(10, 10, "orders"), True),
        (Ledger(10, 9, "orders"), False),
        (Ledger(10, 11, "orders"), False),
        (Ledger(10, 12, "orders", unknown=2), True),
        (Ledger(10, 13, "orders", unknown=2), False),
        (Ledger(10, 9, "orders", unknown=2), False),
        (Ledger(0, 0, "orders"), False),
    ],
)
def test_a_ledger_balances_when_nothing_is_lost_and_nothing_is_too_much(ledger, balanced) -> None:
    """One lost is too few, one twice is too many, and nothing at all proves nothing."""
    assert balanced == ledger.balanced


async def test_contestants_take_turns_and_every_other_round_is_backwards(trial) -> None:
    """Nobody always comes after the same one."""
    result = await trial(dict.fromkeys(SCENARIO.contestants, outcome(1)))()
    order = ["ours", "slow", "quick"]
    assert [*order, *reversed(order), *order] == [e["contestant"] for e in result["rounds"]]


async def test_a_round_that_loses_an_order_fails_and_its_figures_count_for_nothing(trial) -> None:
    """A fast run that loses an order is no fast run."""
    measured = trial({"ours": outcome(9000, received=9), "slow": outcome(1), "quick": outcome(4)})
    result = await measured()
    assert 3 == len(report.failures(result))
    assert {"slow", "quick"} == set(statistic.spreads(result, "rate"))
    assert "FAILED" in report.as_text(result)


async def test_a_round_that_raises_fails(trial) -> None:
    """The others are measured all the same."""
    measured = trial({"ours": RuntimeError("broken"), "slow": outcome(1), "quick": outcome(4)})
    result = await measured()
    assert ["RuntimeError: broken"] * 3 == [
        f.partition("ours: ")[2] for f in report.failures(result)
    ]


async def test_a_contestant_who_is_not_on_this_machine_is_named_and_is_no_failure(trial) -> None:
    """Its row says what is missing."""
    measured = trial({"ours": outcome(8), "slow": NotHere("no slow"), "quick": outcome(4)})
    result = await measured()
    assert {"slow": "no slow"} == result["missing"]
    assert [] == report.failures(result)
    assert "slow: no slow" in report.as_text(result)


async def test_a_ratio_is_held_against_the_best_of_the_peers(trial) -> None:
    """8 is four times 2, but not twice 5."""
    measured = trial({"ours": outcome(8, 2), "slow": outcome(2, 4), "quick": outcome(5, 1)})
    ratio, value = statistic.reached(SCENARIO, await measured())
    assert (8, "quick", 5, 1.6, False) == ratio
    assert (2, "quick", 1, 0.5, True) == value


@pytest.mark.parametrize(("received", "exit_code"), [(10, 0), (9, 1)])
def test_a_run_that_loses_an_order_ends_with_an_error(
    trial, monkeypatch, capsys, received, exit_code
) -> None:
    """It prints FAILED, so that nobody takes its numbers for a result."""
    trial(dict.fromkeys(SCENARIO.contestants, outcome(8, received=received)))
    monkeypatch.setattr(harness, "names", lambda: ["trial"])
    monkeypatch.setattr("sys.argv", ["bench", "--quick"])
    assert exit_code == bench.__main__.main()
    assert (exit_code == 1) == ("FAILED" in capsys.readouterr().out)


@pytest.mark.parametrize(
    ("contestants", "peer", "expected"),
    [
        (("ours", "theirs"), "theirs", "ours"),
        (("ours", "ours on uvicorn", "theirs, tuned"), "theirs, tuned", "ours"),
        (("ours", "ours on uvicorn"), "ours on uvicorn", None),
        (("ours, 1", "ours, 10", "theirs, 10"), "theirs, 10", "ours, 10"),
        (("ours, 1", "ours, 10", "theirs, 5"), "theirs, 5", None),
    ],
)
def test_a_peer_stands_beside_ours_of_its_size(contestants, peer, expected) -> None:
    """Ten thousand viewers are not compared with a thousand."""
    scenario = replace(SCENARIO, contestants=contestants)
    assert expected == statistic.ours_for(scenario, peer)


def test_half_the_time_is_twice_as_good() -> None:
    """A ratio is above 1 when ours is better, whichever way is good."""
    assert 2 == statistic.ratio(SCENARIO, "wait_ms", ours=3, theirs=6)
    assert 2 == statistic.ratio(SCENARIO, "rate", ours=6, theirs=3)
    assert statistic.ratio(SCENARIO, "wait_ms", ours=0, theirs=6) is None


def test_plots_are_pictures_that_name_their_contestants() -> None:
    """Well-formed SVG, whatever is in a name."""
    bars = plot.bars(
        "Bars", "orders/s", {"ours": Spread(3, 2, 4), "them & <those>": Spread(1, 1, 1)}
    )
    lines = plot.lines("Lines", ("kept", "µs"), {"place": [(1, 5.0), (1000, 6.0)]}, log_x=True)
    for picture, name in ((bars, "them & <those>"), (lines, "place")):
        texts = [element.text for element in ET.fromstring(picture).iter()]
        assert name in texts


async def test_the_page_gets_its_tables_and_plots_between_its_markers(
    trial, monkeypatch, tmp_path
) -> None:
    """Prose stays as it was, and writing twice changes nothing."""
    page = tmp_path / "benchmarks.md"
    marked = [f"before {n}\n<!-- begin {n} -->\nold\n<!-- end {n} -->" for n in MARKERS]
    page.write_text("\n".join([*marked, "last words"]))
    monkeypatch.setattr(document, "DOCS", tmp_path)
    monkeypatch.setattr(document, "PAGE", page)
    monkeypatch.setattr(document, "PLOTS", tmp_path / "benchmarks")
    monkeypatch.setattr(report, "machine_line", lambda _: "a machine")
    result = await trial({name: outcome(8) for name in SCENARIO.contestants})()
    result["machine"] = {"ours": {}, "peers": {}, "wrk": "", "nginx": ""}
    document.write([result])
    once = page.read_text()
    document.write([result])
    assert once == page.read_text()
    assert "old" not in once
    assert "last words" in once
    assert "| twice the better peer | 8.00 orders/s | **no** | slow: 8.00 | 1.00 times |" in once
    assert (tmp_path / "benchmarks" / "trial.svg").exists()


MARKERS = ("goals", "machine", "results")


def test_every_scenario_can_be_loaded_and_is_named_like_its_file() -> None:
    """Goals speak of figures and contestants that there are."""
    for name in harness.names():
        scenario, _ = harness.load(name)
        figures = {figure.name for figure in scenario.figures}
        assert name == scenario.name
        assert {goal.figure for goal in scenario.goals} <= figures
        for goal in scenario.goals:
            assert set(goal.beside) | ({goal.of} - {""}) <= set(scenario.contestants)
