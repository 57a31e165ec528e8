"""Boards that hang in the hall: one is read as people read it, of the others only the end is looked at.

`Witness` keeps the ledger of what the first board showed. There are three kinds of boards, by what a
stack offers: our stream, FastAPI's stream, and asking again every second.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bench import http, stacks

POLL_S = 1.0
REST = 200


class Witness:
    """What one board showed: every number that became SUCCESS, and every number that left."""

    def __init__(self) -> None:
        self.seen_s: list[float] = []  # from the order's coming to its SUCCESS on the board
        self.ready = 0
        self.collected = 0
        self.most = 0
        self._shown: set[str] = set()  # ready now
        self._came: dict[str, float] = {}
        self._seen_early: dict[str, float] = {}

    def served(self, reference: str, came: float, _: float) -> None:
        """An order was acknowledged; its number may have been on the board already."""
        if seen := self._seen_early.pop(reference, None):
            self.seen_s.append(seen - came)
        else:
            self._came[reference] = came

    def shows(self, reference: str) -> None:
        if reference in self._shown:
            return
        self._shown.add(reference)
        self.ready += 1
        self.most = max(self.most, len(self._shown))
        now = time.perf_counter()
        if came := self._came.pop(reference, None):
            self.seen_s.append(now - came)
        else:
            self._seen_early[reference] = now

    def lost(self, reference: str) -> None:
        """The number left the board; one that left without having been ready counts for nothing."""
        if reference in self._shown:
            self._shown.discard(reference)
            self.collected += 1

    def shows_all(self, references: set[str]) -> None:
        """A whole board: what is not on it has left."""
        for reference in self._shown - references:
            self.lost(reference)
        for reference in references:
            self.shows(reference)


class Boards:
    """So many open boards; of each, the version or the text it was sent last."""

    def __init__(self, count: int) -> None:
        self.witness = Witness()
        self.last = [b""] * count

    def ended_alike(self) -> int:
        """How many of them showed last what the witness showed last."""
        return sum(text == self.last[0] != b"" for text in self.last)


class _Frames:
    """A stream of events put together again; of each its name and data."""

    def __init__(self, take: Callable[[str, str], None]) -> None:
        self._take, self._rest = take, b""

    def feed(self, data: bytes) -> None:
        data = (self._rest + data).replace(b"\r\n", b"\n")
        *blocks, self._rest = data.split(b"\n\n")
        for block in blocks:
            if found := re.search(rb"event: (\w+)\n(?:.*\n)*?data: (.*)", block):
                self._take(found[1].decode(), found[2].decode())


def _read_ours(witness: Witness, name: str, data: str) -> None:
    if name not in ("snapshot", "change"):
        return
    tickets = json.loads(data)["tickets"]
    if name == "snapshot":
        witness.shows_all({t["reference"] for t in tickets if t["status"] == "SUCCESS"})
        return
    for ticket in tickets:
        if ticket["status"] == "SUCCESS":
            witness.shows(ticket["reference"])
        elif ticket["status"] in ("COLLECTED", "REVOKED"):
            witness.lost(ticket["reference"])


def _read_fastapi(witness: Witness, name: str, data: str) -> None:
    if name != "change":
        return
    _, reference, status = data.split()
    if status == "SUCCESS":
        witness.shows(reference)
    elif status == "COLLECTED":
        witness.lost(reference)


@asynccontextmanager
async def hang_up(contestant: str, address: str, count: int) -> AsyncIterator[Boards]:
    """Open so many boards of a stack; the first is the witness's. Closed on leaving."""
    boards = Boards(count)
    polls = contestant in (stacks.PREFORK, stacks.THREADS)
    async with (_polling if polls else _streaming)(boards, contestant, address):
        yield boards


@asynccontextmanager
async def _streaming(boards: Boards, contestant: str, address: str) -> AsyncIterator[None]:
    read = _read_fastapi if contestant == stacks.SAQ else _read_ours
    frames = _Frames(lambda name, data: read(boards.witness, name, data))
    mark = b"data: " if contestant == stacks.SAQ else b"id: "

    streams = [
        await http.stream(address, "/board/events", _taking(boards, number, mark, frames))
        for number in range(len(boards.last))
    ]
    try:
        yield
        if lost := sum(stream.lost for stream in streams):
            raise RuntimeError(f"{lost} boards were disconnected")
    finally:
        for stream in streams:
            stream.close()


def _taking(boards: Boards, number: int, mark: bytes, frames: _Frames) -> Callable[[bytes], None]:
    """What board `number` does with the bytes that come: remember the last line with the mark."""
    rest = b""

    def take(data: bytes) -> None:
        nonlocal rest
        if number == 0:
            frames.feed(data)
        text = rest + data
        at = text.rfind(mark)
        end = text.find(b"\n", at)
        if at >= 0 and end >= 0:
            boards.last[number] = text[at:end].strip()
        rest = text[-REST:]  # a line that is cut in two is found with its second half

    return take


@asynccontextmanager
async def _polling(boards: Boards, _: str, address: str) -> AsyncIterator[None]:
    count = len(boards.last)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_poll(boards, n, address, n / count)) for n in range(count)]
        yield
        for task in tasks:
            task.cancel()


async def _poll(boards: Boards, number: int, address: str, phase: float) -> None:
    """A board that asks again every second, each at its own moment."""
    connection = await http.connect(address)
    await asyncio.sleep(POLL_S * phase)
    try:
        while True:
            due = time.perf_counter() + POLL_S
            answer = await connection.ask(http.get("/api/board"))
            boards.last[number] = answer.body
            if number == 0:
                tickets = [text.split() for text in json.loads(answer.body)["tickets"].values()]
                boards.witness.shows_all({ref for ref, status in tickets if status == "SUCCESS"})
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
    finally:
        connection.close()
