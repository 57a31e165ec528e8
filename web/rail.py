"""The rail: the open orders with all that stands on them, as the kitchen's screens show them.

The board's promises (a snapshot first, then only what is newer), but with whole orders. Each that has
changed is read once, however many screens look; while none looks, nothing is read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from typing import Any

from orders.board import Snapshot
from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.model import Order
from orders.states import Status
from web import sse
from web.broadcast import Broadcast

FRAME_EVERY_S = 0.1
AGAIN_S = 0.5
READ_AT_ONCE = 500
RECALLABLE = 12  # so many of the orders collected last can be called back from the screen


async def read_rail(book: OrderBook) -> tuple[Snapshot, dict[str, Order]]:
    """The open orders and those collected last, by id, and the board as it was just before."""
    snapshot = await book.snapshot()
    ids = [*snapshot.tickets, *await book.last_collected(RECALLABLE)]
    orders: dict[str, Order] = {}
    for first in range(0, len(ids), READ_AT_ONCE):
        orders |= await book.orders(ids[first : first + READ_AT_ONCE])
    return snapshot, orders


class Rail:
    """One rail for any number of screens. `blind_frame` says that it is old, when it is."""

    def __init__(self, book: OrderBook, blind_frame: Callable[[], bytes]) -> None:
        self.broadcast = Broadcast(self._catch_up)
        self.paused = False
        self._book = book
        self._blind_frame = blind_frame
        self._epoch, self._version = "none", 0  # as of the last frame
        self._orders: dict[str, Order] = {}
        self._snapshot_frame = b""
        self._heard = 0  # the version that the hub has heard
        self._known = False  # whether what is above is what the book says
        self._to_read: set[str] = set()
        self._asked = True  # to read all of it
        self._news = asyncio.Event()

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """One screen's stream. The first that looks has all read, and sees it in a moment."""
        if not self.broadcast.viewers:
            self.look_at_all()
        async with aclosing(self.broadcast.frames()) as frames:
            async for frame in frames:
                yield frame

    def look_at(self, order_ids: Iterable[str], version: int = 0) -> None:
        """These orders may have changed, with the step to `version`, or none that the board shows."""
        self._heard = max(self._heard, version)
        if self.broadcast.viewers:
            self._to_read.update(order_ids)
            self._news.set()

    def look_at_all(self) -> None:
        """Whatever was known, read all of it again."""
        self._known, self._asked = False, True
        self._orders, self._snapshot_frame = {}, b""
        self._news.set()

    async def keep_reading(self) -> None:
        """Read what is to be looked at: the first change at once, those that follow it together."""
        while True:
            await self._news.wait()
            self._news.clear()
            if not self.broadcast.viewers:
                continue
            try:
                await (self._read_all() if self._asked else self._read_changed())
            except BookUnavailable:
                self._news.set()
                await asyncio.sleep(AGAIN_S)
            else:
                await asyncio.sleep(FRAME_EVERY_S)

    async def _read_all(self) -> None:
        self._asked = False
        self._to_read.clear()
        try:
            snapshot, orders = await read_rail(self._book)
        except BookUnavailable:
            self._asked = True
            raise
        if self._asked:  # once more, meanwhile
            return
        self._known = True
        self._epoch, self._version, self._heard = snapshot.epoch, snapshot.version, snapshot.version
        self._orders = orders
        self._snapshot_frame = b""
        self.broadcast.send(self._catch_up())

    async def _read_changed(self) -> None:
        ids, version = list(self._to_read)[:READ_AT_ONCE], self._heard
        self._to_read.difference_update(ids)
        try:
            found = await self._book.orders(ids)
        except BookUnavailable:
            self._to_read.update(ids)
            raise
        if self._to_read:
            self._news.set()
            version = self._version  # not all of that step has been read yet
        if len(found) < len(ids):
            self.look_at_all()  # somebody has taken orders out of the book
        if self._known:
            self._show(found, version)

    def _show(self, found: dict[str, Order], version: int) -> None:
        after, self._version = self._version, max(version, self._version)
        changed = [order for order in found.values() if order != self._orders.get(order.id)]
        self._orders |= found
        self._take_down()
        self._snapshot_frame = b""
        data = self._data(changed) | {"after": after}
        self.broadcast.send(sse.event("change", data, self._position))

    def _take_down(self) -> None:
        """Of what is over, keep only what may still be recalled."""
        over = [order for order in self._orders.values() if order.finished]
        over.sort(key=lambda o: (o.status is Status.COLLECTED, o.finished_ms), reverse=True)
        for rank, order in enumerate(over):
            if rank >= RECALLABLE or order.status is not Status.COLLECTED:
                del self._orders[order.id]

    def _catch_up(self) -> bytes:
        """The rail as of the last frame, encoded once; nothing before it has been read."""
        if not self._snapshot_frame and self._known:
            data = self._data(self._orders.values())
            self._snapshot_frame = sse.event("snapshot", data, self._position)
        return self._snapshot_frame + self._blind_frame()

    def _data(self, orders: Iterable[Order]) -> dict[str, Any]:
        return {
            "epoch": self._epoch,
            "version": self._version,
            "at_ms": int(time.time() * 1000),
            "paused": self.paused,
            "orders": [order.to_json(for_staff=True) for order in orders],
        }

    @property
    def _position(self) -> str:
        return f"{self._epoch}-{self._version}"
