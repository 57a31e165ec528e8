"""What all tests share: a real Valkey of this run's own, and a store of its own for each test."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from inspect import isawaitable
from pathlib import Path
from typing import TypeVar

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.gateway import connection_pool
from orders.model import OrderLine, OrderRequest
from orders.settings import Settings
from orders.valkey_server import OPTIONS, _binary, _die_with_parent
from tests.ports import free_port

T = TypeVar("T")

PIN = "1234"
PATIENCE_S = 20.0
NUGGETS = OrderRequest(items=(OrderLine(sku="nuggets-6", quantity=1),))  # for the kitchen
WATER = OrderRequest(items=(OrderLine(sku="water", quantity=1),))  # stands at the counter


async def eventually(condition: Callable[[], Awaitable[T] | T], within_s: float = 30) -> T:
    """Wait until `condition` gives something true, and return that."""
    deadline = time.monotonic() + within_s
    while True:
        outcome = condition()
        found = await outcome if isawaitable(outcome) else outcome
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within_s:g} s"
        await asyncio.sleep(0.01)


async def early_in_the_minute() -> None:
    """Wait until what follows can be done before the next minute begins."""
    await eventually(lambda: time.time() % 60 < 50)


class Server:
    """A Valkey that a test may stop, kill and start again on the same data."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *more: str) -> None:
        """Start it, and wait until it answers. It ends with this process, however that ends.

        `more` are further options of the server.
        """
        words = [word for name, value in OPTIONS.items() for word in (f"--{name}", value)]
        self.process = subprocess.Popen(
            [_binary(), "--port", str(self.port), *words, *more],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            preexec_fn=_die_with_parent(),  # noqa: PLW1509 - as the product does it
        )
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self.process.poll() is None, "Valkey ended; see valkey.log"
            assert time.monotonic() < deadline, "Valkey did not start"
            time.sleep(0.005)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=30)

    def pause(self) -> None:
        """Let it be there and say nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this run. Tests share it, each with a store of its own."""
    server = Server(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for one test alone, which may do to it what it likes."""
    server = Server(tmp_path_factory.mktemp("own-valkey"))
    server.start()
    yield server
    server.kill()


def settings_for(server: Server, directory: Path) -> Settings:
    """Settings of a store that nobody else has, and where little time passes."""
    return Settings(
        redis_url=server.url,
        store=f"test-{secrets.token_hex(4)}",
        staff_pin=PIN,
        data_dir=directory,
        speed=1000,
        retry_base_s=0.01,
    )


@pytest.fixture(autouse=True)
def _no_outage_by_chance(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for two seconds is an outage of Redis for all that runs on it: it
    does not answer in time. Here it is one only where a test has a Redis of its own to make one.
    """
    if "own_valkey" not in request.fixturenames:
        be_patient(monkeypatch)


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for Redis than any machine stands still."""
    monkeypatch.setitem(OrderBook.__init__.__kwdefaults__, "deadline_s", PATIENCE_S)
    monkeypatch.setitem(connection_pool.__kwdefaults__, "answer_s", PATIENCE_S)
    monkeypatch.setattr("orders.gateway.SOCKET_TIMEOUT_S", PATIENCE_S)
    for module in ("orders.feed", "web.hearing"):
        monkeypatch.setattr(f"{module}.SILENCE_S", PATIENCE_S)


@pytest.fixture
def settings(valkey: Server, tmp_path: Path) -> Settings:
    return settings_for(valkey, tmp_path)


@pytest.fixture
def own_settings(own_valkey: Server, tmp_path: Path) -> Settings:
    """Settings of a store on a server of the test's own."""
    return settings_for(own_valkey, tmp_path)


@pytest.fixture
async def book(settings: Settings) -> AsyncIterator[OrderBook]:
    async with OrderBook(settings) as book:
        yield book


@asynccontextmanager
async def changed(settings: Settings, **other: object) -> AsyncIterator[OrderBook]:
    """The same store's book, kept with some other settings."""
    async with OrderBook(settings.model_copy(update=other)) as book:
        yield book


@asynccontextmanager
async def plain_client(settings: Settings) -> AsyncIterator[Redis]:
    async with Redis.from_url(settings.redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
async def raw(settings: Settings) -> AsyncIterator[Redis]:
    """A plain client, to look behind the book's back."""
    async with plain_client(settings) as client:
        yield client


async def kept_s(client: Redis, key: str, since_ms: int | None) -> int:
    """For how long a key is kept, counted from a moment in the book, not from now."""
    assert since_ms is not None
    return round((await client.pexpiretime(key) - since_ms) / 1000)


async def state_of(client: Redis, settings: Settings) -> dict[str, object]:
    """What a request that was turned away must leave as it was."""
    prefix = settings.key_prefix
    return {
        "version": await client.get(f"{prefix}version"),
        "board": await client.hgetall(f"{prefix}board"),
        "references": await client.hgetall(f"{prefix}references"),
        "queue": await client.zrange(f"{prefix}queue", 0, -1),
    }
