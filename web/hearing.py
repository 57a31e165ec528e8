"""What this process hears of the order book, and how certain it is that it has missed nothing.

It never guesses. A change that is not the next one, another epoch, a new subscription: each means a
fresh snapshot. Redis not heard for two seconds means blind. It knows the book; of those who are told
what is heard it knows one, the hub.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import NamedTuple, Protocol

from orders.board import Change, Snapshot
from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.feed import (
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

COMPARE_EVERY_S = 3.0

News = CrewChanged | MenuChanged | Touched


class Told(Protocol):
    """Who is told what is heard. What he has to read for it may raise BookUnavailable."""

    def show_all(self, snapshot: Snapshot) -> None:
        """This is the board now, whatever it was before."""

    def show_change(self, change: Change) -> None:
        """This is the next step."""

    async def take_news(self, news: News) -> None:
        """Something of which the board shows nothing."""

    async def look_around(self) -> None:
        """Read again what else is shown: news of it may have been lost."""

    def contact_lost(self) -> None:
        """Redis did not answer."""

    def show_blind(self) -> None:
        """Redis is not heard any more."""


class _Promise(NamedTuple):
    """When the answer to this mark is heard, at least this version must have been heard too."""

    mark: int
    epoch: str
    version: int


class Hearing:
    """One subscription to the book. `blind_since_ms` is `None` while Redis is heard."""

    def __init__(self, book: OrderBook, told: Told) -> None:
        self.sighted = asyncio.Event()
        self._book = book
        self._told = told
        self._epoch, self._version = "none", 0  # as heard from Redis
        self._met = False  # whether it is certain that this is the same Redis process as before
        self._settled_by = 0  # mark after which no change older than the snapshot can come
        self._promise: _Promise | None = None
        self._compared_at = 0.0
        self._heard_at, self._heard_ms = time.monotonic(), int(time.time() * 1000)
        self.blind_since_ms: int | None = self._heard_ms
        self.outages = self.gaps = self.resyncs = 0  # for /metrics

    async def listen(self) -> None:
        """Tell what is heard, for ever."""
        feed = self._book.feed()
        async with aclosing(feed.listen()) as events:
            async for event in events:
                try:
                    await self._take(event, feed)
                except BookUnavailable:
                    self.go_blind()

    def mind_silence(self) -> None:
        """Blind, if Redis has not been heard for too long."""
        if time.monotonic() - self._heard_at > SILENCE_S:
            self.go_blind()

    def go_blind(self) -> None:
        """Since Redis was heard last."""
        self._told.contact_lost()
        if self.blind_since_ms is None:
            self.blind_since_ms = self._heard_ms
            self.outages += 1
            self._told.show_blind()

    async def _take(self, event: Event, feed: Feed) -> None:
        if isinstance(event, Lost):
            self.go_blind()
            return
        self._heard_at, self._heard_ms = time.monotonic(), int(time.time() * 1000)
        match event:
            case Afresh():
                self._settled_by, self._met = 0, False
                await self._take_snapshot(feed)
            case Change():
                await self._take_change(event, feed)
            case Heard(mark):
                await self._take_answer(mark, feed)
            case CrewChanged() | MenuChanged() | Touched():
                await self._told.take_news(event)

    async def _take_change(self, change: Change, feed: Feed) -> None:
        same_life = change.epoch == self._epoch
        if same_life and change.after == self._version:
            self._version = change.version
            self._told.show_change(change)
        elif same_life and change.version <= self._version and self._settled_by:
            return  # published before our snapshot was taken, and in it
        else:
            self.gaps += 1
            await self._take_snapshot(feed)

    async def _take_answer(self, mark: int, feed: Feed) -> None:
        """An answered ping: everything published before it has been heard."""
        if mark >= self._settled_by:
            self._settled_by = 0
        if self.blind_since_ms is not None:
            await self._take_snapshot(feed)
        elif self._promise and mark >= self._promise.mark:
            _, epoch, version = self._promise
            self._promise = None
            if (
                epoch != self._epoch or version > self._version
            ):  # a change was lost, perhaps the last
                self.gaps += 1
                await self._take_snapshot(feed)
        elif not self._promise and time.monotonic() - self._compared_at > COMPARE_EVERY_S:
            await self._compare(feed)

    async def _compare(self, feed: Feed) -> None:
        """Ask where the book is; when the mark is answered, we must have heard as much."""
        self._compared_at = time.monotonic()
        epoch, version = await self._book.where()
        if epoch == self._epoch and version < self._version:  # the data went back in time
            await self._take_snapshot(feed)
            return
        self._promise = _Promise(feed.mark(), epoch, version)
        await self._told.look_around()

    async def _take_snapshot(self, feed: Feed) -> None:
        """Replace what is known. Until the mark is heard, older changes may still be on their way."""
        if not self._met:
            await self._book.meet()
            self._met = True
        snapshot = await self._book.snapshot()
        self._settled_by = feed.mark()
        self._promise = None
        await self._told.look_around()
        self._epoch, self._version = snapshot.epoch, snapshot.version
        self.blind_since_ms = None
        self.resyncs += 1
        self.sighted.set()
        self._told.show_all(snapshot)
