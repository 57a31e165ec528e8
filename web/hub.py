"""The hub: what this process hears of the order book, shown to all its viewers.

What is certain is the business of web/hearing.py; here it is handed to the board, to those who follow an
order, to the kitchen's screens and to the menus. It does not know requests or pages.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from orders.board import Change, Snapshot
from orders.book import OrderBook
from orders.crew import Standing
from orders.feed import PING_EVERY_S, CrewChanged, MenuChanged, Touched
from orders.special import Choice
from orders.watch import CrewWatch
from web import sse
from web.attendance import Attendance
from web.broadcast import Broadcast
from web.followers import Followers
from web.hearing import COMPARE_EVERY_S, Hearing, News
from web.line import Line
from web.offer import Offer
from web.office_stream import OfficeStream
from web.outlook import Outlook, Progress
from web.rail import Rail
from web.screen import Screen

HEARTBEAT_EVERY_S = 5.0
LOOK_EVERY_S = 0.25
STUMBLE_S = 1.0
FIRST_SIGHT_S = 2.0
LEARN_FROM = 200  # orders that were placed before this process began

log = logging.getLogger("web")


class Hub:
    """The board and the followed orders, as they are shown to viewers of this process."""

    def __init__(self, book: OrderBook) -> None:
        self.ended = False
        self.crew = CrewWatch(COMPARE_EVERY_S + PING_EVERY_S)
        self.standing = Standing()  # what the crew is told, as last heard
        self._book = book
        self._screen = Screen(self._blind_frame)
        self._line = Line()
        self._followers = Followers(book, self._blind_frame, self.outlook)
        self._rail = Rail(book, self._blind_frame)
        self._office = OfficeStream(book, lambda: self._line.tickets, self.crew, self._blind_frame)
        self._offer = Offer(self._blind_frame)
        self._streams: dict[str, Broadcast | Followers] = {
            "board": self._screen.broadcast,
            "order": self._followers,
            "menu": self._offer.broadcast,
            "kitchen": self._rail.broadcast,
            "office": self._office.broadcast,
        }
        self._special: Choice | None = None
        self._looking_at_shelf = asyncio.Lock()  # what was read first is shown first
        self._hearing = Hearing(book, self)

    @property
    def streams(self) -> dict[str, int]:
        """How many viewers there are, by what they see."""
        return {name: stream.viewers for name, stream in self._streams.items()}

    @property
    def viewers(self) -> int:
        return sum(self.streams.values())

    @property
    def heard(self) -> dict[str, int]:
        """How well Redis was heard since this process began."""
        hearing = self._hearing
        return {"outages": hearing.outages, "gaps": hearing.gaps, "resyncs": hearing.resyncs}

    @property
    def blind_since_ms(self) -> int | None:
        """Since when Redis is not heard; `None` while it is."""
        return self._hearing.blind_since_ms

    def board(self) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of the board: a snapshot, then only what is newer."""
        return self._screen.broadcast.frames()

    def follow(self, order_id: str) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of one order, until it is finished."""
        return self._followers.follow(order_id)

    def outlook(self, progress: Progress) -> Outlook:
        """What the customer of an order may expect, as far as this process has seen."""
        if self.blind_since_ms is not None:
            return Outlook()
        outlook = self._line.outlook(progress)
        return Outlook(outlook.ahead) if self.standing.paused else outlook

    @property
    def sold_out(self) -> frozenset[str]:
        """The skus that cannot be ordered now, as last heard; placing an order looks again."""
        return self._offer.sold_out

    @property
    def special(self) -> str | None:
        """The sku of today's special, as last heard; `None` when there is none."""
        return self._book.special.now(self._special)

    def menu(self) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of what is sold out, and special."""
        return self._offer.broadcast.frames()

    async def look_at_shelf(self) -> None:
        """Read what is sold out, and what is special, now. Raises BookUnavailable."""
        async with self._looking_at_shelf:
            self._special = await self._book.special.read()
            self._offer.change(await self._book.shelf.sold_out(), self.special)

    def rail(self) -> AsyncGenerator[bytes, None]:
        """One kitchen screen's stream of the open orders, whole: for the staff only."""
        return self._rail.frames()

    def office(self) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of the kitchen as a whole: for the staff only."""
        return self._office.frames()

    async def kitchen_now(self) -> dict[str, Any]:
        """What that stream shows, read now. Raises BookUnavailable."""
        return await self._office.look()

    # -- its life ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen, and show what is heard, while inside."""
        attendance = Attendance(self._book, lambda: self._rail.broadcast.viewers)
        async with asyncio.TaskGroup() as group:
            jobs = (
                self._hearing.listen,
                self._pulse,
                self._screen.pace,
                self._followers.keep_reading,
                self._followers.keep_telling,
                self._followers.keep_sending,
                self._rail.keep_reading,
                self._office.keep_looking,
                attendance.keep,
            )
            tasks = [group.create_task(self._keep_at(job)) for job in jobs]
            try:
                with suppress(TimeoutError):  # nobody is served before it is known what there is
                    async with asyncio.timeout(FIRST_SIGHT_S):
                        await self._hearing.sighted.wait()
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
                self._hearing.go_blind()
                await asyncio.sleep(STUMBLE_S)

    def end(self) -> None:
        """End all streams; the viewers come back to whoever serves them next."""
        self.ended = True
        for stream in self._streams.values():
            stream.end()

    # -- what is heard ----------------------------------------------------------------------------

    def show_all(self, snapshot: Snapshot) -> None:
        """This is the board now; and whoever was told that we are blind sees again."""
        self._screen.replace(snapshot)
        self._line.replace(snapshot.tickets)
        self._followers.look_at_all()
        self._rail.look_at_all()
        self._offer.tell()

    def show_change(self, change: Change) -> None:
        self._screen.change(change)
        self._line.change(change.tickets)
        self._followers.look_at(change.tickets)
        self._rail.look_at(change.tickets, change.version)
        self._office.look_at(change.tickets)

    async def take_news(self, news: News) -> None:
        match news:
            case CrewChanged():
                await self._look_at_crew()
            case MenuChanged():
                await self.look_at_shelf()
            case Touched(order_id):
                self._followers.look_at([order_id])
                self._rail.look_at([order_id])
                self._office.look_at([order_id])

    async def look_around(self) -> None:
        """Read what no change of the board tells."""
        if not self._line.seeded:
            self._line.seed(await self._book.last_placed(LEARN_FROM))
        await self._look_at_crew()
        await self.look_at_shelf()

    def contact_lost(self) -> None:
        self.crew.contact_lost()

    def show_blind(self) -> None:
        self._send_to_all(self._blind_frame())

    async def _look_at_crew(self) -> None:
        beats, standing = await self._book.crew.on_duty_as_told()
        self.crew.observe(beats)
        if standing != self.standing:
            self.standing, self._rail.paused = standing, standing.paused
            self._rail.look_at_all()

    # -- what the viewers see ---------------------------------------------------------------------

    def _blind_frame(self) -> bytes:
        """Nothing while Redis is heard."""
        if self.blind_since_ms is None:
            return b""
        return sse.event("blind", {"since_ms": self.blind_since_ms})

    async def _pulse(self) -> None:
        """Heartbeats while Redis is heard, so that a viewer can tell a quiet board from a dead one."""
        due = time.monotonic()
        while True:
            self._hearing.mind_silence()
            if self.blind_since_ms is None and time.monotonic() >= due:
                due = time.monotonic() + HEARTBEAT_EVERY_S
                self._send_to_all(sse.event("heartbeat", {"at_ms": int(time.time() * 1000)}))
            await asyncio.sleep(LOOK_EVERY_S)

    def _send_to_all(self, frame: bytes) -> None:
        for stream in self._streams.values():
            stream.send(frame)
