"""The hub: one subscription to the order book for this process, shown to all its viewers.

It never guesses. A change that is not the next one, another epoch, a new subscription: each means a
fresh snapshot. Redis not heard for two seconds means blind, and the viewers are told at once.

The hub knows the book and the wire format; it does not know requests or pages.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import NamedTuple

from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.feed import (
    PING_EVERY_S,
    SILENCE_S,
    Afresh,
    CrewChanged,
    Event,
    Feed,
    Heard,
    Lost,
    Touched,
)
from orders.model import Change, Order, Snapshot, Ticket
from orders.watch import CrewWatch
from web import sse
from web.broadcast import Broadcast

FRAME_EVERY_S = 0.1
HEARTBEAT_EVERY_S = 5.0
LOOK_EVERY_S = 0.25
COMPARE_EVERY_S = 3.0
READ_AT_ONCE = 500
STUMBLE_S = 1.0
FIRST_SIGHT_S = 2.0

log = logging.getLogger("web")


class _Promise(NamedTuple):
    """When the answer to this mark is heard, at least this version must have been heard too."""

    mark: int
    epoch: str
    version: int


class Followed:
    """One order with its viewers."""

    def __init__(self, hub: Hub) -> None:
        self.frame = b""
        self.broadcast = Broadcast(lambda: self.frame + hub.blind_frame())


class Hub:
    """The board and the followed orders, as they are shown to viewers of this process."""

    def __init__(self, book: OrderBook) -> None:
        self._book = book
        # What Redis has told: the position, and the tickets that changed since the last frame.
        self._epoch, self._version = "none", 0
        self._merged: dict[str, Ticket] = {}
        self._settled_by = 0  # mark after which no change older than the snapshot can come
        self._promise: _Promise | None = None
        self._compared_at = 0.0
        self._met = False  # whether it is certain that this is the same Redis process as before
        # What the viewers have been told.
        self._tickets: dict[str, Ticket] = {}
        self._shown_version = 0
        self._snapshot_frame: bytes | None = None
        self._blind_since_ms: int | None = int(time.time() * 1000)
        self._heard_at, self._heard_ms = time.monotonic(), int(time.time() * 1000)
        self._changed = asyncio.Event()
        self._board = Broadcast(self._catch_up)
        self._followed: dict[str, Followed] = {}
        self._sighted = asyncio.Event()
        self._to_read: set[str] = set()
        self._read = asyncio.Event()
        self.ended = False
        self.crew = CrewWatch(COMPARE_EVERY_S + PING_EVERY_S)

    @property
    def viewers(self) -> int:
        return self._board.viewers + sum(f.broadcast.viewers for f in self._followed.values())

    @property
    def blind_since_ms(self) -> int | None:
        """Since when Redis is not heard; `None` while it is."""
        return self._blind_since_ms

    # -- for viewers ------------------------------------------------------------------------------

    async def board(self) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of the board: a snapshot, then only what is newer."""
        async with aclosing(self._board.frames()) as frames:
            async for frame in frames:
                yield frame

    async def follow(self, order_id: str) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of one order, until it is finished."""
        followed = self._followed.setdefault(order_id, Followed(self))
        self._look_at(order_id)
        if self.ended:
            followed.broadcast.end()
        try:
            async with aclosing(followed.broadcast.frames()) as frames:
                async for frame in frames:
                    yield frame
        finally:
            if followed.broadcast.viewers == 0 and self._followed.get(order_id) is followed:
                del self._followed[order_id]

    # -- its life ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen, and show what is heard, while inside."""
        async with asyncio.TaskGroup() as group:
            jobs = (self._listen, self._pace, self._pulse, self._read_followed)
            tasks = [group.create_task(self._keep_at(job)) for job in jobs]
            try:
                with suppress(TimeoutError):  # nobody is served before it is known what there is
                    async with asyncio.timeout(FIRST_SIGHT_S):
                        await self._sighted.wait()
                yield
            finally:
                for task in tasks:
                    task.cancel()

    async def _keep_at(self, job: Callable[[], Awaitable[None]]) -> None:
        """Begin again after an error nobody foresaw (a stranger's entry in the book, say); till then
        the viewers are told that this server is blind.
        """
        while True:
            try:
                await job()
            except Exception:
                log.exception("the hub stumbled, and begins again")
                self._go_blind()
                await asyncio.sleep(STUMBLE_S)

    def end(self) -> None:
        """End all streams; the viewers come back to whoever serves them next."""
        self.ended = True
        self._board.end()
        for followed in self._followed.values():
            followed.broadcast.end()

    # -- what Redis tells -------------------------------------------------------------------------

    async def _listen(self) -> None:
        feed = self._book.feed()
        async with aclosing(feed.listen()) as events:
            async for event in events:
                try:
                    await self._take(event, feed)
                except BookUnavailable:
                    self._go_blind()

    async def _take(self, event: Event, feed: Feed) -> None:
        if isinstance(event, Lost):
            self._go_blind()
            return
        self._heard_at, self._heard_ms = time.monotonic(), int(time.time() * 1000)
        match event:
            case Afresh():
                self._settled_by, self._met = 0, False
                await self._take_snapshot(feed)
            case Change():
                await self._take_change(event, feed)
            case CrewChanged():
                self.crew.observe(await self._book.crew())
            case Touched(order_id):
                self._look_at(order_id)
            case Heard(mark):
                await self._take_answer(mark, feed)

    async def _take_change(self, change: Change, feed: Feed) -> None:
        same_life = change.epoch == self._epoch
        if same_life and change.after == self._version:
            self._version = change.version
            self._merged.update(change.tickets)
            self._changed.set()
            for order_id in change.tickets:
                self._look_at(order_id)
        elif same_life and change.version <= self._version and self._settled_by:
            return  # published before our snapshot was taken, and in it
        else:
            await self._take_snapshot(feed)

    async def _compare(self, feed: Feed) -> None:
        """Ask where the book is; when the mark is answered, we must have heard as much."""
        self._compared_at = time.monotonic()
        epoch, version = await self._book.where()
        if epoch == self._epoch and version < self._version:  # the data went back in time
            await self._take_snapshot(feed)
            return
        self._promise = _Promise(feed.mark(), epoch, version)
        self.crew.observe(await self._book.crew())

    async def _take_answer(self, mark: int, feed: Feed) -> None:
        """An answered ping: everything published before it has been heard."""
        if mark >= self._settled_by:
            self._settled_by = 0
        if self._blind_since_ms is not None:
            await self._take_snapshot(feed)
        elif self._promise and mark >= self._promise.mark:
            _, epoch, version = self._promise
            self._promise = None
            if (
                epoch != self._epoch or version > self._version
            ):  # a change was lost, perhaps the last
                await self._take_snapshot(feed)
        elif not self._promise and time.monotonic() - self._compared_at > COMPARE_EVERY_S:
            await self._compare(feed)

    async def _take_snapshot(self, feed: Feed) -> None:
        """Replace what is known. Until the mark is heard, older changes may still be on their way."""
        if not self._met:
            await self._book.meet()
            self._met = True
        snapshot: Snapshot = await self._book.snapshot()
        self._settled_by = feed.mark()
        self._promise = None
        self.crew.observe(await self._book.crew())
        self._epoch, self._version = snapshot.epoch, snapshot.version
        self._merged = {}
        self._tickets, self._shown_version = snapshot.tickets, snapshot.version
        self._snapshot_frame = None
        self._blind_since_ms = None
        self._sighted.set()
        self._board.send(self._catch_up())
        for order_id, followed in self._followed.items():
            followed.frame = b""  # said again even if nothing changed: it ends their blindness
            self._look_at(order_id)

    # -- what the viewers see ---------------------------------------------------------------------

    async def _pace(self) -> None:
        """Send the first change at once, and what comes within a tenth of a second as one frame.

        With very many viewers a frame takes longer to reach them all; then it is sent less often, so
        that at least half of the time is left for taking orders.
        """
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._send_merged()
            await asyncio.sleep(max(FRAME_EVERY_S, 2 * self._board.fan_out_s))

    def _send_merged(self) -> None:
        if not self._merged:
            return
        data = {
            "epoch": self._epoch,
            "after": self._shown_version,
            "version": self._version,
            "tickets": [ticket.to_json() for ticket in self._merged.values()],
        }
        for order_id, ticket in self._merged.items():
            if ticket.on_the_board:
                self._tickets[order_id] = ticket
            else:
                self._tickets.pop(order_id, None)
        self._merged = {}
        self._shown_version = self._version
        self._snapshot_frame = None
        self._board.send(sse.event("change", data, f"{self._epoch}-{self._version}"))

    def _catch_up(self) -> bytes:
        """The board as of the last frame, encoded once; with the word that it is old, if it is."""
        if self._snapshot_frame is None:
            data = {
                "epoch": self._epoch,
                "version": self._shown_version,
                "tickets": [ticket.to_json() for ticket in self._tickets.values()],
            }
            event_id = f"{self._epoch}-{self._shown_version}"
            self._snapshot_frame = sse.event("snapshot", data, event_id)
        return self._snapshot_frame + self.blind_frame()

    def blind_frame(self) -> bytes:
        """Nothing while Redis is heard."""
        if self._blind_since_ms is None:
            return b""
        return sse.event("blind", {"since_ms": self._blind_since_ms})

    def _go_blind(self) -> None:
        self.crew.contact_lost()
        if self._blind_since_ms is None:
            self._blind_since_ms = self._heard_ms
            self._send_to_all(self.blind_frame())

    async def _pulse(self) -> None:
        """Heartbeats while Redis is heard, so that a viewer can tell a quiet board from a dead one."""
        due = time.monotonic()
        while True:
            if time.monotonic() - self._heard_at > SILENCE_S:
                self._go_blind()
            if self._blind_since_ms is None and time.monotonic() >= due:
                due = time.monotonic() + HEARTBEAT_EVERY_S
                self._send_to_all(sse.event("heartbeat", {"at_ms": int(time.time() * 1000)}))
            await asyncio.sleep(LOOK_EVERY_S)

    def _send_to_all(self, frame: bytes) -> None:
        self._board.send(frame)
        for followed in self._followed.values():
            followed.broadcast.send(frame)

    # -- single orders ----------------------------------------------------------------------------

    def _look_at(self, order_id: str) -> None:
        if order_id in self._followed:
            self._to_read.add(order_id)
            self._read.set()

    async def _read_followed(self) -> None:
        """Read orders that somebody follows and that changed; one reader, so none goes backwards."""
        while True:
            await self._read.wait()
            self._read.clear()
            ids = list(self._to_read)[:READ_AT_ONCE]
            self._to_read.difference_update(ids)
            try:
                orders = await self._book.orders(ids)
            except BookUnavailable:
                continue  # the snapshot that ends the outage looks at all of them again
            for order_id in ids:
                if order_id in self._followed:
                    self._show_order(self._followed[order_id], orders.get(order_id))
            if self._to_read:
                self._read.set()

    def _show_order(self, followed: Followed, order: Order | None) -> None:
        if order is None:  # erased
            followed.broadcast.end()
            return
        frame = sse.event("order", order.to_json())
        if frame != followed.frame:
            followed.frame = frame
            followed.broadcast.send(frame)
        if order.finished:
            followed.broadcast.end()
