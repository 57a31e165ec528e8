"""What does not fit together in the book is found and mended; what a person has begun is left alone."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from .house import LONG, House, RedisServer, eventually, passed, steps
from .viewer import viewer

ASLEEP_S = 25 if LONG else 7  # beyond all limits of reclaim; the long one also of what is dropped


@pytest.fixture
async def raw(redis: RedisServer) -> AsyncIterator[Redis]:
    """What a person with redis-cli has."""
    async with Redis(port=redis.port, decode_responses=True) as raw:
        yield raw


async def test_an_order_without_a_job_gets_one(house: House, raw: Redis) -> None:
    """Its slip was lost in whatever way; the sweep hands it over anew, and it is cooked."""
    web = await house.web()
    slipless, half = await web.place(), await web.place()
    await raw.delete(f"orderup:{house.store}:queue")
    await raw.delete(f"arq:job:{house.store}:{half['id']}:1")
    kitchen = await house.kitchen(sweep_s=1)
    for order in (slipless, half):
        done = await web.until(order["id"], "SUCCESS")
        assert [status for status, _ in steps(done)] == ["PENDING", "STARTED", "SUCCESS"]
    await eventually(lambda: "the sweep mended: 2 numbers" in kitchen.log)


async def test_a_started_order_that_left_the_index_is_found(house: House, raw: Redis) -> None:
    """Its cook is dead and nobody knew that he had it; then it is handed over like the others."""
    web, dying = await house.web_and_kitchen()
    order = await web.place("gated")
    await web.until(order["id"], "STARTED")
    dying.kill()
    await raw.delete(f"orderup:{house.store}:cooking")
    house.open_gate()
    await house.kitchen(sweep_s=1)
    assert (await web.until(order["id"], "SUCCESS"))["attempt"] == 2


async def test_a_job_without_an_order_is_removed(house: House, raw: Redis) -> None:
    """A slip for nothing goes, with all that arq keeps of it."""
    kitchen = await house.kitchen(sweep_s=1)
    job, queue = f"{house.store}:nobody:1", f"orderup:{house.store}:queue"
    slip = {"t": None, "f": "cook_order", "a": ["nobody", 1], "k": {}, "et": 1}
    await raw.set(f"arq:job:{job}", json.dumps(slip))
    await raw.zadd(queue, {job: (time.time() + 3600) * 1000})

    async def is_gone() -> bool:
        return await raw.exists(f"arq:job:{job}", queue) == 0

    await eventually(is_gone)
    await eventually(lambda: "1 queue" in kitchen.log)


async def test_a_ticket_without_an_order_leaves_the_board(house: House, raw: Redis) -> None:
    """A number that stands there for nobody is taken down, on every open board."""
    ghost = {"reference": "999", "status": "SUCCESS", "since_ms": 1}
    await raw.hset(f"orderup:{house.store}:board", "ghost", json.dumps(ghost))
    web = await house.web()
    order = await web.place("water")
    async with viewer(web.url) as board:
        await eventually(lambda: set(board.tickets) == {order["reference"], "999"})
        kitchen = await house.kitchen(sweep_s=1)
        await eventually(lambda: set(board.tickets) == {order["reference"]})
        await eventually(lambda: "1 board" in kitchen.log)


async def test_what_a_person_has_started_is_never_moved(house: House, raw: Redis) -> None:
    """Neither by the sweep nor by reclaim, however long the tablet sleeps and whatever else dies."""
    web = await house.web(kitchen="people")
    robots = await house.kitchen(sweep_s=0.5)
    order, waiting = await web.place("gated"), await web.place("gated")
    await web.set_status(order["id"], "STARTED")
    await raw.delete(f"orderup:{house.store}:cooking")
    robots.kill()
    await house.kitchen(sweep_s=0.5)
    await passed(ASLEEP_S)
    assert steps(await web.order(order["id"])) == [("PENDING", 1), ("STARTED", 1)]
    assert steps(await web.order(waiting["id"])) == [("PENDING", 1)]
    assert house.diary() == []
    await web.set_status(order["id"], "SUCCESS")
