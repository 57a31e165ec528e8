"""docs/benchmarks.md: tables and plots from the results, between markers in prose written by hand.

<!-- begin goals -->    replaced: goal, reached, beside whom, ratio
<!-- begin machine -->  replaced: on what, with which versions
<!-- begin results -->  replaced: each scenario with its table and plot
"""

from __future__ import annotations

import re
import statistics
import textwrap
import time
from pathlib import Path
from typing import Any

from bench import plot, report, statistic
from bench.harness import Figure, Scenario, load
from bench.report import number

DOCS = Path(__file__).parents[1] / "docs"
PAGE, PLOTS = DOCS / "benchmarks.md", DOCS / "benchmarks"


def write(results: list[dict[str, Any]]) -> None:
    """Renew what is between the markers, and the plots."""
    PLOTS.mkdir(exist_ok=True)
    parts = {
        "goals": goals(results),
        "machine": machine(results),
        "results": "\n\n".join(_section(result) for result in results),
    }
    text = PAGE.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = _between(text, name, part)
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.relative_to(DOCS.parent)} is written anew")


def _between(text: str, name: str, part: str) -> str:
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    pattern = re.escape(begin) + r".*?" + re.escape(end)
    renewed, count = re.subn(pattern, lambda _: f"{begin}\n{part}\n{end}", text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{PAGE.name} has {count} times the markers of {name!r}, not once")
    return renewed


def goals(results: list[dict[str, Any]]) -> str:
    rows = ["| scenario | goal | reached | | beside | ratio |", "|---|---|---:|---|---|---:|"]
    for result in results:
        scenario, _ = load(result["scenario"])
        for goal, got in zip(scenario.goals, statistic.reached(scenario, result), strict=True):
            unit = next(f.unit for f in scenario.figures if f.name == goal.figure)
            title = scenario.title.partition(":")[0]
            rows.append(f"| {title} | {goal.text} | {_reached(got, unit)} |")
    return "\n".join(rows)


def _reached(got: statistic.Reached | None, unit: str) -> str:
    if got is None:
        return " | not measured | | "
    value = f"{number(got.value)} {unit.partition(',')[0]}"
    beside = f"{got.beside}: {number(got.theirs)}" if got.theirs is not None else ""
    ratio = f"{number(got.ratio)} times" if got.ratio else ""
    return f"{value} | {'**yes**' if got.holds else '**no**'} | {beside} | {ratio}"


def machine(results: list[dict[str, Any]]) -> str:
    if not results:
        return "Nothing has been measured yet."
    newest = max(results, key=lambda result: result["at"])
    about = newest["machine"]
    day = time.strftime("%Y-%m-%d", time.gmtime(newest["at"]))
    ours, peers = (
        ", ".join(f"{name} {version}" for name, version in about[side].items())
        for side in ("ours", "peers")
    )
    return (
        f"{day}: {report.machine_line(about)}.\n\n"
        f"- ours: {ours}\n- peers: {peers}\n- wrk {about['wrk']}, nginx {about['nginx']}"
    )


def _section(result: dict[str, Any]) -> str:
    scenario, _ = load(result["scenario"])
    rounds = max((entry["round"] for entry in result["rounds"]), default=0)
    told = "one round" if rounds == 1 else f"{rounds} rounds in alternation"
    paragraphs = (scenario.what, f"{told.capitalize()}. {_ledger(result)}")
    parts = [f"### {scenario.title}", *(textwrap.fill(text, 115) for text in paragraphs)]
    picture = _plot(scenario, result)
    if picture:
        name = f"{scenario.name}.svg"
        (PLOTS / name).write_text(picture, encoding="utf-8")
        parts.append(f"![{scenario.title}](benchmarks/{name})")
    parts.append(_table(scenario, result))
    parts += [f"- {name}: {why}" for name, why in result["missing"].items()]
    parts += [f"- **FAILED**: {failure}" for failure in report.failures(result)]
    return "\n\n".join(parts)


def _ledger(result: dict[str, Any]) -> str:
    ledgers = [entry["ledger"] for entry in result["rounds"] if "ledger" in entry]
    if not ledgers:
        return ""
    expected, received = (
        sum(ledger[side] for ledger in ledgers) for side in ("expected", "received")
    )
    cut_off = " (the more were answered when wrk had left)" if received > expected else ""
    return f"Ledger ({ledgers[0]['of']}): {expected:,} expected, {received:,} received{cut_off}."


def _table(scenario: Scenario, result: dict[str, Any]) -> str:
    figures = [f for f in scenario.figures if statistic.spreads(result, f.name)]
    heads = [f.unit for f in figures]
    rows = [
        "| | " + " | ".join(heads) + " | ours beside it |",
        "|---|" + "---:|" * (len(heads) + 1),
    ]
    for contestant in scenario.contestants:
        cells = [_cell(result, figure, contestant) for figure in figures]
        if any(cells):
            last = _times(scenario, result, contestant)
            rows.append(f"| {contestant} | {' | '.join(cell or '' for cell in cells)} | {last} |")
    return "\n".join(rows)


def _cell(result: dict[str, Any], figure: Figure, contestant: str) -> str:
    spread = statistic.spreads(result, figure.name).get(contestant)
    if spread is None:
        return ""
    if spread.least == spread.greatest:
        return number(spread.median)
    return f"{number(spread.median)} ({number(spread.least)} … {number(spread.greatest)})"


def _times(scenario: Scenario, result: dict[str, Any], contestant: str) -> str:
    """Ours in the first figure, as so many times better than this peer."""
    figure = scenario.figures[0].name
    medians = {name: s.median for name, s in statistic.spreads(result, figure).items()}
    ours = medians.get(statistic.ours_for(scenario, contestant) or "")
    if ours is None or contestant not in medians:
        return ""
    ratio = statistic.ratio(scenario, figure, ours, medians[contestant])
    return f"{number(ratio)} times" if ratio else ""


def _plot(scenario: Scenario, result: dict[str, Any]) -> str | None:
    if scenario.plot is None:
        return None
    if scenario.plot.kind == "bars":
        figure = scenario.figures[0]
        spreads = statistic.spreads(result, figure.name)
        rows = {name: spreads[name] for name in scenario.contestants if name in spreads}
        return plot.bars(scenario.title, figure.unit, rows) if rows else None
    points = _points(result)
    axes = (scenario.plot.x, scenario.plot.y)
    return plot.lines(scenario.title, axes, points, log_x=scenario.plot.log_x) if points else None


def _points(result: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
    """Every line's points: at each x the median of the rounds."""
    values: dict[str, dict[float, list[float]]] = {}
    for entry in result["rounds"]:
        for line, points in entry.get("points", {}).items():
            for x, y in points:
                values.setdefault(line, {}).setdefault(x, []).append(y)
    return {
        line: [(x, statistics.median(ys)) for x, ys in sorted(by_x.items())]
        for line, by_x in values.items()
    }
