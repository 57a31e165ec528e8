"""Plots as SVG, written by hand: bars with their spread, and lines with their points.

They are looked at in a browser, on paper and on dark pages, so they bring a light ground of their own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from bench.report import number
from bench.statistic import Spread

WIDTH, ROW, LEFT, RIGHT, TOP = 720, 30, 190, 110, 54
OURS, THEIRS, INK, FAINT = "#c2410c", "#94a3b8", "#1e293b", "#cbd5e1"
LINES = (OURS, "#0369a1", "#4d7c0f", "#7e22ce", "#334155", "#a16207")


def bars(title: str, unit: str, rows: Mapping[str, Spread]) -> str:
    """One bar for each contestant: the median, and a whisker from the least to the greatest."""
    longest = max(spread.greatest for spread in rows.values()) or 1
    scale = (WIDTH - LEFT - RIGHT) / longest
    parts = [_text(16, 24, title, "title"), _text(16, 42, unit, "faint")]
    for index, (name, spread) in enumerate(rows.items()):
        y = TOP + index * ROW
        middle, end = y + ROW / 2, LEFT + spread.greatest * scale
        colour = OURS if name.startswith("ours") else THEIRS
        length = spread.median * scale
        parts += [
            _text(LEFT - 10, middle + 4, name, "name"),
            f'<rect x="{LEFT}" y="{y + 5}" width="{length:.1f}" height="{ROW - 10}" fill="{colour}"/>',
            _line(LEFT + spread.least * scale, middle, end, middle, INK),
            _text(max(LEFT + length, end) + 8, middle + 4, number(spread.median)),
        ]
    return _picture(title, TOP + len(rows) * ROW + 14, parts)


def lines(
    title: str,
    axes: tuple[str, str],
    rows: Mapping[str, Sequence[tuple[float, float]]],
    *,
    log_x: bool,
) -> str:
    """A line for each name; the y axis begins at 0."""
    left, right, top, bottom = 70, WIDTH - 200, TOP + 6, 330
    xs = sorted({x for points in rows.values() for x, _ in points})
    highest = _round_up(max(y for points in rows.values() for _, y in points))
    place = math.log10 if log_x else float
    span = (place(xs[-1]) - place(xs[0])) or 1

    def at(x: float, y: float) -> tuple[float, float]:
        across = (place(x) - place(xs[0])) / span * (right - left)
        return left + across, bottom - y / highest * (bottom - top)

    parts = [_text(16, 24, title, "title"), _text(16, 42, f"{axes[1]}, by {axes[0]}", "faint")]
    for step in range(5):
        y = highest * step / 4
        parts += [_line(left, at(xs[0], y)[1], right, at(xs[0], y)[1], FAINT)]
        parts += [_text(left - 8, at(xs[0], y)[1] + 4, number(y) if y else "0", "name")]
    parts += [_text(at(x, 0)[0], bottom + 18, f"{x:,.0f}", "middle") for x in xs]
    for index, (name, points) in enumerate(rows.items()):
        colour = LINES[index % len(LINES)]
        path = " ".join("{:.1f},{:.1f}".format(*at(*point)) for point in sorted(points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in points:
            x, y = at(*point)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        parts.append(_line(right + 16, top + 20 * index, right + 34, top + 20 * index, colour))
        parts.append(_text(right + 40, top + 20 * index + 4, name))
    return _picture(title, bottom + 32, parts)


def _round_up(value: float) -> float:
    """The next number of the kind 1, 2, 4, 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(power * step for step in (1, 2, 4, 8, 10) if power * step >= value)


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    where = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {where} stroke="{colour}" stroke-width="2"/>'


def _picture(title: str, height: float, parts: Sequence[str]) -> str:
    style = (
        "text{font:13px system-ui,sans-serif;fill:#1e293b}.title{font-size:16px;font-weight:600}"
        ".faint{fill:#475569}.name{text-anchor:end}.middle{text-anchor:middle}"
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">'
    ground = f'<rect width="{WIDTH}" height="{height:.0f}" rx="8" fill="#f8fafc"/>'
    body = [head, f"<title>{escape(title)}</title>", f"<style>{style}</style>", ground, *parts]
    return "\n".join([*body, "</svg>", ""])
