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
    MenuChanged,
    Touched,
)
from orders.model import Change, Order
from orders.watch import CrewWatch
from web import sse
from web.attendance import Attendance
from web.followers import Followers
from web.line import Line
from web.outlook import Outlook
from web.rail import Rail
from web.screen import Screen
from web.sold_out import SoldOut

HEARTBEAT_EVERY_S = 5.0
LOOK_EVERY_S = 0.25
COMPARE_EVERY_S = 3.0
STUMBLE_S = 1.0
FIRST_SIGHT_S = 2.0
LEARN_FROM = 200  # orders that were placed before this process began

log = logging.getLogger("web")


class _Promise(NamedTuple):
    """When the answer to this mark is heard, at least this version must have been heard too."""

    mark: int
    epoch: str
    version: int


class Hub:
    """The board and the followed orders, as they are shown to viewers of this process."""

    def __init__(self, book: OrderBook) -> None:
        self.ended = False
        self.crew = CrewWatch(COMPARE_EVERY_S + PING_EVERY_S)
        self._book = book
        self._screen = Screen(self._blind_frame)
        self._line = Line()
        self._followers = Followers(book, self._blind_frame, self.outlook)
        self._rail = Rail(book, self._blind_frame)
        self._sold_out = SoldOut(self._blind_frame)
        self._looking_at_shelf = asyncio.Lock()  # what was read first is shown first
        self._epoch, self._version = "none", 0  # as heard from Redis
        self._met = False  # whether it is certain that this is the same Redis process as before
        self._settled_by = 0  # mark after which no change older than the snapshot can come
        self._promise: _Promise | None = None
        self._compared_at = 0.0
        self._sighted = asyncio.Event()
        self._heard_at, self._heard_ms = time.monotonic(), int(time.time() * 1000)
        self._blind_since_ms: int | None = self._heard_ms

    @property
    def viewers(self) -> int:
        customers = self._followers.viewers + self._sold_out.broadcast.viewers
        return self._screen.broadcast.viewers + customers + self._rail.broadcast.viewers

    @property
    def blind_since_ms(self) -> int | None:
        """Since when Redis is not heard; `None` while it is."""
        return self._blind_since_ms

    def board(self) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of the board: a snapshot, then only what is newer."""
        return self._screen.broadcast.frames()

    def follow(self, order_id: str) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of one order, until it is finished."""
        return self._followers.follow(order_id)

    def outlook(self, order: Order) -> Outlook:
        """What the customer of an order may expect, as far as this process has seen."""
        return self._line.outlook(order) if self._blind_since_ms is None else Outlook()

    @property
    def sold_out(self) -> frozenset[str]:
        """The skus that cannot be ordered now, as last heard; placing an order looks again."""
        return self._sold_out.skus

    def menu(self) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of what is sold out."""
        return self._sold_out.broadcast.frames()

    async def look_at_shelf(self) -> None:
        """Read what is sold out, now. Raises BookUnavailable."""
        async with self._looking_at_shelf:
            self._sold_out.change(await self._book.shelf.sold_out())

    def rail(self) -> AsyncGenerator[bytes, None]:
        """One kitchen screen's stream of the open orders, whole: for the staff only."""
        return self._rail.frames()

    # -- its life ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen, and show what is heard, while inside."""
        attendance = Attendance(self._book, lambda: self._rail.broadcast.viewers)
        async with asyncio.TaskGroup() as group:
            jobs = (
                self._listen,
                self._pulse,
                self._screen.pace,
                self._followers.keep_reading,
                self._followers.keep_telling,
                self._followers.keep_sending,
                self._rail.keep_reading,
                attendance.keep,
            )
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
        self._screen.broadcast.end()
        self._followers.end()
        self._rail.broadcast.end()
        self._sold_out.broadcast.end()

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
                self.crew.observe(await self._book.crew.on_duty())
            case MenuChanged():
                await self.look_at_shelf()
            case Touched(order_id):
                self._followers.look_at([order_id])
                self._rail.look_at([order_id])
            case Heard(mark):
                await self._take_answer(mark, feed)

    async def _take_change(self, change: Change, feed: Feed) -> None:
        same_life = change.epoch == self._epoch
        if same_life and change.after == self._version:
            self._version = change.version
            self._screen.change(change)
            self._line.change(change.tickets)
            self._followers.look_at(change.tickets)
            self._rail.look_at(change.tickets, change.version)
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
        self.crew.observe(await self._book.crew.on_duty())
        await self.look_at_shelf()

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
        if not self._line.seeded:
            self._line.seed(await self._book.last_placed(LEARN_FROM))
        snapshot = await self._book.snapshot()
        self._settled_by = feed.mark()
        self._promise = None
        self.crew.observe(await self._book.crew.on_duty())
        sold_out = await self._book.shelf.sold_out()
        self._epoch, self._version = snapshot.epoch, snapshot.version
        self._blind_since_ms = None
        self._sighted.set()
        self._screen.replace(snapshot)
        self._line.replace(snapshot.tickets)
        self._followers.look_at_all()
        self._rail.look_at_all()
        self._sold_out.replace(sold_out)

    # -- what the viewers see ---------------------------------------------------------------------

    def _blind_frame(self) -> bytes:
        """Nothing while Redis is heard."""
        if self._blind_since_ms is None:
            return b""
        return sse.event("blind", {"since_ms": self._blind_since_ms})

    def _go_blind(self) -> None:
        self.crew.contact_lost()
        if self._blind_since_ms is None:
            self._blind_since_ms = self._heard_ms
            self._send_to_all(self._blind_frame())

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
        self._screen.broadcast.send(frame)
        self._followers.send(frame)
        self._rail.broadcast.send(frame)
        self._sold_out.broadcast.send(frame)
