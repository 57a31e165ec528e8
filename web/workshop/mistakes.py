"""Mistakes of learners, told where they look: recipes that are left out, one that holds all up, and a
kitchen in which nobody cooks.

Of their recipes the cooks speak with every beat (kitchen/cookbook.py, kitchen/standstill.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

NO_COOK = "Customers wait for their meals, and no cook is on shift: hire a cook."
NO_SCREEN = (
    "Customers wait for their meals, people are to cook, and no kitchen screen is open: "
    "open one, or let robots cook."
)


def mistakes(beats: Iterable[str]) -> list[str]:
    """Each once, though every cook has read the same recipes."""
    told = [said for beat in beats if isinstance(said := _read(beat), dict)]
    recipes = [sentence for said in told for sentence in said.get("broken_recipes") or ()]
    standstills = [said["standstill"] for said in told if said.get("standstill")]
    return list(dict.fromkeys([*recipes, *standstills]))


def nobody_cooks(play: dict[str, Any], *, people: bool) -> list[str]:
    """What to say of it, `people` being those who are to cook; nothing while no customer waits."""
    sits = any(person["place"] == "seat" for person in play["queue"]["people"])
    if not sits and not play["hall"]["preparing"]:
        return []
    return [NO_SCREEN if people else NO_COOK]


def _read(beat: str) -> object:
    try:
        return json.loads(beat)
    except ValueError:
        return None
