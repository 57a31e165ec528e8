"""Tells when a recipe holds up the event loop, and on which line: the commonest mistake in async code.

A thread looks on, since on a loop that stands still nothing else can. It speaks only of recipes: that
a busy machine is slow is nobody's mistake.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType

from kitchen import recipes

log = logging.getLogger("kitchen")

TICK_S = 0.5
TOO_LONG_S = 1.0


class Standstill:
    """`told` is the last that was seen, in a sentence; None: nothing yet."""

    def __init__(self) -> None:
        self.told: str | None = None
        self._ticked_at = 0.0
        self._told_at = 0.0

    def forget(self) -> None:
        """The recipes are others now; what was seen may be mended."""
        self.told = None

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look on while inside."""
        over = threading.Event()
        loop_thread = threading.get_ident()
        self._ticked_at = time.monotonic()
        ticking = asyncio.create_task(self._tick())
        threading.Thread(target=self._look, args=(loop_thread, over), daemon=True).start()
        try:
            yield
        finally:
            over.set()
            ticking.cancel()

    async def _tick(self) -> None:
        while True:
            self._ticked_at = time.monotonic()
            await asyncio.sleep(TICK_S)

    def _look(self, loop_thread: int, over: threading.Event) -> None:
        """The thread. A standstill is told once, however long it lasts."""
        while not over.wait(TICK_S):
            since = self._ticked_at
            if time.monotonic() - since > TICK_S + TOO_LONG_S and since != self._told_at:
                frame = sys._current_frames().get(loop_thread)  # noqa: SLF001 - there is no other way
                if where := _recipe_in(frame):
                    self._told_at = since
                    self.told = _sentence(where)
                    log.error("%s", self.told)


def _recipe_in(frame: FrameType | None) -> str | None:
    """The line of a recipe on which this thread is, if it is on one."""
    folders = set(map(str, recipes.__path__))
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if str(path.parent) in folders and path.stem != "__init__":
            return f"{recipes.called(path)}, line {frame.f_lineno},"
        frame = frame.f_back
    return None


def _sentence(where: str) -> str:
    return (
        f"{where} holds up this whole kitchen: it computes or waits without `await`. Meanwhile no "
        "dish is cooked here, and the others may think this cook has died. Await what waits "
        "(asyncio.sleep, not time.sleep), and let other processes compute (kitchen/processes.py)."
    )
