"""The line between the launcher and the web server: JSON, one message a line, over a socket pair.

The launcher tells the state of the play, the web server passes on what the presenter wants. Each life
of the web server has a line of its own, so that none begins in the middle of a message.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

LONGEST = 1024 * 1024

Message = dict[str, Any]


class Line:
    """One end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def tell(self, message: Message) -> None:
        """Send; to an end that takes nothing, or is gone, it is lost, and the next one says it all."""
        if self._writer.transport.get_write_buffer_size() < LONGEST:
            self._writer.write(json.dumps(message).encode() + b"\n")

    async def heard(self) -> AsyncIterator[Message]:
        """What the other end says, until it is gone."""
        try:
            while text := await self._reader.readline():
                yield json.loads(text)
        except (OSError, ValueError):  # it died, perhaps in the middle of a message
            return


@asynccontextmanager
async def line_on(end: socket.socket) -> AsyncIterator[Line]:
    """A line on one end of a socket pair, which is closed at last."""
    reader, writer = await asyncio.open_unix_connection(sock=end, limit=LONGEST)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
