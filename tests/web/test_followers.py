"""What is for all phones at once goes to a few at a time, and is never old when it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing

import pytest

from orders.book import OrderBook
from web.followers import TOLD_AT_ONCE, Followers
from web.outlook import Outlook

PHONES = 3 * TOLD_AT_ONCE
BEAT, BLIND = b"event: heartbeat\n\n", b"event: blind\n\n"


@pytest.fixture
async def followers(book: OrderBook) -> AsyncIterator[Followers]:
    """As many as are told in three turns, each with a phone that has seen the beginning."""
    followers = Followers(book, lambda: b"", lambda _: Outlook())
    async with AsyncExitStack() as stack:
        for number in range(PHONES):
            frames = await stack.enter_async_context(aclosing(followers.follow(str(number))))
            await anext(frames)
        sending = asyncio.create_task(followers.keep_sending())
        yield followers
        sending.cancel()


def told(followers: Followers, frame: bytes) -> int:
    return sum(frame in followed.broadcast._kept for followed in followers._followed.values())


async def test_others_get_a_turn_while_all_phones_are_told(followers: Followers) -> None:
    """A heartbeat for ten thousand must not hold up an order until the last of them has it."""
    followers.send(BEAT)
    turns = [0]
    async with asyncio.timeout(5):
        while turns[-1] < PHONES:
            await asyncio.sleep(0)
            turns.append(told(followers, BEAT))
    assert {0, TOLD_AT_ONCE, 2 * TOLD_AT_ONCE, PHONES} == set(turns)


async def test_a_newer_word_replaces_one_that_is_still_being_told(followers: Followers) -> None:
    """Whoever has not heard the older one hears the newer one only."""
    followers.send(BLIND)
    async with asyncio.timeout(5):
        while not told(followers, BLIND):
            await asyncio.sleep(0)
        followers.send(BEAT)
        while told(followers, BEAT) < PHONES:
            await asyncio.sleep(0)
    assert TOLD_AT_ONCE == told(followers, BLIND)


async def test_nobody_is_told_that_we_are_blind_when_we_are_no_longer(followers: Followers) -> None:
    """Redis is heard again before all have been told: those who were not, need not be."""
    followers.send(BLIND)
    async with asyncio.timeout(5):
        while not told(followers, BLIND):
            await asyncio.sleep(0)
        followers.look_at_all()
        for _ in range(PHONES):
            await asyncio.sleep(0)
    assert TOLD_AT_ONCE == told(followers, BLIND)
