"""The charts of the office: which numbers of the kept statistics each shows. It draws nothing.

A chart is a table on the page first, to be read and copied; static/js/office-chart.js draws it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from web.texts import gettext as _


@dataclass(frozen=True)
class Chart:
    """`rows` names a list of the totals, `columns` which numbers of each entry, by their path in it."""

    name: str
    title: str
    unit: str  # "count" or "ms"
    rows: str  # "series", "items" or "hours"
    columns: tuple[tuple[str, str], ...]

    def table(self, totals: dict[str, Any], zone: tzinfo) -> list[tuple[str, list[float | None]]]:
        """For each row its label and its numbers."""
        return [
            (_label(entry, zone), [_at(entry, path) for path, _title in self.columns])
            for entry in totals[self.rows]
        ]


def charts(totals: dict[str, Any]) -> list[Chart]:
    """All of them, in the order in which they stand on the page."""
    by_minute = totals["step_s"] == 60  # noqa: PLR2004 - seconds
    return [
        Chart(
            "orders",
            _("Orders per minute") if by_minute else _("Orders per hour"),
            "count",
            "series",
            (("placed", _("Ordered")), ("ready", _("Ready"))),
        ),
        Chart("waiting", _("Length of the queue"), "count", "series", (("waiting", _("Waiting")),)),
        _times("number_ms", _("Time to the number")),
        _times("wait_ms", _("Wait before cooking")),
        _times("ready_ms", _("Time to Ready")),
        Chart(
            "failures",
            _("Failures"),
            "count",
            "series",
            (("failed", _("Failed")), ("retried", _("Once more"))),
        ),
        Chart("items", _("Per item"), "count", "items", (("ordered", _("Ordered")),)),
        Chart(
            "hours",
            _("Per hour of the day"),
            "count",
            "hours",
            (("placed", _("Ordered")), ("ready", _("Ready"))),
        ),
    ]


def _times(name: str, title: str) -> Chart:
    columns = ((f"{name}.p50", _("Median")), (f"{name}.p90", "90 %"), (f"{name}.p99", "99 %"))
    return Chart(name, title, "ms", "series", columns)


def _label(entry: dict[str, Any], zone: tzinfo) -> str:
    if "at_ms" in entry:
        return f"{datetime.fromtimestamp(entry['at_ms'] / 1000, zone):%Y-%m-%d %H:%M}"
    return str(entry["name"]) if "name" in entry else f"{entry['hour']:02}:00"


def _at(entry: dict[str, Any], path: str) -> float | None:
    value: Any = entry
    for name in path.split("."):
        value = None if value is None else value[name]
    return None if value is None else float(value)
