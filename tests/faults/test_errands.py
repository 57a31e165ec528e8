"""Errands beside the meals: nothing that a receiver of web hooks does, or a dying kitchen, loses any."""

from __future__ import annotations

import time

from arq.constants import in_progress_key_prefix
from redis.asyncio import Redis

from tests.receiver import HANG, SECRET, Received, receiver

from .house import STAFF, House, eventually


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


async def test_a_receiver_that_hangs_delays_no_meal(house: House) -> None:
    """Forty deliveries hang; a meal is cooked as quickly as before, and the schedule still runs."""
    async with receiver(lambda _: HANG) as there:
        told = {"hook_url": there.url, "hook_secret": SECRET, "hook_private": "1", "cooks": 2}
        web, _ = await house.web_and_kitchen(**told)
        orders = await web.place_many(40, "quick")
        await eventually(lambda: len(there.received) >= 8)
        began = time.monotonic()
        meal = await web.place()
        await web.until(meal["id"], "SUCCESS")
        assert time.monotonic() - began < 2
        for order in orders:
            await web.until(order["id"], "SUCCESS")
