"""Mistakes of learners on the workshop's page."""

from __future__ import annotations

import json

from web.workshop.mistakes import mistakes


def test_a_mistake_is_told_once() -> None:
    """Though every cook has read the same recipes; who says nothing, or no JSON, hides none."""
    broken = json.dumps({"broken_recipes": ["a.py, line 1: oh."], "standstill": None})
    slow = json.dumps({"broken_recipes": ["a.py, line 1: oh."], "standstill": "b.py held it up."})
    beats = [broken, "no JSON", "[]", json.dumps({"beat": 1}), slow]
    assert ["a.py, line 1: oh.", "b.py held it up."] == mistakes(beats)
