"""Streams of events, sent below Quart.

A route answers a stream with its head, and leaves the frames in the request's scope (`web/counter.py`).
When Quart has done all it does for a request, and has forgotten it, the frames are sent from here, with
nothing between them and the server. So a stream is a route like any other, and yet a viewer, who may
stay for hours, does not keep alive what Quart needed for a moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import aclosing
from typing import Any

from web.seats import Seated

FRAMES = "orderup.frames"  # in the scope of a request: what is sent after its head


class Streams:
    """An ASGI application around another. The addresses of all streams end in `/events`."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/events"):
            await self._app(scope, receive, send)
            return
        visit = _Visit(scope, receive, send)
        await self._app(scope, visit.receive, visit.send)
        if FRAMES in scope:
            await visit.stay(scope.pop(FRAMES))


class _Visit:
    """One request. That a stream has no more than its head is not passed on to the server."""

    __slots__ = ("_head", "_receive", "_scope", "_send", "left")

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self.left = False
        self._head: Any = None
        self._scope, self._receive, self._send = scope, receive, send

    async def receive(self) -> Any:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.left = True
        return message

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._head = message
        if message is self._head or FRAMES not in self._scope:
            await self._send(message)

    async def stay(self, frames: Seated) -> None:
        """Send the frames until they end, or the viewer leaves."""
        sender = asyncio.current_task()
        assert sender is not None
        watch = asyncio.create_task(self._watch(sender))
        try:
            async with aclosing(frames):
                await self._settle_down()
                async for frame in frames:
                    await self._send_part(frame)
            await self._send_part(b"", more=False)
        except asyncio.CancelledError:
            if not self.left or sender.uncancel():  # it was not the watch, or not the watch alone
                raise
        finally:
            watch.cancel()

    async def _settle_down(self) -> None:
        """Have the head sent, whatever the server waits for; it keeps the headers of question and
        answer as long as the stream, some 2 KiB from a browser, and needs one of them for its log.
        """
        await self._send_part(b"")
        self._head["headers"] = []
        asked = self._scope["headers"]
        self._scope["headers"] = [header for header in asked if header[0] == b"user-agent"]

    def _send_part(self, frame: bytes, *, more: bool = True) -> Awaitable[None]:
        part = {"type": "http.response.body", "body": frame, "more_body": more}
        sent: Awaitable[None] = self._send(part)
        return sent

    async def _watch(self, sender: asyncio.Task[Any]) -> None:
        """Stop the sender when the viewer leaves, also while it waits for something to send."""
        while not self.left:
            message = await self._receive()
            self.left = message["type"] == "http.disconnect"
        sender.cancel()
