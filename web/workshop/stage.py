"""The web server's end of the line to the launcher: what the play looks like, and what is wished of it.

It passes on what it hears and knows nothing else: a new web server hears it all within a moment.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from web import sse
from web.broadcast import Broadcast
from web.workshop.line import Line, Message, line_on

SILENCE_S = 2.0
LOOK_EVERY_S = 0.25


class Stage:
    """`ended` tells when all streams are to end, `beside` what this process adds to the picture."""

    def __init__(
        self, descriptor: int, *, ended: Callable[[], bool], beside: Callable[[Message], Message]
    ) -> None:
        self.state: dict[str, Any] | None = None  # nothing heard yet
        self._descriptor = descriptor
        self._ended = ended
        self._beside = beside
        self._line: Line | None = None
        self._broadcast = Broadcast(self._catch_up)
        self._heard_at, self._heard_ms = time.monotonic(), int(time.time() * 1000)

    def frames(self) -> AsyncGenerator[bytes, None]:
        """One viewer's stream: every frame shows the whole play."""
        return self._broadcast.frames()

    @property
    def viewers(self) -> int:
        return self._broadcast.viewers

    def wish(self, message: dict[str, Any]) -> bool:
        """Pass on what the presenter wants; False while nobody is there to hear it."""
        if self._line is None or time.monotonic() - self._heard_at > SILENCE_S:
            return False
        self._line.tell(message)
        return True

    def serving(self, customer: str | None) -> None:
        """The cashier of the first restaurant has turned to somebody, or has nobody."""
        if self._line is not None:
            self._line.tell({"serving": customer})

    def cut(self) -> None:
        """End the connections of all who look now; newcomers are let in."""
        broadcast, self._broadcast = self._broadcast, Broadcast(self._catch_up)
        self.wish({"cut": broadcast.viewers})
        broadcast.end()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen while inside."""
        async with line_on(socket.socket(fileno=self._descriptor)) as self._line:
            tasks = [asyncio.create_task(job()) for job in (self._listen, self._pulse)]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()

    async def _listen(self) -> None:
        assert self._line is not None
        async for message in self._line.heard():
            self.state = message | self._beside(message)
            self._heard_at, self._heard_ms = time.monotonic(), int(time.time() * 1000)
            self._broadcast.send(sse.event("snapshot", self.state))

    async def _pulse(self) -> None:
        """Tell the viewers when the launcher is not heard, and end with the server."""
        while not self._ended():
            if time.monotonic() - self._heard_at > SILENCE_S:
                self._broadcast.send(self._blind_frame())
            await asyncio.sleep(LOOK_EVERY_S)
        self._broadcast.end()

    def _catch_up(self) -> bytes:
        return self._blind_frame() if self.state is None else sse.event("snapshot", self.state)

    def _blind_frame(self) -> bytes:
        return sse.event("blind", {"since_ms": self._heard_ms})
