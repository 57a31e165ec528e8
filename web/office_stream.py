"""What the office sees of the kitchen: once a second, computed once for all who look at it.

The board, of which it is told by the hub, gives the orders; one look into the book a second gives the
crew. While nobody looks nothing is computed and nothing is read.
"""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any

from orders.board import Ticket
from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.states import Status
from orders.watch import CrewWatch
from web import sse
from web.broadcast import Broadcast
from web.line import WAITING
from web.roll_call import roll_call

FRAME_EVERY_S = 1.0
SHOWN = 50  # of the orders that wait for another attempt, those first that have waited longest
CHANGED_AT_MOST = 500  # with more in a second every list on a screen is asked for again


class OfficeStream:
    """One stream for any number of viewers. `tickets` is the board, `crew` watches all the time who is
    on duty; `blind_frame` says that what is shown is old, when it is.
    """

    def __init__(
        self,
        book: OrderBook,
        tickets: Callable[[], Mapping[str, Ticket]],
        crew: CrewWatch,
        blind_frame: Callable[[], bytes],
    ) -> None:
        self.broadcast = Broadcast(lambda: self._frame + blind_frame())
        self._book = book
        self._tickets = tickets
        self._blind_frame = blind_frame
        self._crew = crew
        self._watch = CrewWatch(FRAME_EVERY_S)  # of all on the roster, also those who are off duty
        self._frame = b""
        self._changed: set[str] = set()
        self._somebody_looks = asyncio.Event()

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """One viewer's stream."""
        if not self.broadcast.viewers:
            self._frame = b""  # it is from when somebody looked the last time
        self._somebody_looks.set()
        async with aclosing(self.broadcast.frames()) as frames:
            async for frame in frames:
                yield frame

    def look_at(self, order_ids: Iterable[str]) -> None:
        """These orders have changed."""
        if self.broadcast.viewers and len(self._changed) <= CHANGED_AT_MOST:
            self._changed.update(order_ids)

    async def keep_looking(self) -> None:
        """A frame a second while somebody looks. While the hub is blind it says so, and not we."""
        while True:
            await self._somebody_looks.wait()
            if not self.broadcast.viewers:
                self._somebody_looks.clear()
                self._changed.clear()
                continue
            try:
                if not self._blind_frame():
                    await self._look()
            except BookUnavailable:
                self._watch.contact_lost()
            await asyncio.sleep(FRAME_EVERY_S)

    async def _look(self) -> None:
        changed, self._changed = self._changed, set()
        self._frame = sse.event("kitchen", await self.look())
        # Whoever comes later has not missed what changed before.
        news = {"orders": sorted(changed)[:CHANGED_AT_MOST], "many": len(changed) > CHANGED_AT_MOST}
        self.broadcast.send(self._frame + (sse.event("changed", news) if changed else b""))

    async def look(self) -> dict[str, Any]:
        """The state of the kitchen, as JSON. Raises BookUnavailable."""
        tickets = self._tickets()
        retrying = _longest(tickets, Status.RETRY)[:SHOWN]
        seen = await self._book.crew.overview(retrying)
        self._watch.observe(seen.beats)
        counts = Tally(ticket.status for ticket in tickets.values())
        waiting_since = (t.since_ms for t in tickets.values() if t.status in WAITING)
        return {
            "at_ms": seen.at_ms,
            "kitchen": {
                "mode": seen.standing.mode,
                "paused": seen.standing.paused,
                "cooks": seen.standing.cooks,
            },
            "crew": roll_call(seen, tickets, (self._watch, self._crew)),
            "statuses": {status: counts[status] for status in Status if counts[status]},
            "oldest_ms": min(waiting_since, default=None),
            "retrying": [
                {
                    "id": order_id,
                    "reference": tickets[order_id].reference,
                    "due_ms": seen.due_ms.get(order_id),
                }
                for order_id in sorted(retrying, key=lambda each: seen.due_ms.get(each, 0))
            ],
        }


def _longest(tickets: Mapping[str, Ticket], status: Status) -> list[str]:
    """The orders of this status, those first that have it longest."""
    found = [(ticket.since_ms, i) for i, ticket in tickets.items() if ticket.status is status]
    return [order_id for _, order_id in sorted(found)]
