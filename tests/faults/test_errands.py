"""Errands beside the meals: nothing that a receiver of web hooks does, or a dying kitchen, loses any."""

from __future__ import annotations

import asyncio
import json
import re

from arq.connections import RedisSettings, create_pool
from arq.constants import in_progress_key_prefix
from redis.asyncio import Redis

from kitchen.pool import serialize
from orders.book import OrderBook
from orders.schedule import TASKS
from tests.machine import within
from tests.receiver import HANG, SECRET, Received, receiver

from .house import STAFF, House, eventually

ALL_DUE = [task.name for task in TASKS if task.every]


async def test_a_delivery_survives_the_kitchen_that_makes_it(house: House) -> None:
    """Killed in the middle of it: another makes it, under the same id."""
    hang = True

    def answer(_: Received) -> int:
        return HANG if hang else 204

    async with receiver(answer) as there:
        told = {"hook_url": there.url, "hook_secret": SECRET, "hook_private": "1"}
        web, dying = await house.web_and_kitchen(**told)
        order = await web.place()
        await web.until(order["id"], "SUCCESS")
        await eventually(lambda: there.received)
        dying.kill()
        hang = False
        # arq gives a dead worker's job to another when its mark has expired, after a minute.
        async with Redis.from_url(house.redis_url, decode_responses=True) as redis:
            job = f"{house.store}:hook:{there.received[0].id}:1"
            assert await redis.delete(in_progress_key_prefix + job)
        await house.kitchen(**told)
        await eventually(lambda: len(there.received) > 1)
        answer_to_staff = await web.get("/api/hooks", headers=STAFF)
    first, second = there.received[:2]
    assert (first.id, first.body) == (second.id, second.body)
    assert "order.ready" == second.opened()["type"]
    assert [first.id] == [one["id"] for one in answer_to_staff.json()["deliveries"]]


async def test_of_three_kitchens_that_open_together_one_runs_each_task(
    house: House, book: OrderBook
) -> None:
    """However many look at the same time and see that it is due, every task is run once; what is asked
    for then is run once more.
    """
    await let_many_look(house, book)
    kitchens = await asyncio.gather(*(house.kitchen() for _ in range(3)))

    def runs() -> dict[str, int]:
        said = "\n".join(kitchen.log for kitchen in kitchens)
        found = {task: len(re.findall(rf" {task}: ", said)) for task in ALL_DUE}
        return found if all(found.values()) else {}

    await eventually(runs)
    await book.diary.put("stock")
    await eventually(lambda: runs()["stock"] > 1)
    async with Redis.from_url(house.redis_url, decode_responses=True) as redis:
        await eventually(lambda: no_task_left(redis, book.keys.errands))
    assert dict.fromkeys(ALL_DUE, 1) | {"stock": 2} == runs()


async def let_many_look(house: House, book: OrderBook) -> None:
    """As if a minute began for as many kitchens: whoever opens first cannot look alone."""
    pool = await create_pool(
        RedisSettings.from_dsn(house.redis_url),
        job_serializer=serialize,
        job_deserializer=json.loads,
    )
    for number in range(60):
        await pool.enqueue_job(
            f"{house.store}:look_at_diary",
            _job_id=f"{house.store}:look:{number}",
            _queue_name=book.keys.errands,
        )
    await pool.aclose()


async def no_task_left(redis: Redis, queue: str) -> bool:
    return not any(":task:" in job for job in await redis.zrange(queue, 0, -1))


async def test_a_receiver_that_hangs_delays_no_meal(house: House) -> None:
    """Forty deliveries hang; a meal is cooked as quickly as before, and the schedule still runs."""
    async with receiver(lambda _: HANG) as there:
        told = {"hook_url": there.url, "hook_secret": SECRET, "hook_private": "1", "cooks": 2}
        web, _ = await house.web_and_kitchen(**told)
        orders = await web.place_many(40, "quick")
        await eventually(lambda: len(there.received) >= 8)
        for order in orders:
            await web.until(order["id"], "SUCCESS")
        async with within(2):
            await web.until((await web.place())["id"], "SUCCESS")
