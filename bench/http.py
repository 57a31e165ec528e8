"""A small HTTP/1.1 client: one kept connection, one request at a time, bytes in and bytes out.

httpx would cost more CPU than the servers that are measured. It knows what these servers send: a body
with Content-Length, or a stream without end.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Answer(NamedTuple):
    status: int
    body: bytes


def post(path: str, body: bytes) -> bytes:
    """A POST of JSON as it goes over the wire."""
    return (
        b"POST %b HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (path.encode(), len(body), body)
    )


def get(path: str) -> bytes:
    return b"GET %b HTTP/1.1\r\nHost: bench\r\n\r\n" % path.encode()


class Connection(asyncio.Protocol):
    """One connection. A connection that is lost fails the request that is under way."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or self._answer is None:
            return
        length = LENGTH.search(head)
        assert length, head
        if len(body) >= int(length[1]) and not self._answer.done():
            self._received = b""
            self._answer.set_result(Answer(int(head[9:12]), body))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("closed by the server"))

    async def ask(self, request: bytes) -> Answer:
        """Send one request, and wait for its answer."""
        assert self._transport is not None
        if self._transport.is_closing():
            raise ConnectionResetError("closed by the server")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Stream(asyncio.Protocol):
    """An open event stream; what arrives is handed on as bytes, the head of the answer too."""

    def __init__(self, request: bytes, take: Callable[[bytes], None]) -> None:
        self._request = request
        self.data_received = take  # type: ignore[method-assign] # the shortest way for many bytes
        self.lost = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        transport.write(self._request)

    def connection_lost(self, _: Exception | None) -> None:
        self.lost = True

    def close(self) -> None:
        self._transport.close()


async def connect(address: str) -> Connection:
    where = urlsplit(address)
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, where.hostname, where.port)
    return connection


async def stream(address: str, path: str, take: Callable[[bytes], None]) -> Stream:
    where = urlsplit(address)
    loop = asyncio.get_running_loop()
    request = get(path).replace(b"\r\n\r\n", b"\r\nAccept: text/event-stream\r\n\r\n")
    _, opened = await loop.create_connection(
        lambda: Stream(request, take), where.hostname, where.port
    )
    return opened
