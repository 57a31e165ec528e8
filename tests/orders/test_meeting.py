"""Meeting a Redis: which one it is, what it promises, and whether it is the one from before."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from orders.board import Snapshot, Ticket
from orders.book import DEADLINE_S, OrderBook
from orders.errors import BookUnavailable, BookUnusable
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, PATIENCE_S, WATER, Server, changed


async def test_another_redis_process_begins_a_new_epoch(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """A Redis that was started again may have lost something, so its data begin a new life."""
    await book.place(NUGGETS)
    epoch = await book.meet()
    await raw.set(f"{settings.key_prefix}run_id", "the process before this one")
    assert epoch != await book.meet()


async def test_the_same_redis_process_keeps_its_epoch(book: OrderBook) -> None:
    """Whoever meets it again, now or in another process, finds the same epoch."""
    epoch = await book.meet()
    await book.place(NUGGETS)
    assert (epoch, epoch) == (await book.meet(), (await book.where())[0])


async def test_of_many_who_notice_one_begins_the_epoch(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """Ten processes that meet the new Redis at once agree, and it is announced once."""
    await book.meet()
    await raw.set(f"{settings.key_prefix}run_id", "the process before this one")
    async with raw.pubsub() as pubsub:
        await pubsub.subscribe(book.keys.changes)
        epochs = await asyncio.gather(*(book.meet() for _ in range(10)))
        assert 1 == len(set(epochs))
        await pubsub.ping("the end")
        heard = []
        async with asyncio.timeout(PATIENCE_S):
            async for message in pubsub.listen():
                if message["type"] == "pong":
                    break
                heard.append(message["data"])
    assert [1, f'{{"met":"{epochs[0]}"}}'] == heard


async def test_an_epoch_fits_into_an_event_id(book: OrderBook) -> None:
    """`<epoch>-<version>` can be taken apart again: no hyphen in the epoch."""
    assert "-" not in await book.meet()


async def test_an_empty_book_is_an_empty_board(book: OrderBook) -> None:
    """A store that nobody has written to yet has a snapshot like any other."""
    assert Snapshot("none", 0, {}) == await book.snapshot()


async def test_a_snapshot_shows_what_is_on_the_board(book: OrderBook) -> None:
    """Open orders by id, with number, state and since when; finished ones are gone."""
    ready, gone, waiting = [await book.place(w) for w in (WATER, NUGGETS, NUGGETS)]
    await book.set_status(gone.id, Status.REVOKED, Actor.CUSTOMER)
    epoch, version = await book.where()
    assert version == 4
    tickets = {
        ready.id: Ticket("100", Status.SUCCESS, ready.placed_ms),
        waiting.id: Ticket("102", Status.PENDING, waiting.placed_ms),
    }
    assert Snapshot(epoch, version, tickets) == await book.snapshot()


async def test_a_snapshot_is_of_one_moment(book: OrderBook) -> None:
    """While orders are placed the number of tickets is always that of the version beside it."""
    placing = asyncio.gather(*(book.place(NUGGETS) for _ in range(100)))
    while not placing.done():
        snapshot = await book.snapshot()
        assert snapshot.version == len(snapshot.tickets)
    await placing


async def test_a_server_as_we_start_it_has_no_warnings(book: OrderBook) -> None:
    """Append-only file, fsync always, no eviction: nothing is missing."""
    assert () == (await book.inspect()).warnings


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("appendfsync", "everysec", "appendfsync always"),
        ("appendonly", "no", "appendonly yes"),
        ("maxmemory-policy", "allkeys-lru", "noeviction"),
    ],
)
async def test_a_redis_that_promises_less_is_named(
    own_valkey: Server, own_settings: Settings, name: str, value: str, word: str
) -> None:
    """What the server does not promise is told in a sentence that says what to set."""
    async with (
        Redis.from_url(own_valkey.url) as client,
        OrderBook(own_settings, deadline_s=PATIENCE_S) as book,
    ):
        await client.config_set(name, value)
        [warning] = (await book.inspect()).warnings
        assert word in warning


async def test_a_cluster_keeps_no_book(own_valkey: Server, own_settings: Settings) -> None:
    """A store's keys live together; that is said before anything is written."""
    own_valkey.kill()
    own_valkey.start("--cluster-enabled", "yes")
    async with OrderBook(own_settings, deadline_s=PATIENCE_S) as book:
        with pytest.raises(BookUnusable, match="cluster"):
            await book.inspect()


async def test_a_user_who_may_not_is_named(own_valkey: Server, own_settings: Settings) -> None:
    """What Redis's list of users forbids is told in Redis's own words."""
    async with Redis.from_url(own_valkey.url) as client:
        await client.acl_setuser("app", enabled=True, nopass=True, commands=["+@all", "-info"])
    theirs = own_valkey.url.replace("//", "//app@")
    async with changed(own_settings, redis_url=theirs) as book:
        with pytest.raises(BookUnusable, match="info"):
            await book.inspect()


async def test_an_absent_redis_is_unavailable_within_the_deadline(settings: Settings) -> None:
    """Where nobody listens every call says so, and none hangs."""
    there = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    async with OrderBook(there, deadline_s=DEADLINE_S) as book, asyncio.timeout(PATIENCE_S):
        for call in (book.meet, book.snapshot, book.tick, lambda: book.place(NUGGETS)):
            with pytest.raises(BookUnavailable):
                await call()


async def test_the_first_command_after_a_restart_succeeds(
    own_valkey: Server, own_settings: Settings
) -> None:
    """The connections that broke are not the customer's concern, and what was answered is there."""
    async with OrderBook(own_settings, deadline_s=PATIENCE_S) as book:
        orders = await asyncio.gather(*(book.place(NUGGETS) for _ in range(5)))
        own_valkey.kill()
        own_valkey.start()
        after = await asyncio.gather(*(book.place(NUGGETS) for _ in range(5)))
        everything = {order.id for order in (*orders, *after)}
        assert everything == set((await book.snapshot()).tickets)
