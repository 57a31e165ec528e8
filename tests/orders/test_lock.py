"""The lock of the staff's door: wrong PINs are counted in the book, and sessions share one secret."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.lock import ALL_LAST_MS, IN_ALL, LASTS_MS, PER_ADDRESS, neighbourhood
from orders.settings import Settings
from tests.conftest import changed


async def wrong(book: OrderBook, address: str, times: int = 1) -> list[float]:
    """Try so many different wrong PINs."""
    return [await book.lock.attempt(address, f"{address}-{n}", right=False) for n in range(times)]


async def test_after_a_few_wrong_pins_an_address_is_not_heard(book: OrderBook) -> None:
    """Not even with the right PIN; another address is."""
    assert [0.0] * PER_ADDRESS == await wrong(book, "192.0.2.1", PER_ADDRESS)
    for right in (False, True):
        wait_s = await book.lock.attempt("192.0.2.1", "another", right=right)
        assert LASTS_MS / 1000 - 60 < wait_s <= LASTS_MS / 1000
    assert 0 == await book.lock.attempt("192.0.2.2", "the PIN", right=True)


async def test_right_pins_are_not_counted(book: OrderBook) -> None:
    """A program that sends the PIN with each call is never locked out by itself."""
    assert {0.0} == {
        await book.lock.attempt("192.0.2.1", "the PIN", right=True) for _ in range(2 * IN_ALL)
    }


async def test_the_same_wrong_pin_is_one_attempt(book: OrderBook) -> None:
    """A program that does not know of the new PIN shuts nobody out, however often it asks."""
    waits = {
        await book.lock.attempt("192.0.2.1", "last week's", right=False) for _ in range(2 * IN_ALL)
    }
    assert {0.0} == waits
    assert 0 == await book.lock.attempt("192.0.2.1", "the PIN", right=True)


async def test_from_everywhere_together_there_are_more(book: OrderBook) -> None:
    """Who has many addresses is stopped as well: then nobody new is heard, for up to an hour."""
    for n in range(IN_ALL):
        assert [0.0] == await wrong(book, f"192.0.2.{n}")
    wait_s = await book.lock.attempt("198.51.100.1", "the PIN", right=True)
    assert ALL_LAST_MS / 1000 - 60 < wait_s <= ALL_LAST_MS / 1000


async def test_attempts_of_the_same_moment_are_counted_one_by_one(
    settings: Settings, book: OrderBook
) -> None:
    """Many at once through two processes: as many are heard as one after the other."""
    async with changed(settings) as other:
        waits = await asyncio.gather(
            *(
                b.lock.attempt("192.0.2.1", f"{n} {b}", right=False)
                for n in range(50)
                for b in (book, other)
            )
        )
    assert PER_ADDRESS == waits.count(0)


async def test_the_time_passes(book: OrderBook, raw: Redis, settings: Settings) -> None:
    """Attempts while nobody is heard do not make it longer; afterwards the address counts from zero."""
    await wrong(book, "192.0.2.1", PER_ADDRESS)
    key = f"{settings.key_prefix}wrong_pins:192.0.2.1"
    await raw.pexpire(key, 60_000)
    assert all(wait_s <= 60 for wait_s in await wrong(book, "192.0.2.1", 3))
    await raw.pexpire(key, 0)
    assert [0.0] * PER_ADDRESS == await wrong(book, "192.0.2.1", PER_ADDRESS)


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("<local>", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, counted_as: str) -> None:
    """Of IPv6 the /64: whoever has one address there has all of them."""
    assert counted_as == neighbourhood(address)


async def test_what_is_counted_goes_away_by_itself(
    book: OrderBook, raw: Redis, settings: Settings
) -> None:
    """And one address alone does not use up what there is for all."""
    await wrong(book, "192.0.2.1", 2)
    keys = [key async for key in raw.scan_iter(f"{settings.key_prefix}*")]
    assert 2 == len(keys)
    assert all([await raw.pttl(key) > 0 for key in keys])
    assert PER_ADDRESS / LASTS_MS < IN_ALL / ALL_LAST_MS


async def test_all_processes_sign_with_the_same_secret(settings: Settings, book: OrderBook) -> None:
    """Whoever asks first makes it, and at the same moment only one does."""
    async with changed(settings) as other:
        secrets = await asyncio.gather(*(b.lock.secret() for b in (book, other) for _ in range(5)))
    assert 1 == len(set(secrets))
    assert 32 < len(secrets[0])
    async with changed(settings, store=f"{settings.store}-b") as another_store:
        assert secrets[0] != await another_store.lock.secret()
