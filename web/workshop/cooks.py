"""The cooks of the play: each is a kitchen process with one pair of hands, kept up like any part.

So a cook can be hired, sent home and killed, and each time another process id is seen.
"""

from __future__ import annotations

import asyncio
import os
import platform
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from orders.upkeep import Part, keep_up
from web.workshop.controls import COOKS_AT_MOST


class Cooks:
    """`kitchen` is how one is started. `tell` hears in words who came and went."""

    def __init__(self, kitchen: Part, tell: Callable[[str], None]) -> None:
        self._kitchen = kitchen
        self._tell = tell
        self._kept: dict[int, asyncio.Task[None]] = {}
        self._leaving: set[int] = set()
        self._pids: dict[int, int] = {}

    def hire(self, going: asyncio.TaskGroup) -> None:
        """One more comes on shift, up to the bound."""
        free = [n for n in range(1, COOKS_AT_MOST + 1) if n not in self._kept]
        if not free:
            self._tell(f"There is room for {COOKS_AT_MOST} cooks in this kitchen.")
            return
        number = free[0]
        self._kept[number] = going.create_task(self._keep(number))
        self._kept[number].add_done_callback(lambda _: self._gone(number))

    def send_home(self) -> None:
        """The one who came last finishes what he has in hand, or puts it back, and goes."""
        staying = [n for n in self._kept if n not in self._leaving]
        if staying:
            self._leaving.add(staying[-1])
            self._kept[staying[-1]].cancel()

    def set_number(self, number: int, going: asyncio.TaskGroup) -> None:
        while len(self._kept) - len(self._leaving) < number:
            self.hire(going)
        while len(self._kept) - len(self._leaving) > number:
            self.send_home()

    def kill(self, name: str) -> int | None:
        """Kill the cook of this name without a word; its process id. None: it is none of ours, or dead.

        A laptop's cook may have the process id of one of ours, but not the name of this machine.
        """
        here = platform.node().replace(" ", "-")
        for pid in self._pids.values():
            if name.startswith(f"{here}-{pid}-"):  # as kitchen/shift.py makes a name
                return pid if kill_process(pid) else None
        return None

    def told(self) -> list[dict[str, Any]]:
        return [
            {"cook": n, "pid": self._pids.get(n), "leaving": n in self._leaving}
            for n in sorted(self._kept)
        ]

    async def _keep(self, number: int) -> None:
        part = replace(
            self._kitchen, name=f"cook {number}", born=lambda pid: self._born(number, pid)
        )
        await keep_up(part.name, part.live)

    def _gone(self, number: int) -> None:
        """Also who was sent home before he had begun: his task ends without a step."""
        self._tell(f"Cook {number} has gone home.")
        for record in (self._kept, self._pids):
            record.pop(number, None)
        self._leaving.discard(number)

    def _born(self, number: int, pid: int) -> None:
        if number in self._pids:
            self._tell(f"Cook {number} is another process now: {self._pids[number]} → {pid}.")
        else:
            self._tell(f"Cook {number} comes on shift, process {pid}.")
        self._pids[number] = pid


def kill_process(pid: int) -> bool:
    """Kill this process without a word. False: it is dead, and the next one is not born yet."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
