"""A hub with a real book, and a counter that serves real HTTP in this process."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config

from orders.book import OrderBook
from orders.settings import Settings
from tests.conftest import PATIENCE_S, PIN, be_patient, eventually
from tests.http import TLS
from tests.web.viewer import Viewer
from web.app import create_app
from web.counter import Counter
from web.hub import Hub

STAFF = {"Authorization": f"Bearer {PIN}"}


@pytest.fixture
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a Redis that is there throughout: when it says nothing for seconds it is this machine that
    stands still, and no outage.
    """
    be_patient(monkeypatch)
    monkeypatch.setattr("web.hub.FIRST_SIGHT_S", PATIENCE_S)
    monkeypatch.setattr("orders.watch.LOST_AFTER_S", PATIENCE_S)


@pytest.fixture
def settings(settings: Settings, _patience: None) -> Settings:
    """Of the Redis that all tests share. Who needs an outage has one of his own."""
    return settings


@asynccontextmanager
async def open_hub(book: OrderBook) -> AsyncIterator[Hub]:
    """A hub that hears a Redis it knows already, so that the first snapshot is the only one."""
    await book.meet()
    hub = Hub(book)
    async with hub.open():
        await eventually(lambda: hub.blind_since_ms is None)
        yield hub


@asynccontextmanager
async def board_viewer(hub: Hub) -> AsyncIterator[Viewer]:
    async with aclosing(hub.board()) as frames:
        yield Viewer(frames)


@asynccontextmanager
async def follower(hub: Hub, order_id: str) -> AsyncIterator[Viewer]:
    async with aclosing(hub.follow(order_id)) as frames:
        yield Viewer(frames)


@dataclass(frozen=True)
class Web:
    """A counter that is open, and a client at its door."""

    client: httpx.AsyncClient
    counter: Counter

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[Viewer]:
        async with self.client.stream("GET", path) as response:
            assert 200 == response.status_code
            yield Viewer(response.aiter_bytes())


@asynccontextmanager
async def open_counter(settings: Settings) -> AsyncIterator[Web]:
    """The application behind Hypercorn, as in production but for the process of its own."""
    app = create_app(settings)
    listener = socket.create_server(("127.0.0.1", 0))
    address = "http://{}:{}".format(*listener.getsockname())
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout = 1
    config.keep_alive_timeout = 60  # no request of the client's meets a connection just closing
    config.errorlog = logging.getLogger("hypercorn")
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    try:
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_S, verify=TLS) as client:
            await client.get("/healthz")
            yield Web(client, app.extensions["counter"])
            # One more on the same connection: then the answer before it is done with. Who hangs up on
            # Quart the moment a file is sent leaves that file open, to be collected.
            await client.get("/healthz")
    finally:
        stop.set()
        async with asyncio.timeout(PATIENCE_S):
            await serving


@pytest.fixture
async def hub(book: OrderBook) -> AsyncIterator[Hub]:
    async with open_hub(book) as hub:
        yield hub


@pytest.fixture
async def web(settings: Settings, book: OrderBook) -> AsyncIterator[Web]:
    await book.meet()
    async with open_counter(settings) as web:
        await eventually(lambda: web.counter.hub.blind_since_ms is None)
        yield web


@pytest.fixture
async def client(web: Web) -> httpx.AsyncClient:
    return web.client
