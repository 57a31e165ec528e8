"""Somebody who looks at a stream of events, and what the screen shows then."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

OFF_THE_BOARD = {"COLLECTED", "REVOKED"}
WITHIN_S = 20.0


class Event(NamedTuple):
    name: str
    data: dict[str, Any]
    id: str | None = None


class Viewer:
    """Reads only when asked to. `tickets` is the screen: reference → ticket.

    A change that does not follow on what the screen shows is a fault of the server's.
    """

    def __init__(self, frames: AsyncIterator[bytes]) -> None:
        self.events: list[Event] = []
        self.fields: list[tuple[str, str]] = []  # all lines of the stream, as (field, value)
        self.epoch, self.version = "", -1
        self.tickets: dict[str, dict[str, Any]] = {}
        self.blind = False
        self.ended = False
        self._frames = frames
        self._text = b""
        self._unread: deque[Event] = deque()

    def named(self, name: str) -> list[Event]:
        return [event for event in self.events if event.name == name]

    async def read(self, within_s: float = WITHIN_S) -> list[Event]:
        """What comes next, in one piece; nothing when the stream has ended."""
        try:
            async with asyncio.timeout(within_s):
                self._text += await anext(self._frames)
        except StopAsyncIteration:
            self.ended = True
            return []
        *blocks, self._text = self._text.split(b"\n\n")
        events = [event for block in blocks if (event := self._parse(block.decode()))]
        for event in events:
            self._take(event)
        self._unread.extend(events)
        return events

    async def next(
        self,
        *names: str,
        fits: Callable[[Event], bool] = lambda _: True,
        within_s: float = WITHIN_S,
    ) -> Event:
        """The next event of these names that fits; those before it are passed over."""
        async with asyncio.timeout(within_s):
            while True:
                while self._unread:
                    event = self._unread.popleft()
                    if (not names or event.name in names) and fits(event):
                        return event
                await self.read(within_s)
                assert not self.ended or self._unread, "the stream ended before that"

    async def until_version(self, version: int) -> None:
        """Read on until the screen shows this version."""
        while self.version < version:
            await self.read()
            assert not self.ended

    async def to_the_end(self) -> None:
        while not self.ended:
            await self.read()

    def _parse(self, block: str) -> Event | None:
        """As a browser does it: WHATWG HTML, 9.2.6."""
        name, event_id, data = "message", None, []
        for line in block.split("\n"):
            field, _, value = line.partition(": ")
            self.fields.append((field, value))
            match field:
                case "event":
                    name = value
                case "data":
                    data.append(value)
                case "id":
                    event_id = value
        return Event(name, json.loads("\n".join(data)), event_id) if data else None

    def _take(self, event: Event) -> None:
        self.events.append(event)
        match event.name:
            case "snapshot":
                self.epoch, self.version = event.data["epoch"], event.data["version"]
                self.tickets, self.blind = {}, False
            case "change":
                assert (self.epoch, self.version) == (event.data["epoch"], event.data["after"])
                self.version = event.data["version"]
            case "menu" | "order" | "kitchen":
                self.blind = False
            case "blind":
                self.blind = True
            case "heartbeat":
                # The office is read after Redis is heard again.
                assert not self.blind or self.named("kitchen"), "a heartbeat on a blind screen"
        if event.name in {"snapshot", "change"}:
            assert event.id == f"{self.epoch}-{self.version}"
            for ticket in event.data["tickets"]:
                if ticket["status"] in OFF_THE_BOARD:
                    self.tickets.pop(ticket["reference"], None)
                else:
                    self.tickets[ticket["reference"]] = ticket
