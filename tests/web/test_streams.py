"""What is sent below Quart: the streams, as the server and the viewer see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.conftest import eventually
from web.streams import FRAMES, Streams

HEADERS = [(b"content-type", b"text/event-stream")]
ASKED = [(b"user-agent", b"a browser"), (b"cookie", b"long")]
HEAD = {"type": "http.response.start", "status": 200, "headers": HEADERS}
QUARTS_END = {"type": "http.response.body", "body": b"", "more_body": False}
LEAVES = {"type": "http.disconnect"}
WITHIN_S = 30


class Server:
    """An ASGI server with one request, whose viewer can be made to leave. As ASGI has it, it sends the
    head together with the first part of the body, and it may keep both messages.
    """

    def __init__(self, path: str = "/board/events") -> None:
        self.scope = {"type": "http", "path": path, "headers": list(ASKED)}
        self.sent: list[dict[str, Any]] = []
        self.arrives: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.head: dict[str, Any] = {}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.head = message
            return
        if not self.sent:
            self.sent.append(dict(self.head))
        if message["body"] or not message["more_body"]:
            self.sent.append(message)

    def serve(self, app: Any) -> asyncio.Task[None]:
        return asyncio.create_task(Streams(app)(self.scope, self.arrives.get, self.send))


class Board:
    """An application that answers a stream: two frames, and then none for a long time."""

    def __init__(self, *, hears: int = 0) -> None:
        self.closed = asyncio.Event()
        self.shown = asyncio.Event()
        self._hears = hears

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        for _ in range(self._hears):
            await receive()
        scope[FRAMES] = self._frames()
        await send(dict(HEAD))
        await send(QUARTS_END)

    async def _frames(self) -> AsyncGenerator[bytes, None]:
        try:
            yield b"one"
            yield b"two"
            self.shown.set()
            await asyncio.Event().wait()
        finally:
            self.closed.set()


async def test_frames_follow_the_head_and_the_end_comes_last() -> None:
    """The end that Quart believes in is not passed on; that of the frames is."""

    async def frames() -> AsyncGenerator[bytes, None]:
        yield b"one"

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        scope[FRAMES] = frames()
        await send(dict(HEAD))
        await send(QUARTS_END)

    server = Server()
    async with asyncio.timeout(WITHIN_S):
        await server.serve(app)
    await eventually(lambda: {asyncio.current_task()} == asyncio.all_tasks())
    head, first, end = server.sent
    assert (HEAD, b"one", True) == (head, first["body"], first["more_body"])
    assert not end["more_body"]


@pytest.mark.parametrize("path", ["/board/events", "/board"])
async def test_an_answer_that_is_no_stream_passes_as_it_is(path: str) -> None:
    """A 404 or a 204 at a stream's address, and everything at any other."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send(dict(HEAD))
        await send(QUARTS_END)

    server = Server(path)
    async with asyncio.timeout(WITHIN_S):
        await server.serve(app)
    assert [HEAD, QUARTS_END] == server.sent


async def test_what_the_server_keeps_of_a_stream_is_small() -> None:
    """Headers are let go when the head is sent, except the one that may stand in the server's log."""
    board, server = Board(), Server()
    async with asyncio.timeout(WITHIN_S):
        serving = server.serve(board)
        await board.shown.wait()
        assert HEADERS == server.sent[0]["headers"]
        assert [] == server.head["headers"]
        assert ASKED[:1] == server.scope["headers"]
        server.arrives.put_nowait(LEAVES)
        await serving


async def test_a_viewer_who_leaves_a_quiet_stream_is_noticed_at_once() -> None:
    """The frames are closed, the server gets its request back in good order, and no task is left."""
    board, server = Board(), Server()
    async with asyncio.timeout(WITHIN_S):
        serving = server.serve(board)
        await board.shown.wait()
        server.arrives.put_nowait(LEAVES)
        await serving
    assert board.closed.is_set()
    await eventually(lambda: {asyncio.current_task()} == asyncio.all_tasks())


async def test_a_viewer_who_left_while_quart_answered_is_not_waited_for() -> None:
    """A server says only once that somebody has left; Quart may have heard it."""
    board, server = Board(hears=1), Server()
    server.arrives.put_nowait(LEAVES)
    async with asyncio.timeout(WITHIN_S):
        await server.serve(board)


async def test_a_server_that_cancels_a_stream_is_obeyed() -> None:
    """Cancellation is not taken for a viewer who left."""
    board, server = Board(), Server()
    async with asyncio.timeout(WITHIN_S):
        serving = server.serve(board)
        await board.shown.wait()
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert board.closed.is_set()


async def test_a_stream_that_breaks_tells_the_server() -> None:
    """An error of ours is not swallowed; the server logs it."""

    async def frames() -> AsyncGenerator[bytes, None]:
        yield b"one"
        raise LookupError

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        scope[FRAMES] = frames()
        await send(dict(HEAD))

    async with asyncio.timeout(WITHIN_S):
        with pytest.raises(LookupError):
            await Server().serve(app)
