"""The gate to Redis: it can always be left, and nothing hangs in it."""

from __future__ import annotations

import asyncio

import pytest

from orders.book import OrderBook
from orders.errors import BookUnavailable
from orders.settings import Settings
from tests.conftest import NUGGETS, PATIENCE_S, plain_client


async def test_a_cancellation_is_never_lost(book: OrderBook) -> None:
    """Whatever the book is doing when its caller is cancelled, the caller ends."""

    async def ask_for_ever() -> None:
        while True:
            await book.where()

    for steps in range(60):  # at each place where one of the first questions can be waiting
        caller = asyncio.create_task(ask_for_ever())
        for _ in range(steps):
            await asyncio.sleep(0)
        caller.cancel()
        done, _ = await asyncio.wait({caller}, timeout=PATIENCE_S)
        assert {caller} == done, f"the cancellation was lost after {steps} steps"
        assert caller.cancelled()


async def test_a_redis_that_refuses_to_write_is_away(own_settings: Settings) -> None:
    """Too few replicas, a full disk, a replica in the master's place: nothing is broken."""
    async with (
        OrderBook(own_settings, deadline_s=PATIENCE_S) as book,
        plain_client(own_settings) as redis,
    ):
        order = await book.place(NUGGETS)
        await redis.config_set("min-replicas-to-write", 1)
        with pytest.raises(BookUnavailable):
            await book.place(NUGGETS)
        with pytest.raises(BookUnavailable):
            await book.start(order.id, 1, "anna")
        await redis.config_set("min-replicas-to-write", 0)
        await book.start(order.id, 1, "anna")


@pytest.mark.parametrize(
    ("refuse", "serve"),
    [
        (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
        (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    ],
    ids=["memory is full", "replica"],
)
async def test_whatever_is_refused_is_away(
    own_settings: Settings, refuse: tuple[str, ...], serve: tuple[str, ...]
) -> None:
    """Not only an order: what writes beside the orders, too, and it is no fault of ours."""
    async with (
        OrderBook(own_settings, deadline_s=PATIENCE_S) as book,
        plain_client(own_settings) as redis,
    ):
        await redis.execute_command(*refuse)
        try:
            for ask in (
                lambda: book.lock.attempt("192.0.2.1", "digest", right=False),
                lambda: book.shelf.set_available("water", available=False),
                lambda: book.place(NUGGETS),
            ):
                with pytest.raises(BookUnavailable):
                    await ask()
        finally:
            await redis.execute_command(*serve)
        await book.place(NUGGETS)


async def test_a_replica_is_not_ready(own_settings: Settings) -> None:
    """A read-only copy of another Redis takes no orders, and that is said until it takes some."""
    async with (
        OrderBook(own_settings, deadline_s=PATIENCE_S) as book,
        plain_client(own_settings) as redis,
    ):
        await redis.execute_command("REPLICAOF", "127.0.0.1", "1")
        with pytest.raises(BookUnavailable, match="replica"):
            await book.inspect()
        await redis.execute_command("REPLICAOF", "NO", "ONE")
        await book.inspect()


async def test_who_asks_while_the_book_is_closed_opens_nothing_any_more(settings: Settings) -> None:
    """Or its wire would be left behind, and nobody would close it."""
    gateway = OrderBook(settings)._gateway
    asking = asyncio.create_task(gateway.script("counts", {}))
    async with asyncio.timeout(PATIENCE_S):
        while not gateway._opening.locked():
            await asyncio.sleep(0)
    await gateway.close()
    await asyncio.gather(asking, return_exceptions=True)
    assert gateway._wire is None or gateway._wire.closed
