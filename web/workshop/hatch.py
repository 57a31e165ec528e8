"""The hatch: through it learners' laptops reach the workshop's Redis, and cook in kitchens of their own.

The private Valkey listens on this machine alone and asks no password. So it is the launcher that listens
on the network, and passes on who begins with the password of this workshop, only while the presenter has
the hatch open. Whoever comes in can do everything to that Redis, which holds nothing but the workshop:
it is for people in the room, and not for a network of strangers.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import socket
from contextlib import suppress
from urllib.parse import urlsplit

AT_ONCE = 200  # a kitchen has some five connections
FIRST_WORD_S = 5.0
BLOCK = 64 * 1024

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Hatch:
    """On `host`, before the Redis at `url`. It listens from the start, so that its address is known."""

    def __init__(self, host: str, url: str) -> None:
        self._upstream = urlsplit(url)
        self._password = secrets.token_urlsafe(12)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self._guests: set[asyncio.Task[None]] = set()
        self.is_open = False

    def address(self, host: str) -> str:
        """The Redis URL for a laptop that knows this machine as `host`."""
        return f"redis://:{self._password}@{host}:{self._listener.getsockname()[1]}/0"

    def turn(self, *, to: bool) -> None:
        """Open it, or shut it: then nobody comes in, and whoever is in goes."""
        self.is_open = to
        for guest in self._guests if not to else ():
            guest.cancel()

    async def keep(self) -> None:
        """Let them in, until cancelled."""
        server = await asyncio.start_server(self._greet, sock=self._listener, limit=BLOCK)
        async with server:
            try:
                await server.serve_forever()
            finally:
                self.turn(to=False)

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_open and len(self._guests) < AT_ONCE:
            guest = asyncio.create_task(self._serve((reader, writer)))
            self._guests.add(guest)
            await asyncio.wait({guest})  # it may be cancelled, we are not
            self._guests.discard(guest)
        writer.close()

    async def _serve(self, guest: Ends) -> None:
        with suppress(OSError):  # he went, or Redis is out; his kitchen tries again
            if await self._knows(guest[0]):
                guest[1].write(b"+OK\r\n")
                await self._pass_on(guest)

    async def _knows(self, reader: asyncio.StreamReader) -> bool:
        """Whether the first word is the password, as redis-py sends it (RESP: `AUTH <password>`)."""
        password = self._password.encode()
        wanted = b"*2\r\n$4\r\nAUTH\r\n$%d\r\n%s\r\n" % (len(password), password)
        try:
            async with asyncio.timeout(FIRST_WORD_S):
                said = await reader.readexactly(len(wanted))
        except (TimeoutError, asyncio.IncompleteReadError):
            return False
        return hmac.compare_digest(said, wanted)

    async def _pass_on(self, guest: Ends) -> None:
        """Both ways, until one of them ends. Raises OSError when Redis is out."""
        where = self._upstream
        redis = await asyncio.open_connection(where.hostname, where.port)
        ways = {
            asyncio.create_task(_flow(guest[0], redis[1])),
            asyncio.create_task(_flow(redis[0], guest[1])),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            redis[1].close()


async def _flow(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await source.read(BLOCK):
            sink.write(block)
            await sink.drain()
