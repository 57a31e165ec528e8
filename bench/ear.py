"""An ear on a Redis channel that costs next to nothing: bytes are kept now and read afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from hiredis import Reader

LIMIT_S = 30.0


class Heard(NamedTuple):
    """A published text, and when it came (`time.perf_counter`)."""

    at: float
    text: bytes


class Ear(asyncio.Protocol):
    """One raw subscription. `keep=False`: words are counted, texts are not kept."""

    def __init__(self, *, keep: bool = True) -> None:
        self._keep = keep
        self._chunks: list[tuple[float, bytes]] = []
        self._tail = b""
        self._counts: dict[bytes, int] = {}
        self._changed = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        if self._keep:
            self._chunks.append((time.perf_counter(), data))
        for word in self._counts:  # a word cut in two is counted with the second half
            seam = self._tail[1 - len(word) :] + data
            self._counts[word] += seam.count(word)
        self._tail = data[-32:]
        self._changed.set()

    def count(self, word: bytes) -> int:
        """How often a word was published, counted from the first call that names it."""
        if word not in self._counts:
            self._counts[word] = b"".join(data for _, data in self._chunks).count(word)
        return self._counts[word]

    async def until(self, word: bytes, times: int, within_s: float) -> bool:
        """Wait until a word was published so often."""
        try:
            async with asyncio.timeout(within_s):
                while self.count(word) < times:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def until_heard(
        self, wanted: Callable[[bytes], bool], within_s: float = LIMIT_S
    ) -> float:
        """When a text came that is wanted; what was heard before is looked at too, and forgotten."""
        reader = Reader()
        async with asyncio.timeout(within_s):
            while True:
                chunks, self._chunks = self._chunks, []
                for at, text in _messages(reader, chunks):
                    if wanted(text):
                        return at
                self._changed.clear()
                if not self._chunks:
                    await self._changed.wait()

    def heard(self) -> list[Heard]:
        """Everything that was published."""
        return list(_messages(Reader(), self._chunks))


def _messages(reader: Reader, chunks: list[tuple[float, bytes]]) -> list[Heard]:
    found = []
    for at, data in chunks:
        reader.feed(data)
        while (message := reader.gets()) is not False:
            if message[0] == b"message":
                found.append(Heard(at, message[2]))
    return found


@asynccontextmanager
async def listening(port: int, channel: str, *, keep: bool = True) -> AsyncIterator[Ear]:
    """An ear that has been confirmed before anything is done."""
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_connection(lambda: Ear(keep=keep), "127.0.0.1", port)
    try:
        ear.count(b"subscribe")
        transport.write(f"SUBSCRIBE {channel}\r\n".encode())
        if not await ear.until(b"subscribe", 1, LIMIT_S):
            raise RuntimeError("no confirmation of the subscription")
        yield ear
    finally:
        transport.close()
