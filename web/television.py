"""A television in the hall: how its board is to look and sound, and from how far it can be read.

All of it stands in the address that the television opens, so that nothing has to be kept anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

CHOICES = {
    "theme": ("led", "contrast"),
    "counter": ("", "left", "right"),
    "sound": ("on", "off"),
    "voice": ("off", "on"),
}


@dataclass(frozen=True)
class Television:
    """What the address says. `counter` is the side where the counter stands, seen from the hall;
    empty: where the language's lines end.
    """

    theme: str = "led"
    counter: str = ""
    sound: str = "on"
    voice: str = "off"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Television:
        """What is not said, or not understood, is as usual."""
        return cls(
            **{name: query[name] for name in CHOICES if query.get(name) in CHOICES[name]},
        )

    def ready_first(self, direction: str) -> bool:
        """Whether Ready stands where the lines begin; it belongs on the side of the counter."""
        return self.counter == ("left" if direction == "ltr" else "right")

    def path(self, language: str) -> str:
        """The path to open, with only what is not as usual."""
        said = {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) != field.default
        }
        return "/board?" + urlencode({"lang": language, **said})


# What a digit's height is of the screen's, at 16:9: tests/browser/test_board.py measures them.
# A step is named by the most numbers that it holds.
READY_STEPS = {6: 0.2, 12: 0.13, 20: 0.097}
PREPARING_STEPS = {10: 0.12, 21: 0.074, 32: 0.055}
ASK_ROOM = 4

# ISO 9241-303:2011, 5.5.4: characters of 20 to 22 minutes of arc are preferred for most tasks, and 16
# are the least. (The rule of thumb "a 200th of the distance", of the FAA among others, is 17.)
AT_EASE_ARC_MIN = 22
AT_MOST_ARC_MIN = 16
INCH_MM = 25.4
SMALLEST_INCHES, USUAL_INCHES, LARGEST_INCHES = 10, 43, 150


def inches(text: str) -> int:
    """The diagonal of a television as typed; nonsense is 43."""
    try:
        return min(LARGEST_INCHES, max(SMALLEST_INCHES, round(float(text))))
    except (ValueError, OverflowError):
        return USUAL_INCHES


def readable_m(diagonal_inches: float, share: float, arc_min: float = AT_EASE_ARC_MIN) -> int:
    """From how many metres digits of this share of a 16:9 screen's height can be read, rounded down."""
    screen_mm = diagonal_inches * INCH_MM * 9 / math.hypot(16, 9)
    angle = math.radians(arc_min / 60)
    return math.floor(screen_mm * share / (2 * math.tan(angle / 2)) / 1000)
