"""The shapes of the LED board: dot letters of 5 by 7 and seven-segment digits, as SVG path data.

The data lives here once. Templates write it into the page, and the page's JavaScript refers to
what it finds there. This module knows nothing of orders, colours or languages.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each sheet: a line naming the glyphs, then seven rows of dots, each glyph six columns wide.
_SHEETS = (
    """
A     B     C     D     E     F     G     H     I     J     K     L     M
.###. ####. .###. ####. ##### ##### .###. #...# .###. ..### #...# #.... #...#
#...# #...# #...# #...# #.... #.... #...# #...# ..#.. ...#. #..#. #.... ##.##
#...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#. #.#.. #.... #.#.#
##### ####. #.... #...# ####. ####. #.### ##### ..#.. ...#. ##... #.... #.#.#
#...# #...# #.... #...# #.... #.... #...# #...# ..#.. ...#. #.#.. #.... #...#
#...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#. #..#. #.... #...#
#...# ####. .###. ####. ##### #.... .###. #...# .###. .##.. #...# ##### #...#
""",
    """
N     O     P     Q     R     S     T     U     V     W     X     Y     Z
#...# .###. ####. .###. ####. .#### ##### #...# #...# #...# #...# #...# #####
#...# #...# #...# #...# #...# #.... ..#.. #...# #...# #...# #...# #...# ....#
##..# #...# #...# #...# #...# #.... ..#.. #...# #...# #...# .#.#. .#.#. ...#.
#.#.# #...# ####. #...# ####. .###. ..#.. #...# #...# #.#.# ..#.. ..#.. ..#..
#..## #...# #.... #.#.# #.#.. ....# ..#.. #...# #...# #.#.# .#.#. ..#.. .#...
#...# #...# #.... #..#. #..#. ....# ..#.. #...# .#.#. ##.## #...# ..#.. #....
#...# .###. #.... .##.# #...# ####. ..#.. .###. ..#.. #...# #...# ..#.. #####
""",
    """
0     1     2     3     4     5     6     7     8     9
.###. ..#.. .###. .###. ...#. ##### .###. ##### .###. .###.
#...# .##.. #...# #...# ..##. #.... #.... ....# #...# #...#
#...# ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...#
#...# ..#.. ..##. ..##. #..#. ....# ####. ..#.. .###. .####
#...# ..#.. .#... ....# ##### ....# #...# .#... #...# ....#
#...# ..#.. #.... #...# ...#. #...# #...# .#... #...# ....#
.###. .###. ##### .###. ...#. .###. .###. .#... .###. .###.
""",
    """
