"""What is for all phones at once goes to a few at a time, and is never old when it arrives."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import NamedTuple

import pytest

from orders.book import OrderBook
from tests.conftest import eventually
from web.followers import TOLD_AT_ONCE, Followers
from web.outlook import Outlook

PHONES = 3 * TOLD_AT_ONCE
BEAT, BLIND = b"event: heartbeat\n\n", b"event: blind\n\n"


class Hall(NamedTuple):
    """Those who follow, and how many phones have seen which frame."""

    followers: Followers
    saw: Counter[bytes]


@pytest.fixture
async def hall(book: OrderBook) -> AsyncIterator[Hall]:
    """As many phones as are told in three turns, each of which has seen the beginning."""
    hall = Hall(Followers(book, lambda: b"", lambda _: Outlook()), Counter())

    async def look(number: int) -> None:
        async with aclosing(hall.followers.follow(str(number))) as frames:
            async for frame in frames:
                hall.saw[frame] += 1

    async with asyncio.TaskGroup() as group:
        phones = [group.create_task(look(number)) for number in range(PHONES)]
        sending = group.create_task(hall.followers.keep_sending())
        await eventually(lambda: hall.saw.total() == PHONES)
        yield hall
        for task in (sending, *phones):
            task.cancel()


async def test_others_get_a_turn_while_all_phones_are_told(hall: Hall) -> None:
    """A heartbeat for ten thousand must not hold up an order until the last of them has it."""
    hall.followers.send(BEAT)
    turns = [0]
    async with asyncio.timeout(30):
        while turns[-1] < PHONES:
            await asyncio.sleep(0)
            turns.append(hall.saw[BEAT])
    assert {0, TOLD_AT_ONCE, 2 * TOLD_AT_ONCE, PHONES} == set(turns)


async def test_a_newer_word_replaces_one_that_is_still_being_told(hall: Hall) -> None:
    """Whoever has not heard the older one hears the newer one only."""
    hall.followers.send(BLIND)
    async with asyncio.timeout(30):
        while not hall.saw[BLIND]:
            await asyncio.sleep(0)
        hall.followers.send(BEAT)
        while hall.saw[BEAT] < PHONES:
            await asyncio.sleep(0)
    assert hall.saw[BLIND] < PHONES


async def test_nobody_is_told_that_we_are_blind_when_we_are_no_longer(hall: Hall) -> None:
    """Redis is heard again before all have been told: those who were not, need not be."""
    hall.followers.send(BLIND)
    async with asyncio.timeout(30):
        while not hall.saw[BLIND]:
            await asyncio.sleep(0)
        hall.followers.look_at_all()
        for _ in range(PHONES):
            await asyncio.sleep(0)
    assert hall.saw[BLIND] < PHONES


async def test_who_sees_something_old_is_not_told_that_all_is_well(hall: Hall) -> None:
    """After an outage each order is read again; till then a heartbeat is for those who come now."""
    hall.followers.look_at_all()
    async with aclosing(hall.followers.follow("newcomer")) as frames:
        await anext(frames)
        hall.followers.send(BEAT)
        assert BEAT == await anext(frames)  # he is the last one
    assert 0 == hall.saw[BEAT]
