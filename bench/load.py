"""Customers who come at a given rate, whether the last ones were served or not (an open loop).

An answer's time counts from the moment at which the customer was to come: who waits for a free
connection waits as well. So a server that falls behind cannot hide it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from bench.http import LENGTH, post
from bench.stacks import ORDER

IN_TIME_S, SHARE_IN_TIME = 0.1, 0.99
PACE_S = 0.002
PATIENCE_S = 1.0
ANSWERED_WITHIN_S = 60.0

Served = Callable[[str, float, float], None]  # reference, when sent for, when answered


class Customers:
    """A crowd on so many kept connections, each used in turn."""

    def __init__(self, address: str, connections: int, served: Served) -> None:
        self._address, self._connections, self.served = address, connections, served
        self._idle: deque[_Till] = deque()
        self._queue: deque[float] = deque()  # when those came who wait for a connection
        self._under_way = 0
        self.acknowledged = 0
        self.waited_s: list[float] = []
        self._late = 0
        self.broken: list[str] = []

    async def open(self) -> None:
        """Open what connections are missing."""
        where = urlsplit(self._address)
        loop = asyncio.get_running_loop()
        self._idle = deque(till for till in self._idle if till.is_open)
        for _ in range(self._connections - len(self._idle)):
            _, till = await loop.create_connection(lambda: _Till(self), where.hostname, where.port)
            self._idle.append(till)

    async def come(self, rate: float, seconds: float) -> list[float]:
        """So many a second for so long; the seconds that each waited for the answer.

        It ends early when so many are late that the share in time cannot be reached any more.
        """
        self.waited_s = waited = []
        self._late, bearable = 0, rate * seconds * (1 - SHARE_IN_TIME)
        began, sent = time.perf_counter(), 0
        while (elapsed := time.perf_counter() - began) < seconds and self._late <= bearable:
            due = int(elapsed * rate) + 1
            self._queue.extend(began + number / rate for number in range(sent, due))
            sent = due
            self._serve()
            await asyncio.sleep(PACE_S)
        await self._close_the_door()
        return waited

    async def _close_the_door(self) -> None:
        """Who has asked gets an answer; who still waits for a connection after a while goes away."""
        closed = time.perf_counter()
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            while self._queue or self._under_way:
                self._serve()
                await asyncio.sleep(PACE_S)
                if time.perf_counter() - closed > PATIENCE_S:
                    self.waited_s += [time.perf_counter() - came for came in self._queue]
                    self._queue.clear()

    def _serve(self) -> None:
        while self._queue and self._idle:
            till = self._idle.popleft()
            if till.is_open:  # else the server let an idle connection go
                till.ask(self._queue.popleft())
                self._under_way += 1
        if self._queue and not self._idle and not self._under_way:
            raise ConnectionError("the server closed all connections")

    def answered(self, till: _Till, came: float, status: int, body: bytes) -> None:
        now = time.perf_counter()
        self._under_way -= 1
        self._idle.append(till)
        if status != 201:
            self.broken.append(f"{status}: {body[:200]!r}")
            return
        self.acknowledged += 1
        self.waited_s.append(now - came)
        self._late += now - came > IN_TIME_S
        reference = body.partition(b'"reference":')[2].split(b'"', 2)[1].decode()
        self.served(reference, came, now)
        self._serve()

    def let_down(self) -> None:
        self._under_way -= 1
        self.broken.append("the connection was lost before the answer")

    def close(self) -> None:
        for till in self._idle:
            till.close()


class _Till(asyncio.Protocol):
    """One connection: one order at a time."""

    REQUEST = post("/api/orders", ORDER)

    def __init__(self, customers: Customers) -> None:
        self._customers = customers
        self._came: float | None = None
        self._received = b""
        self.is_open = True

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def ask(self, came: float) -> None:
        self._came = came
        self._transport.write(self.REQUEST)

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or self._came is None:
            return
        length = LENGTH.search(head)
        assert length, head
        if len(body) >= int(length[1]):
            came, self._came, self._received = self._came, None, b""
            self._customers.answered(self, came, int(head[9:12]), body)

    def connection_lost(self, _: Exception | None) -> None:
        self.is_open = False
        if self._came is not None:
            self._customers.let_down()

    def close(self) -> None:
        self._transport.close()
