"""The parts as processes of their own: redis, web, kitchen, as in three terminals."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from redis.asyncio import Redis

from tests import http
from tests.conftest import Server
from tests.restaurant import Parts, eventually

NUGGETS = {"items": [{"sku": "nuggets-6", "quantity": 1}]}
CAUGHT_UP = ("special", "daily", "report", "stock", "clean-up")


def place(address: str) -> str:
    return str(http.post(f"{address}/api/orders", json=NUGGETS).raise_for_status().json()["id"])


def order(address: str, order_id: str) -> dict[str, object]:
    staff = {"Authorization": "Bearer 1234"}
    answer = http.get(f"{address}/api/orders/{order_id}", headers=staff)
    found: dict[str, object] = answer.json()
    return found


def test_an_order_waits_for_a_kitchen_and_is_cooked_when_one_comes(
    parts: Parts, valkey: Server
) -> None:
    """While no kitchen runs the order stays PENDING on the board; as soon as one starts it is cooked."""
    address = parts.web(valkey.url)
    order_id = place(address)
    board = http.get(f"{address}/api/board").json()
    assert [("100", "PENDING")] == [(t["reference"], t["status"]) for t in board["tickets"]]
    assert "No cook is on shift" in http.get(f"{address}/").text
    parts.kitchen(valkey.url)
    eventually(lambda: order(address, order_id)["status"] == "SUCCESS")


def test_a_customer_without_a_kitchen_is_told_what_may_be_missing(
    parts: Parts, valkey: Server
) -> None:
    """At the command line, once nothing has happened for a while; the number itself is not lost."""
    address = parts.web(valkey.url)
    customer = parts.customer("nuggets-6", "--url", address)
    eventually(lambda: "no cook has begun with 100." in parts.log())
    assert "`orderup doctor`" in parts.log()
    parts.kitchen(valkey.url)
    assert 0 == customer.wait(timeout=20)
    assert "100  SUCCESS" in parts.log()
    assert f"at {valkey.url}, store test-" in parts.log()  # so that two Redis can be told apart
    eventually(lambda: "No cook is on shift" not in http.get(f"{address}/").text)


def test_three_kitchens_share_the_work_and_cook_nothing_twice(parts: Parts, valkey: Server) -> None:
    """Of ninety orders each is started once, and every kitchen has cooked some."""
    address = parts.web(valkey.url)
    for _ in range(3):
        # Slow enough for one to stand still for a while.
        parts.kitchen(valkey.url, "--cooks", "2", "--speed", "20")
    eventually(lambda: parts.log().count("on shift") == 3)
    ids = [place(address) for _ in range(90)]
    eventually(lambda: all(order(address, i)["status"] == "SUCCESS" for i in ids), 30)
    orders = [order(address, i) for i in ids]
    starts = [[e for e in o["history"] if e["status"] == "STARTED"] for o in orders]  # type: ignore[attr-defined]
    assert {1} == {len(s) for s in starts}
    assert 3 == len({o["cook"] for o in orders})


def test_arqs_own_command_serves_the_same_queue(parts: Parts, valkey: Server) -> None:
    """`arq kitchen.worker.WorkerSettings` cooks what the counter has taken."""
    address = parts.web(valkey.url)
    order_id = place(address)
    parts.arq(valkey.url)
    eventually(lambda: order(address, order_id)["status"] == "SUCCESS")


async def test_an_idle_kitchen_leaves_redis_in_peace(parts: Parts, own_valkey: Server) -> None:
    """With nothing to cook a kitchen sends at most five commands a second, once the schedule has made
    up for what was due before it came, and apart from its look at the diary once a minute.
    """
    parts.kitchen(own_valkey.url)
    eventually(lambda: all(f"{task}: " in parts.log() for task in CAUGHT_UP))
    eventually(lambda: 2 <= time.time() % 60 <= 60 - 20, 30)
    assert 1 <= await commands_a_second(own_valkey, 24) <= 5


@pytest.mark.long
@pytest.mark.timeout(150)
async def test_over_a_whole_minute_it_leaves_redis_in_peace(
    parts: Parts, own_valkey: Server
) -> None:
    """Then the diary and the sweep are counted too."""
    parts.kitchen(own_valkey.url)
    eventually(lambda: all(f"{task}: " in parts.log() for task in CAUGHT_UP))
    assert 1 <= await commands_a_second(own_valkey, 120) <= 5


async def commands_a_second(valkey: Server, beats: int) -> float:
    """What a kitchen sends in so many beats of its own, half a second each, those of scripts too."""
    async with Redis.from_url(valkey.url, decode_responses=True) as redis:
        await redis.config_resetstat()
        started = time.monotonic()
        await wait_until_beats(redis, beats)
        stats = await redis.info("commandstats")
        seconds = time.monotonic() - started
    asked_by_us = 1 + stats["cmdstat_hvals"]["calls"] + stats["cmdstat_scan"]["calls"]
    return float((sum(entry["calls"] for entry in stats.values()) - asked_by_us) / seconds)


async def wait_until_beats(redis: Redis, beats: int) -> None:
    """Wait until the only cook on the roster has beaten so many times from now on."""
    first = None
    async with asyncio.timeout(beats + 20):
        while True:
            [crew] = [key async for key in redis.scan_iter("orderup:*:crew")]
            [beat] = [json.loads(text)["beat"] for text in await redis.hvals(crew)]
            first = beat if first is None else first
            if beat >= first + beats:
                return
            await asyncio.sleep(0.5)
