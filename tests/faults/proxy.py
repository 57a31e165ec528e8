"""A bad network between two parts: a TCP proxy that delays, cuts and swallows what passes it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

from tests.ports import free_port

from .house import eventually


class Proxy:
    """Passes on what comes to `port` to `target_port`, as well as it is allowed to."""

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.delay_s = 0.0
        self.admits: int | None = None  # so many more connections pass; None: all
        self._target_port = target_port
        self._swallowing = False
        self._open: set[_Line] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await eventually(lambda: not self._open)

    def cut(self) -> None:
        """End every connection at once, as a cable that is pulled out and in again."""
        for line in tuple(self._open):
            line.cut()

    def swallow(self) -> None:
        """From now on every byte vanishes. Nobody is told: the connections look quiet."""
        self._swallowing = True
        for line in self._open:
            line.dead = True

    def heal(self) -> None:
        """New connections pass again; those that lost bytes stay silent for ever (half-open)."""
        self._swallowing = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = _Line(self, writer)
        line.dead = self._swallowing or self.admits == 0
        if self.admits:
            self.admits -= 1
        self._open.add(line)
        try:
            await line.carry(reader, self._target_port)
        finally:
            self._open.discard(line)


class _Line:
    """One connection, both ways. A dead one takes everything and gives nothing."""

    def __init__(self, proxy: Proxy, near: asyncio.StreamWriter) -> None:
        self.dead = False
        self._proxy = proxy
        self._ends = [near]

    def cut(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, target_port: int) -> None:
        near = self._ends[0]
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", target_port)
        except OSError:
            self.cut()
            return
        self._ends.append(far)
        both = [asyncio.create_task(self._pump(reader, far))]
        both.append(asyncio.create_task(self._pump(far_reader, near)))
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        self.cut()
        await asyncio.gather(*both, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self._proxy.delay_s:
                    await asyncio.sleep(self._proxy.delay_s)
                if not self.dead:
                    writer.write(data)
                    await writer.drain()
