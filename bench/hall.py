"""A hall full of viewers, in a process of its own (`bench/viewers.py`), and what they have seen."""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bench import parts

OPEN_WITHIN_S = 120.0
LOOK_EVERY_S = 0.25


@dataclass(frozen=True)
class Seen:
    """What the viewers have seen together. `late_ms`: ms after the change → how many deliveries."""

    finals: int
    gaps: int
    lost: int
    began_anew: int
    late_ms: list[tuple[int, int]]
    cpu_s: float

    @property
    def deliveries(self) -> int:
        return sum(count for _, count in self.late_ms)

    def late(self, share: float) -> float:
        """So many ms after the change, or sooner, came this share of the deliveries."""
        left = math.ceil(self.deliveries * share)
        for ms, count in self.late_ms:
            left -= count
            if left <= 0:
                return float(ms)
        return math.nan


class Hall:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        async with asyncio.timeout(OPEN_WITHIN_S):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the viewers' process has ended")
        return dict(json.loads(line))

    async def seen(self) -> Seen:
        self.write("report")
        told = await self.told()
        late_ms = [(int(ms), int(count)) for ms, count in told["late_ms"]]
        began_anew = told["late_snapshots"]
        return Seen(told["seen"], told["gaps"], told["lost"], began_anew, late_ms, told["cpu_s"])

    async def until(self, finals: int, within_s: float) -> Seen:
        """What they have seen when they have seen so many final states, or the time is over."""
        deadline = asyncio.get_running_loop().time() + within_s
        while (seen := await self.seen()).finals < finals:
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(LOOK_EVERY_S)
        return seen

    def write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")

    async def leave(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


@asynccontextmanager
async def hall(address: str, paths: Sequence[str]) -> AsyncIterator[Hall]:
    """A viewer for each path; every one of them has seen something."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.viewers"),
        cwd=parts.HOME,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    viewers = Hall(process)
    try:
        viewers.write(json.dumps({"port": urlsplit(address).port, "paths": list(paths)}))
        opened = (await viewers.told())["open"]
        if opened != len(paths):
            raise RuntimeError(f"{opened} of {len(paths)} viewers could come in")
        yield viewers
    finally:
        await viewers.leave()


@dataclass(frozen=True)
class Took:
    """What the calls returned, and the seconds from the first to the end of the last."""

    results: list[Any]
    seconds: float


async def at_rate(per_s: float, count: int, begin: Callable[[int], Any]) -> Took:
    """Begin so many calls at this rate, whether or not those before have ended."""
    loop = asyncio.get_running_loop()
    first, tasks = loop.time(), []
    for number in range(count):
        await asyncio.sleep(first + number / per_s - loop.time())
        tasks.append(asyncio.create_task(begin(number)))
    return Took(await asyncio.gather(*tasks), loop.time() - first)
