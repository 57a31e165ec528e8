"""Slow and hostile viewers cost themselves something, and nobody else."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from orders.book import OrderBook
from tests.machine import within
from tests.web.test_totals import values

from .house import House, Process, Web, eventually, fill
from .viewer import viewer

SEND_DEADLINE_S = 5  # all who stall have come by then
STALLED = 40
HALF_REQUESTS = 1000
GET_BOARD = b"GET /board/events HTTP/1.1\r\nHost: here\r\n\r\n"
STREAMS_OF_BOARD = ("orderup_web_streams", "board")
HALF_A_HEAD = b"POST /api/orders HTTP/1.1\r\nHost: he"
HALF_A_BODY = (
    b"POST /api/orders HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
    b'Content-Length: 100\r\n\r\n{"items"'
)


@pytest.fixture
def _many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_viewers_who_stop_reading_are_let_go(house: House, book: OrderBook) -> None:
    """Each costs bounded memory until the send deadline, and then nothing; others see all in time."""
    await fill(book, 3000)
    web = await house.web(send_deadline_s=SEND_DEADLINE_S)
    async with viewer(web.url) as board:
        files, memory = _open_files(web.process), web.process.memory_kib()
        with ExitStack() as stack:
            for _ in range(STALLED):
                stack.enter_context(_silent(web.port, GET_BOARD))
            await eventually(lambda: _watch(web, STALLED + 1))
            for _ in range(10):  # a busy board meanwhile
                order = await web.place()
                async with within(2):
                    await eventually(lambda: order["reference"] in board.tickets)  # noqa: B023
            grown_kib = web.process.memory_kib() - memory
            await eventually(lambda: _open_files(web.process) <= files + 2)
        assert grown_kib < STALLED * 1024  # a board of 3000 numbers is a fifth of a MiB
        await eventually(lambda: not board.blind)
        await web.place()
        let_go = {key[0]: number for key, number in (await _metrics(web)).items()}
        assert STALLED == let_go["orderup_web_slow_viewers_closed_total"]


@pytest.mark.usefixtures("_many_files")
async def test_a_thousand_half_requests_keep_nobody_from_ordering(house: House) -> None:
    """They wait for themselves; a customer who comes then is served at once."""
    web = await house.web()
    with ExitStack() as stack:
        for number in range(HALF_REQUESTS):
            beginning = HALF_A_BODY if number % 2 else HALF_A_HEAD
            stack.enter_context(_silent(web.port, beginning))
        async with within(5), viewer(web.url) as board:
            order = await web.place()
            await eventually(lambda: order["reference"] in board.tickets)


async def test_a_viewer_too_many_from_one_address_is_told_so(house: House) -> None:
    """With 200, since a browser never asks again after anything else; and when to come back. Others
    notice nothing, and a seat that is left is free.
    """
    web = await house.web(max_streams_per_address=2)
    assert await _full_after(web, 2)


async def test_a_viewer_too_many_in_all_is_told_so(house: House) -> None:
    """The same for all addresses together."""
    web = await house.web(max_streams=2)
    assert await _full_after(web, 2)


async def _full_after(web: Web, seats: int) -> bool:
    with ExitStack() as stack:
        for _ in range(seats):
            stack.enter_context(_silent(web.port, GET_BOARD))
        await eventually(lambda: _watch(web, seats))
        refused = await web.get("/board/events")
        assert refused.status_code == 200
        assert refused.headers["Content-Type"].startswith("text/event-stream")
        assert refused.text.startswith("retry: ")
        assert "event: full" in refused.text
        assert (await web.place())["status"] == "PENDING"
    async with viewer(web.url) as board:
        await eventually(lambda: board.named("snapshot"))
    return True


class _silent:  # noqa: N801 - reads as a word: with _silent(...)
    """A client that sends this, and then neither sends nor reads; its window is small."""

    def __init__(self, port: int, beginning: bytes) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall(beginning)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._socket.close()


async def _watch(web: Web, viewers: int) -> bool:
    """Whether so many watch the board."""
    told = await _metrics(web)
    return viewers == sum(n for key, n in told.items() if key[:2] == STREAMS_OF_BOARD)


async def _metrics(web: Web) -> dict[tuple[str, ...], float]:
    return values((await web.get("/metrics")).text)


def _open_files(process: Process) -> int:
    return len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
