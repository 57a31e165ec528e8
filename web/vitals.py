"""The vital signs of one web process: what it counts of itself, and how the others get to know.

What happens to orders is counted in the book. What no script sees is counted here: requests, streams,
how often Redis was not heard, and how long it takes until a customer has the number.
"""

from __future__ import annotations

import asyncio
import os
import platform
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.histogram import bucket_of
from web.hub import Hub

REPORT_EVERY_S = 2.0  # while something happens
REPORT_ANYWAY_S = 60.0

TAKE_ORDERS = {"/orders", "/api/orders", "/api/orders/batch"}
TAKEN = {201, 303}


class Vitals:
    """Of this process. Its reports stand in the book (`orders/census.py`)."""

    def __init__(self, book: OrderBook, hub: Hub) -> None:
        self.process = f"{platform.node()}-{os.getpid()}"
        self.answers: Counter[int] = Counter()  # by the first digit of the status
        self.slow_viewers = 0
        self.other_streams: dict[str, Callable[[], int]] = {}  # not the hub's: how many see each
        self._book = book
        self._hub = hub
        self._counts: Counter[str] = Counter()
        self._unconfirmed: dict[str, int] | None = None
        self._number = int(time.time() * 1000)  # more than in an earlier life under the same name

    def number_told(self, took_s: float) -> None:
        """A customer has got the number, so long after the request came."""
        ms = took_s * 1000
        self._counts[f"number:{bucket_of(ms)}"] += 1
        self._counts["number_ms"] += round(ms)

    def report(self) -> dict[str, Any]:
        """How this process is now."""
        return {
            "answers": {f"{digit}xx": number for digit, number in sorted(self.answers.items())},
            "streams": self._hub.streams
            | {name: viewers() for name, viewers in self.other_streams.items()},
            "slow_viewers": self.slow_viewers,
            **self._hub.heard,
        }

    @asynccontextmanager
    async def reported(self) -> AsyncIterator[None]:
        """Report while inside, and say goodbye at the end."""
        reporting = asyncio.create_task(self._keep_reporting())
        try:
            yield
        finally:
            reporting.cancel()
            await asyncio.gather(reporting, return_exceptions=True)
            with suppress(BookUnavailable):
                if self._unconfirmed is not None:  # we were stopped while it was on its way
                    await self._send(self.report())
                await self._send(None)

    async def _keep_reporting(self) -> None:
        told, told_at = None, 0.0
        while True:
            report = self.report()
            late = time.monotonic() - told_at > REPORT_ANYWAY_S
            if late or report != told or self._counts or self._unconfirmed is not None:
                with suppress(BookUnavailable):  # the counts are kept, and sent the next time
                    await self._send(report)
                    told, told_at = report, time.monotonic()
            await asyncio.sleep(REPORT_EVERY_S)

    async def _send(self, report: dict[str, Any] | None) -> None:
        """Counts of which it is not known whether they arrived go again, under the same number."""
        if self._unconfirmed is None:
            self._number += 1
            self._unconfirmed, self._counts = dict(self._counts), Counter()
        await self._book.census.report(self.process, self._number, report, self._unconfirmed)
        self._unconfirmed = None


class Stopwatch:
    """An ASGI application around another: counts the answers, and how long it takes to get a number."""

    def __init__(self, app: Any, vitals: Vitals) -> None:
        self._app = app
        self._vitals = vitals

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        status = 0

        async def send_counted(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._vitals.answers[status // 100] += 1
            await send(message)

        began = time.perf_counter()
        await self._app(scope, receive, send_counted)
        if status in TAKEN and scope["method"] == "POST" and scope["path"] in TAKE_ORDERS:
            self._vitals.number_told(time.perf_counter() - began)
