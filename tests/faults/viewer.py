"""A television: one open stream of the board, as its screen shows it, and a record of all it got."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import httpx

from .house import a_client, eventually

OFF_THE_BOARD = {"COLLECTED", "REVOKED"}


class Event(NamedTuple):
    name: str
    data: dict[str, Any]
    at: float  # monotonic


class Viewer:
    """`tickets`: reference → status. `url` may change between two connections."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.events: list[Event] = []
        self.tickets: dict[str, str] = {}
        self.position: tuple[str, int] = ("none", -1)  # epoch and version of what it shows
        self.blind = True
        self.endings = 0  # streams that ended in good order, with a hint when to come back
        self._hint = False

    def named(self, name: str) -> list[Event]:
        return [event for event in self.events if event.name == name]

    @property
    def epoch(self) -> str | None:
        snapshots = self.named("snapshot")
        return snapshots[-1].data["epoch"] if snapshots else None

    async def watch(self) -> None:
        """Watch until cancelled, and come back after each end, at once."""
        async with a_client("", httpx.Timeout(5, read=12)) as client:
            while True:
                with suppress(httpx.TransportError):
                    await self._watch_once(client)
                self.blind = True
                await asyncio.sleep(0.1)

    async def _watch_once(self, client: httpx.AsyncClient) -> None:
        async with client.stream("GET", f"{self.url}/board/events") as response:
            if response.status_code != 200:
                return
            name, self._hint = "", False
            async for line in response.aiter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    self._take(Event(name, json.loads(value), time.monotonic()))
                if field:
                    self._hint = field == "retry"
            self.endings += self._hint

    def _take(self, event: Event) -> None:
        self.events.append(event)
        if event.name == "snapshot":
            self.tickets, self.blind = {}, False
        elif event.name == "blind":
            self.blind = True
        if "tickets" in event.data:
            self.position = (event.data["epoch"], event.data["version"])
        for ticket in event.data.get("tickets", ()):
            if ticket["status"] in OFF_THE_BOARD:
                self.tickets.pop(ticket["reference"], None)
            else:
                self.tickets[ticket["reference"]] = ticket["status"]


@asynccontextmanager
async def viewer(url: str) -> AsyncIterator[Viewer]:
    """A viewer who watches while inside, and has seen the board once."""
    it = Viewer(url)
    task = asyncio.create_task(it.watch())
    try:
        await eventually(lambda: it.events)
        yield it
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
