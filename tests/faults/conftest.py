"""A Redis and a restaurant of real processes for each test, which may do to them what it likes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from orders.book import OrderBook
from orders.menu import load_menu
from orders.settings import Settings

from .house import HERE, House, RedisServer
from .proxy import Proxy


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A server for one test alone."""
    server = RedisServer(tmp_path / "redis")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def house(tmp_path: Path, redis: RedisServer) -> Iterator[House]:
    """The parts a test starts. However badly they are treated, none may write a stack trace."""
    with House(tmp_path / "house", redis.url) as house:
        yield house
    assert house.stack_traces() == ""


@pytest.fixture
async def network(redis: RedisServer) -> AsyncIterator[Proxy]:
    """A network to Redis; whoever shall depend on it gets its address as `redis_url`."""
    async with Proxy(redis.port) as proxy:
        yield proxy


@pytest.fixture
async def book(house: House) -> AsyncIterator[OrderBook]:
    """The house's order book, to prepare much of something quickly."""
    settings = Settings(
        redis_url=house.redis_url, store=house.store, menu=HERE / "menu.toml", staff_pin="1234"
    )
    async with OrderBook(settings, load_menu(settings.menu), deadline_s=30) as book:
        yield book
