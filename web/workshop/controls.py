"""What the presenter can set, each within bounds: no setting can take the machine down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
COOKS_AT_MOST = 4
PER_MINUTE = (2, 40)
RUSH = 12
SWITCHES = ("doors_open", "paused", "slow_fryer", "failing", "people_cook", "laptops")


@dataclass(frozen=True)
class Controls:
    """`per_minute`: customers, at speed 1. `turkeys`: so many of a hundred order one."""

    doors_open: bool = False
    paused: bool = False
    per_minute: int = 12
    turkeys: int = 25
    speed: float = 1.0
    slow_fryer: bool = False
    failing: bool = False
    people_cook: bool = False
    laptops: bool = False  # may come in by the hatch


class NoSuchControl(ValueError):
    """The control is unknown, or this cannot be set; the text says what can."""


def changed(controls: Controls, wanted: Mapping[str, Any]) -> Controls:
    """The controls with what is wanted, a name and a text for each. Raises NoSuchControl."""
    read: dict[str, Any] = {name: _read(name, str(text)) for name, text in wanted.items()}
    return replace(controls, **read)


def _read(name: str, text: str) -> float | bool | int:
    if name in SWITCHES and text in {"true", "false"}:
        return text == "true"
    try:
        if name == "speed" and float(text) in SPEEDS:
            return float(text)
        if name == "per_minute" and PER_MINUTE[0] <= int(text) <= PER_MINUTE[1]:
            return int(text)
        if name == "turkeys" and 0 <= int(text) <= 100:  # noqa: PLR2004 - percent
            return int(text)
    except ValueError:
        pass
    raise NoSuchControl(
        f"{name} cannot be {text!r}: speed is one of {', '.join(f'{s:g}' for s in SPEEDS)}, per_minute"
        f" {PER_MINUTE[0]} to {PER_MINUTE[1]}, turkeys 0 to 100;"
        f" {', '.join(SWITCHES)} are true or false."
    )