.     ,     :     !     ?     ¡     ¿     -     +     /     &     '     (     )
..... ..... ..... ..#.. .###. ..#.. ..#.. ..... ..... ....# .##.. ..#.. ...#. .#...
..... ..... ..#.. ..#.. #...# ..... ..... ..... ..#.. ....# #..#. ..#.. ..#.. ..#..
..... ..... ..#.. ..#.. ....# ..#.. ..#.. ..... ..#.. ...#. #.#.. ..... ..#.. ..#..
..... ..... ..... ..#.. ..##. ..#.. .##.. ##### ##### ..#.. .#... ..... ..#.. ..#..
..... ..#.. ..#.. ..#.. ..#.. ..#.. #.... ..... ..#.. .#... #.#.# ..... ..#.. ..#..
..... ..#.. ..#.. ..... ..... ..#.. #...# ..... ..#.. #.... #..#. ..... ..#.. ..#..
..#.. .#... ..... ..#.. ..#.. ..#.. .###. ..... ..... #.... .##.# ..... ...#. .#...
""",
)

# What stands above a letter, with a free row between: two rows each.
_MARKS = {
    "\N{COMBINING GRAVE ACCENT}": (".#...", "..#.."),
    "\N{COMBINING ACUTE ACCENT}": ("...#.", "..#.."),
    "\N{COMBINING CIRCUMFLEX ACCENT}": ("..#..", ".#.#."),
    "\N{COMBINING TILDE}": (".##.#", "#.##."),
    "\N{COMBINING DIAERESIS}": (".....", ".#.#."),
}

# A pot over steam for what is being prepared, the counter's bell for what is ready.
_ICONS = {
    "pot": (
        ".#..#..#.",
        "..#..#..#",
        ".........",
        "#########",
        ".#######.",
        ".#######.",
        "..#####..",
    ),
    "bell": (
        "....#....",
        "..#####..",
        ".#######.",
        ".#######.",
        "#########",
        ".........",
        "#########",
    ),
    "question": (
        "..####...",
        ".##..##..",
        ".....##..",
        "....##...",
        "...##....",
        ".........",
        "...##....",
    ),
}

_ROWS = 7
_MARK_ROWS = 3  # two of the mark and the free one
_ADVANCE = 6  # five columns and a gap
_FILLER = "....."

CLOCK_GLYPHS = "0123456789:"


@dataclass(frozen=True)
class Dots:
    """Lit dots, ready to be drawn: one unit is the distance from dot to dot.

    `path` is a row of points; stroke it with round caps and a width below 1.
    """

    path: str
    columns: int
    rows: int


def dot_text(text: str) -> Dots | None:
    """`text` in capitals, in one line of dots; `None` when a letter has no dots here.

    A text with marks over its letters (Ä, Ñ) is ten rows high, any other seven.
    """
    clusters = list(_clusters(text.upper()))
    if not clusters or any(
        base not in _GLYPHS or any(mark not in _MARKS for mark in marks) for base, marks in clusters
    ):
        return None
    marked = any(marks for _, marks in clusters)
    top = _MARK_ROWS if marked else 0
    points: list[str] = []
    for position, (base, marks) in enumerate(clusters):
        column = position * _ADVANCE
        points.extend(_points(_GLYPHS[base], column, top))
        for mark in marks:
            points.extend(_points(_MARKS[mark], column, 0))
    return Dots("".join(points), len(clusters) * _ADVANCE - 1, _ROWS + top)


def dot_icon(name: str) -> Dots:
    """One of the small pictures: `pot`, `bell`, `question`."""
    rows = _ICONS[name]
    return Dots("".join(_points(rows, 0, 0)), len(rows[0]), _ROWS)


def _clusters(text: str) -> Iterator[tuple[str, str]]:
    """Each letter with the marks that stand over it."""
    base, marks = "", ""
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.combining(character):
            marks += character
            continue
        if base:
            yield base, marks
        base, marks = character, ""
    if base:
        yield base, marks


def _points(rows: tuple[str, ...], column: int, top: int) -> Iterator[str]:
    """Each lit dot as a line too short to see: its round caps are the dot."""
    for y, row in enumerate(rows, start=top):
        for x, dot in enumerate(row, start=column):
            if dot == "#":
                yield f"M{x}.5 {y}.5h.01"


def _glyphs() -> dict[str, tuple[str, ...]]:
    glyphs = {" ": (_FILLER,) * _ROWS}
    for sheet in _SHEETS:
        names, *rows = sheet.strip("\n").split("\n")
        for column in range(0, len(names), _ADVANCE):
            glyphs[names[column]] = tuple(row[column : column + _ADVANCE - 1] for row in rows)
    return glyphs


_GLYPHS = _glyphs()

# Seven segments, named as on every data sheet:
#
#      aaa
#     f   b
#      ggg
#     e   c
#      ddd
DIGIT_HEIGHT = 100
DIGIT_ADVANCE = 72
_WIDTH = 57
_THICK = 16.5  # a stroke of a sixth of the height reads best from afar
_GAP = 1.4  # between neighbouring segments
_BLUNT = 10  # cut off the outer corner, or a segment that stands alone ends in a thorn
_SLANT = 0.07  # of the height, to the right
_Point = tuple[float, float]

_LIT = {
    "0": "abcdef",
    "1": "bc",
    "2": "abdeg",
    "3": "abcdg",
    "4": "bcfg",
    "5": "acdfg",
    "6": "acdefg",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
}


def digits() -> dict[str, str]:
    """Each digit's path, 64 wide and `DIGIT_HEIGHT` high; the next begins at `DIGIT_ADVANCE`."""
    segments = {name: _polygon(corners) for name, corners in _segments().items()}
    return {digit: "".join(segments[name] for name in lit) for digit, lit in _LIT.items()}


def number_width(digit_count: int) -> float:
    """The width of a number with so many digits, in the units of its paths."""
    return (digit_count - 1) * DIGIT_ADVANCE + _WIDTH + _SLANT * DIGIT_HEIGHT


def _segments() -> dict[str, list[_Point]]:
    """Corner points of upright segments; ends cut at 45°, so that neighbours meet closely."""
    w, h, t, g, k = _WIDTH, DIGIT_HEIGHT, _THICK, _GAP, _BLUNT
    m = h / 2
    near, far = (k - g) / 2, (k + g) / 2
    a = [(k, 0), (w - k, 0), (w - far, near), (w - t - g, t), (t + g, t), (far, near)]
    b = [(w, k), (w, m - g), (w - t / 2, m - g), (w - t, m - t / 2 - g), (w - t, t + g)]
    b.append((w - near, far))
    left = [(t + g, m + t / 2), (t / 2 + g, m), (t + g, m - t / 2)]
    f = [(w - x, y) for x, y in b]
    d, c, e = ([(x, h - y) for x, y in corners] for corners in (a, b, f))
    right = [(w - x, h - y) for x, y in left]
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "g": left + right}


def _polygon(corners: list[_Point]) -> str:
    slanted = ((x + (DIGIT_HEIGHT - y) * _SLANT, y) for x, y in corners)
    return "M" + "L".join(f"{x:.4g} {y:.4g}" for x, y in slanted) + "Z"
