"""Mistakes of learners, told where they look: recipes that are left out, and one that holds all up.

The cooks say so with every beat (kitchen/cookbook.py, kitchen/standstill.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable


def mistakes(beats: Iterable[str]) -> list[str]:
    """Each once, though every cook has read the same recipes."""
    told = [said for beat in beats if isinstance(said := _read(beat), dict)]
    recipes = [sentence for said in told for sentence in said.get("broken_recipes") or ()]
    standstills = [said["standstill"] for said in told if said.get("standstill")]
    return list(dict.fromkeys([*recipes, *standstills]))


def _read(beat: str) -> object:
    try:
        return json.loads(beat)
    except ValueError:
        return None
