"""Those who follow a single order: each order is read once, however many look at it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing

from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.model import Order
from web import sse
from web.broadcast import Broadcast
from web.outlook import Outlook, Progress

READ_AT_ONCE = 200
TELL_EVERY_S = 2.0
TOLD_AT_ONCE = 100
AGAIN_S = 0.5

See = Callable[[Progress], Outlook]


class Followed:
    """One order with its viewers."""

    __slots__ = (
        "_blind_frame",
        "_progress",
        "_see",
        "_told",
        "_told_at",
        "broadcast",
        "frame",
        "is_old",
    )

    def __init__(self, blind_frame: Callable[[], bytes], see: See) -> None:
        self.frame = b""
        self.is_old = False  # as long as it has not been read again after an outage
        self.broadcast = Broadcast(self._whole, keep=1)  # whoever missed more sees the order anew
        self._blind_frame = blind_frame
        self._progress: Progress | None = None
        self._see = see
        self._told = Outlook()
        self._told_at = 0.0

    def show(self, order: Order | None) -> None:
        """Tell the viewers how the order is now; `None` when there is no such order (any more)."""
        self._progress = Progress.of(order) if order else None
        self.is_old = False
        if order is not None and (frame := _frame(order)) != self.frame:
            self.frame = frame
            self.broadcast.send(frame + self._outlook_frame())
        if order is None or order.finished:
            self.broadcast.end()

    def show_outlook(self) -> None:
        """Tell the viewers what they may expect, if it is no longer what they were told."""
        if self._progress is not None and self.frame:
            outlook = self._see(self._progress)
            if not outlook.is_as(self._told, time.monotonic() - self._told_at):
                self.broadcast.send(self._tell(outlook))

    def _whole(self) -> bytes:
        return self.frame + self._outlook_frame() + self._blind_frame()

    def _outlook_frame(self) -> bytes:
        """As it is now; nothing when there is nothing to say."""
        if self._progress is None or (outlook := self._see(self._progress)) == Outlook():
            return b""
        return self._tell(outlook)

    def _tell(self, outlook: Outlook) -> bytes:
        self._told, self._told_at = outlook, time.monotonic()
        return sse.event("line", outlook.to_json())


class Followers:
    """The followed orders of this process. `blind_frame` says that what is shown is old, when it is;
    `see` gives what the customer of an order may expect.
    """

    def __init__(self, book: OrderBook, blind_frame: Callable[[], bytes], see: See) -> None:
        self._book = book
        self._blind_frame = blind_frame
        self._see = see
        self._followed: dict[str, Followed] = {}
        self._to_read: set[str] = set()
        self._read = asyncio.Event()
        self._for_all: bytes | None = None
        self._send_now = asyncio.Event()
        self._over = False

    @property
    def viewers(self) -> int:
        return sum(followed.broadcast.viewers for followed in self._followed.values())

    async def follow(self, order_id: str) -> AsyncGenerator[bytes, None]:
        """One viewer's stream of one order, until it is finished."""
        followed = self._followed.setdefault(order_id, Followed(self._blind_frame, self._see))
        self.look_at([order_id])
        if self._over:
            followed.broadcast.end()
        try:
            async with aclosing(followed.broadcast.frames()) as frames:
                async for frame in frames:
                    yield frame
        finally:
            if followed.broadcast.viewers == 0 and self._followed.get(order_id) is followed:
                del self._followed[order_id]

    def look_at(self, order_ids: Iterable[str]) -> None:
        """These orders may have changed; those that are followed are read again."""
        self._to_read.update(order_id for order_id in order_ids if order_id in self._followed)
        if self._to_read:
            self._read.set()

    def look_at_all(self) -> None:
        """Tell everybody anew, even what has not changed: it ends their blindness."""
        self._for_all = None  # whoever has not been told that we are blind need not be told now
        for followed in self._followed.values():
            followed.frame, followed.is_old = b"", True
        self.look_at(self._followed)

    def send(self, frame: bytes) -> None:
        """Send a frame that is no order to everybody; it replaces one that is still being sent."""
        self._for_all = frame
        self._send_now.set()

    def end(self) -> None:
        """End all streams."""
        self._over = True
        for followed in self._followed.values():
            followed.broadcast.end()

    async def keep_telling(self) -> None:
        """Every two seconds tell those whose outlook is another one; less often when they are very
        many, so that most of the time is left for taking orders.
        """
        while True:
            began = time.monotonic()
            blind = self._blind_frame()
            for number, followed in enumerate(list(self._followed.values()), start=1):
                if not blind:
                    followed.show_outlook()
                if number % TOLD_AT_ONCE == 0:
                    await asyncio.sleep(0)
            await asyncio.sleep(max(TELL_EVERY_S, 4 * (time.monotonic() - began)))

    async def keep_sending(self) -> None:
        """Send what is for everybody, to a few at a time, so that an order can be taken in between. Who
        sees something old is not told that all is well: the order itself will tell him.
        """
        while True:
            await self._send_now.wait()
            self._send_now.clear()
            frame, blind = self._for_all, self._blind_frame()
            for number, followed in enumerate(list(self._followed.values()), start=1):
                if frame is None or frame is not self._for_all:
                    break
                if blind or not followed.is_old:
                    followed.broadcast.send(frame)
                if number % TOLD_AT_ONCE == 0:
                    await asyncio.sleep(0)

    async def keep_reading(self) -> None:
        """Read what is to be looked at; in one place, so that no order's viewer is sent backwards."""
        while True:
            await self._read.wait()
            self._read.clear()
            ids = list(self._to_read)[:READ_AT_ONCE]
            self._to_read.difference_update(ids)
            try:
                orders = await self._book.orders(ids)
            except BookUnavailable:
                self.look_at(ids)
                await asyncio.sleep(AGAIN_S)
                continue
            for order_id in ids:
                if order_id in self._followed:
                    self._followed[order_id].show(orders.get(order_id))
            if self._to_read:
                self._read.set()


def mark(order: Order) -> str:
    """How far the order had come, as the id of its event: who comes back says what he has seen."""
    return str(len(order.history))


def _frame(order: Order) -> bytes:
    return sse.event("order", order.to_json(), mark(order))
