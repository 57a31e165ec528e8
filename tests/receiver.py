"""Somebody who receives web hooks: a plain HTTP server that answers as it is told, or hangs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HANG = 0


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def opened(self) -> Any:
        """What it says, if its signature holds."""
        return Webhook(SECRET).verify(self.body, self.headers)


@dataclass
class Receiver:
    """`answer` tells the status for each request, HANG for none at all."""

    port: int
    answer: Callable[[Received], int] = lambda _: 204
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?from=here"

    def said(self) -> list[tuple[str, str]]:
        """Event and number of each that came."""
        bodies = [json.loads(one.body) for one in self.received]
        return [(body["type"], body["data"]["reference"]) for body in bodies]


@asynccontextmanager
async def receiver(answer: Callable[[Received], int] = lambda _: 204) -> AsyncIterator[Receiver]:
    """One that is there while inside."""
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(headers["content-length"]))
        one = Received(head[0].split()[1], headers, body.decode())
        here.received.append(one)
        status = here.answer(one)
        if status == HANG:
            return  # and the connection stays open
        more = f"Location: {here.url}\r\n" if 300 <= status < 400 else ""
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n{more}\r\n".encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    here = Receiver(server.sockets[0].getsockname()[1], answer)
    try:
        yield here
    finally:
        server.close()
        for writer in writers:
            writer.close()
