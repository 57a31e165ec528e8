"""Many viewers of streams of events, in a process of their own: `python -m bench.viewers`.

It reads a first line of JSON from its input, {"port": …, "paths": […]}, opens a viewer for each path,
and writes {"open": …} when every one has seen its first event. After that, for each line "report", it
writes what all viewers have seen until then. At the end of its input it leaves.

A viewer is a bare protocol on a socket. What many viewers get in the same bytes is read once, so the
cost of a delivery is about that of the system call. Times are compared in ms with those that stand in
the events (Redis's clock, on this machine).
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import uvloop

CONNECTING_AT_ONCE = 200
KEPT_PIECES = 2000
FINAL = "SUCCESS"
MS_DIGITS = 13


@dataclass(eq=False)
class Frame:
    """One event: when what it tells happened, and when it arrived (ms → number of viewers)."""

    name: str
    since_ms: tuple[int, ...] = ()
    finals: int = 0  # so many orders are seen in their final state
    after: int | None = None
    version: int | None = None
    arrivals: Counter[int] = field(default_factory=Counter)


@dataclass(eq=False)
class Hall:
    """What all viewers have seen together."""

    frames: list[Frame] = field(default_factory=list)
    pieces: dict[bytes, list[Frame]] = field(default_factory=dict)
    opened: int = 0
    lost: int = 0
    began_ms: float = math.inf  # what happened before all were here is not measured
    gaps: int = 0  # a change that did not follow on what the viewer had
    late_snapshots: int = 0  # viewers who had to begin anew
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def read(self, piece: bytes, *, chunked: bool) -> tuple[list[Frame], bytes]:
        """The events in a piece of the stream, and what is left over for the next piece."""
        known = self.pieces.get(piece)
        if known is not None:
            return known, b""
        body, rest = _dechunk(piece) if chunked else _whole(piece)
        frames = [frame for block in _blocks(body) if (frame := _frame(block))]
        self.frames += [frame for frame in frames if frame.since_ms]
        if not rest:
            if len(self.pieces) >= KEPT_PIECES:
                self.pieces.clear()
            self.pieces[piece] = frames
        return frames, rest


class Viewer(asyncio.Protocol):
    """One connection: the request, and then what comes."""

    def __init__(self, hall: Hall, path: str) -> None:
        self.seen = 0
        self._hall = hall
        self._path = path
        self._rest = b""
        self._begun = self._chunked = self._first_seen = False
        self._version: int | None = None

    def connection_made(self, transport: Any) -> None:
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0\r\n"
            "Accept-Language: en-GB,en;q=0.9\r\nCache-Control: no-cache\r\n\r\n".encode()
        )

    def connection_lost(self, _error: Exception | None) -> None:
        self._hall.lost += 1
        self._hall.changed.set()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data, self._rest = self._rest + data, b""
        if not self._begun:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise RuntimeError(head.decode())
            self._begun, self._chunked = True, b"chunked" in head
        frames, self._rest = self._hall.read(data, chunked=self._chunked)
        now_ms = int(time.time() * 1000)
        for frame in frames:
            self._take(frame, now_ms)

    def _take(self, frame: Frame, now_ms: int) -> None:
        if not self._first_seen:
            self._first_seen = True
            self._hall.opened += 1
            self._hall.changed.set()
        elif frame.name == "snapshot":
            self._hall.late_snapshots += 1
        elif frame.since_ms and frame.since_ms[-1] >= self._hall.began_ms:
            frame.arrivals[now_ms] += 1
        if frame.name == "snapshot":
            self.seen = 0
        elif frame.after is not None and frame.after != self._version:
            self._hall.gaps += 1
        self.seen += frame.finals
        if frame.version is not None:
            self._version = frame.version


def _dechunk(piece: bytes) -> tuple[bytes, bytes]:
    """The whole chunks in a piece (RFC 9112, section 7.1), and the rest."""
    body, at = b"", 0
    while (end := piece.find(b"\r\n", at)) >= 0:
        size = int(piece[at:end], 16)
        if len(piece) < end + 2 + size + 2:
            break
        body += piece[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
    return body, piece[at:]


def _whole(piece: bytes) -> tuple[bytes, bytes]:
    """The whole events in a piece of a stream that ends with its connection, and the rest."""
    body, end, rest = piece.rpartition(b"\n\n")
    return body + end, rest


def _blocks(body: bytes) -> list[str]:
    return body.decode().replace("\r\n", "\n").split("\n\n")


def _frame(block: str) -> Frame | None:
    """An event as any of the contestants writes it; `None` for a comment or a bare `retry:`."""
    fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
    name, data = fields.get("event", "message"), fields.get("data")
    if data is None:
        return None
    if not data.startswith("{"):  # FastAPI's board: "<id> <number> <status>", the id a time in ms
        at_ms, _, status = data.split(" ")
        since = (int(at_ms),) if len(at_ms) == MS_DIGITS else ()
        return Frame(name, since, int(status == FINAL))
    told = json.loads(data)
    if "history" in told:
        since = (told["history"][-1]["at_ms"],)
        return Frame(name, since, int(told["status"] == FINAL))
    tickets = told.get("tickets", ())
    since = tuple(ticket["since_ms"] for ticket in tickets)
    finals = sum(ticket["status"] == FINAL for ticket in tickets)
    return Frame(name, since, finals, told.get("after"), told.get("version"))


async def main() -> None:
    lines = await _input()
    wanted = json.loads(await lines.readline())
    hall, viewers, paths = Hall(), [], wanted["paths"]
    loop = asyncio.get_running_loop()
    for first in range(0, len(paths), CONNECTING_AT_ONCE):
        made = await asyncio.gather(
            *(
                loop.create_connection(lambda p=path: Viewer(hall, p), "127.0.0.1", wanted["port"])
                for path in paths[first : first + CONNECTING_AT_ONCE]
            )
        )
        viewers += [viewer for _, viewer in made]
    while hall.opened + hall.lost < len(paths):
        hall.changed.clear()
        await hall.changed.wait()
    hall.began_ms, began_s = time.time() * 1000, time.process_time()
    _say({"open": hall.opened})
    while await lines.readline():
        _say(_report(hall, viewers) | {"cpu_s": time.process_time() - began_s})


def _report(hall: Hall, viewers: list[Viewer]) -> dict[str, Any]:
    late: Counter[int] = Counter()
    for frame in hall.frames:
        for since_ms, changes in Counter(frame.since_ms).items():
            for at_ms, count in frame.arrivals.items():
                late[at_ms - since_ms] += count * changes
    return {
        "seen": sum(viewer.seen for viewer in viewers),
        "gaps": hall.gaps,
        "lost": hall.lost,
        "late_snapshots": hall.late_snapshots,
        "late_ms": sorted(late.items()),
    }


async def _input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
