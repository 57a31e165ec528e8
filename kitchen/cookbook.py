"""The recipe files as they are on the disk: which of them cannot be used, and which were saved anew."""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from kitchen import processes, recipes

log = logging.getLogger("kitchen")

LOOK_EVERY_S = 0.5


class Cookbook:
    """What this kitchen can cook. `left_out`: a sentence for each file that it cannot use."""

    def __init__(self) -> None:
        self.left_out: tuple[str, ...] = ()
        self._seen: dict[Path, int] = {}

    def read(self) -> None:
        """Read every recipe. One with a mistake is named in the log; the others are cooked."""
        self._seen = _saved()
        self._name_those_left_out()

    async def follow(self, then: Callable[[], None] = lambda: None) -> NoReturn:
        """Read again what is saved, for ever, and call `then`; the next dish is cooked by it."""
        sys.dont_write_bytecode = True  # it is told apart by the second: too coarse for this
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            saved = _saved()
            changed = {path for path, _ in saved.items() ^ self._seen.items()}
            if changed:
                self._seen = saved
                self._forget(changed)
                self._name_those_left_out()
                then()

    def _forget(self, changed: set[Path]) -> None:
        importlib.invalidate_caches()
        for path in sorted(changed):
            sys.modules.pop(f"{recipes.__name__}.{path.stem}", None)
            log.info("%s was saved, and is read again", recipes.called(path))
        processes.close()  # its processes have read the recipes as they were

    def _name_those_left_out(self) -> None:
        before, self.left_out = self.left_out, tuple(_mistakes())
        for sentence in self.left_out:
            if sentence not in before:
                log.error("left out, all other dishes are cooked: %s", sentence)


def _saved() -> dict[Path, int]:
    """When each file was saved last, in ns. One that vanishes meanwhile is as good as gone."""
    found = {}
    for path in recipes.files():
        try:
            found[path] = path.stat().st_mtime_ns
        except OSError:
            continue
    return found


def _mistakes() -> list[str]:
    mistakes = []
    for name in dict.fromkeys(path.stem for path in recipes.files()):
        try:
            recipes.find(name)
        except recipes.RecipeMissing as mistake:
            mistakes.append(str(mistake))
    return mistakes
