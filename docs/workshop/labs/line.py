"""A bad line to Redis: what is said arrives there, and the answers get lost."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit


class BadLine:
    """A way to Redis by `url`. While `deaf`, no answer comes back."""

    def __init__(self, redis_url: str) -> None:
        self.deaf = False
        self.url = ""
        self._to = urlsplit(redis_url)
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        login = self._to.netloc.rpartition("@")
        self.url = self._to._replace(netloc=f"{login[0]}{login[1]}127.0.0.1:{port}").geturl()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.mend()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def mend(self) -> None:
        """The line is good again; connections that lost something are cut."""
        self.deaf = False
        for line in self._lines:
            line.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None
        self._lines.add(line)
        far = None
        try:
            host, port = self._to.hostname or "127.0.0.1", self._to.port or 6379
            far_reader, far = await asyncio.open_connection(host, port)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(_carry(reader, far))
                ways.create_task(self._carry_back(far_reader, writer))
        except (asyncio.CancelledError, OSError):
            pass  # cut; there is nobody to tell
        finally:
            self._lines.discard(line)
            for end in filter(None, (writer, far)):
                end.transport.abort()

    async def _carry_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not self.deaf:
                writer.write(data)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()
