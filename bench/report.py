"""What came out, as lines of text; `bench/document.py` makes a page of the same numbers."""

from __future__ import annotations

from typing import Any

from bench import statistic
from bench.harness import Figure, Scenario, load


def number(value: float) -> str:
    """Two or three significant digits, thousands apart: 8,210 or 12.3 or 0.31."""
    if value == 0 or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def machine_line(machine: dict[str, Any]) -> str:
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['system']} ({machine['file_system']}), Python {machine['python']}, "
        f"Valkey {machine['valkey']}, commit {machine['commit']}"
    )


def failures(result: dict[str, Any]) -> list[str]:
    """What failed, in words. A scenario of which nothing could be measured is not a success."""
    failed = [
        f"round {entry['round']}, {entry['contestant']}: {entry['failed']}"
        for entry in result["rounds"]
        if "failed" in entry
    ]
    return failed or ([] if result["rounds"] else [f"{result['scenario']}: no round was run"])


def as_text(result: dict[str, Any]) -> str:
    scenario, _ = load(result["scenario"])
    lines = ["", f"{scenario.title}  ({result['seconds']:.0f} s)"]
    for figure in scenario.figures:
        lines += _figure_lines(scenario, result, figure)
    lines += [f"  {name}: {why}" for name, why in result["missing"].items()]
    lines += goal_lines(scenario, result)
    lines += [f"  FAILED {failure}" for failure in failures(result)]
    return "\n".join(lines)


def _figure_lines(scenario: Scenario, result: dict[str, Any], figure: Figure) -> list[str]:
    by_contestant = statistic.spreads(result, figure.name)
    lines = [f"  {figure.name}, {figure.unit} ({figure.better} is better)"] if by_contestant else []
    for contestant in scenario.contestants:
        if contestant not in by_contestant:
            continue
        median, least, greatest = by_contestant[contestant]
        spread = f"{number(least)} … {number(greatest)}"
        times = ""
        ours = by_contestant.get(statistic.ours_for(scenario, contestant) or "")
        if ours:
            ratio = statistic.ratio(scenario, figure.name, ours.median, median)
            times = f"ours: {number(ratio)} times" if ratio else ""
        lines.append(f"    {contestant:28}{number(median):>10}   {spread:22}{times}")
    return lines


def goal_lines(scenario: Scenario, result: dict[str, Any]) -> list[str]:
    lines = []
    for goal, got in zip(scenario.goals, statistic.reached(scenario, result), strict=True):
        if got is None:
            lines.append(f"  goal: {goal.text}: not measured")
            continue
        beside = ""
        if got.beside and got.ratio is not None and got.theirs is not None:
            beside = f", beside {got.beside} {number(got.theirs)}, ratio {number(got.ratio)}"
        verdict = "reached" if got.holds else "NOT reached"
        lines.append(f"  goal: {goal.text}: {verdict}: {number(got.value)}{beside}")
    return lines
