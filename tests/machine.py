"""What the shared machine that runs the tests did meanwhile, and a promised time measured by it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TICK_S = 0.02
STANDSTILL_S = 1.0


class Machine:
    """`worked_s` is the time that it had for its work, of which a late tick is worth no more than two in
    time; `late_s` is by how much all were late. After a standstill whatever was under way begins anew,
    the crew's own contact with Redis for one, and so does `spent_s`.
    """

    def __init__(self) -> None:
        self.worked_s = self.late_s = 0.0
        self.stood_still = False
        self._began_s = 0.0
        self._ticked_at = time.monotonic()

    @property
    def spent_s(self) -> float:
        return self.worked_s - self._began_s

    def tick(self) -> None:
        gap_s, self._ticked_at = time.monotonic() - self._ticked_at, time.monotonic()
        self.worked_s += min(gap_s, 2 * TICK_S)
        self.late_s += max(0.0, gap_s - TICK_S)
        if gap_s > STANDSTILL_S:
            self._began_s, self.stood_still = self.worked_s, True

    async def keep_ticking(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.tick()


@asynccontextmanager
async def ticking() -> AsyncIterator[Machine]:
    """The machine, watched inside."""
    machine = Machine()
    watch = asyncio.create_task(machine.keep_ticking())
    try:
        yield machine
    finally:
        watch.cancel()
    machine.tick()


@asynccontextmanager
async def within(promised_s: float) -> AsyncIterator[Machine]:
    """What is done inside takes less than is promised, as far as the machine is there to do it."""
    async with ticking() as machine:
        yield machine
    assert machine.spent_s < promised_s
