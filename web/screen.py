"""The board as it is shown: what the viewers have been told, and what they are told next.

It knows tickets and the wire format, not Redis; the hub tells it what is true.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from orders.board import Change, Snapshot, Ticket
from web import sse
from web.broadcast import Broadcast

FRAME_EVERY_S = 0.1


class Screen:
    """One board for any number of viewers. `blind_frame` says that it is old, when it is."""

    def __init__(self, blind_frame: Callable[[], bytes]) -> None:
        self.broadcast = Broadcast(self._catch_up)
        self._blind_frame = blind_frame
        self._epoch, self._version = "none", 0  # as of the last frame
        self._tickets: dict[str, Ticket] = {}
        self._snapshot_frame: bytes | None = None
        self._next_version = 0  # with what has been heard since then
        self._next: dict[str, Ticket] = {}
        self._changed = asyncio.Event()

    def replace(self, snapshot: Snapshot) -> None:
        """Show this, whatever was shown before."""
        self._epoch = snapshot.epoch
        self._version = self._next_version = snapshot.version
        self._tickets, self._next = snapshot.tickets, {}
        self._snapshot_frame = None
        self.broadcast.send(self._catch_up())

    def change(self, change: Change) -> None:
        """Show the next change soon, together with others that come before the frame goes."""
        self._next_version = change.version
        self._next.update(change.tickets)
        self._changed.set()

    async def pace(self) -> None:
        """Send the first change at once, and what comes within a tenth of a second as one frame.

        With very many viewers a frame takes longer to reach them all. Then there is a pause an eighth
        as long, so that the web process keeps below one core; orders are taken between a few viewers
        and the next few.
        """
        while True:
            await self._changed.wait()
            self._changed.clear()
            began = time.monotonic()
            self._send_next()
            await self.broadcast.reached_all()
            took_s = time.monotonic() - began
            await asyncio.sleep(max(FRAME_EVERY_S - took_s, took_s / 8))

    def _send_next(self) -> None:
        if not self._next:
            return
        data = {
            "epoch": self._epoch,
            "after": self._version,
            "version": self._next_version,
            "tickets": [ticket.to_json() for ticket in self._next.values()],
        }
        for order_id, ticket in self._next.items():
            if ticket.on_the_board:
                self._tickets[order_id] = ticket
            else:
                self._tickets.pop(order_id, None)
        self._version, self._next = self._next_version, {}
        self._snapshot_frame = None
        self.broadcast.send(sse.event("change", data, self._position))

    def _catch_up(self) -> bytes:
        """The board as of the last frame, encoded once; with the word that it is old, if it is."""
        if self._snapshot_frame is None:
            data = {
                "epoch": self._epoch,
                "version": self._version,
                "tickets": [ticket.to_json() for ticket in self._tickets.values()],
            }
            self._snapshot_frame = sse.event("snapshot", data, self._position)
        return self._snapshot_frame + self._blind_frame()

    @property
    def _position(self) -> str:
        return f"{self._epoch}-{self._version}"
