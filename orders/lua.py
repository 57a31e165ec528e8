"""The scripts of the book, as Redis gets them: each is a text of its own after those it stands on."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).with_name("scripts")

MOVING = {"move", "claim", "tick", "sweep"}  # they stand on transition.lua,
COUNTING = {*MOVING, "place", "count"}  # on counts.lua,
TELLING = {*MOVING, "place"}  # on telling.lua, where others are to be told of changes,
GIVING = {"hook", "diary"}  # on errands.lua


class Script:
    """A Lua text, and its name in Redis's cache."""

    def __init__(self, name: str, *, telling: bool = False) -> None:
        tells = telling and name in TELLING
        parts = {
            "words": True,
            "counts": name in COUNTING,
            "errands": tells or name in GIVING,
            "telling": tells,
            "transition": name in MOVING,
            name: True,
        }
        self.text = "\n".join(_read(part) for part, is_needed in parts.items() if is_needed)
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


def _read(part: str) -> str:
    return (SCRIPTS / f"{part}.lua").read_text(encoding="utf-8")


load = cache(Script)
