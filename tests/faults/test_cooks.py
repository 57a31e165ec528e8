"""Cooks that die, cooks that come back, and recipes that fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.constants import in_progress_key_prefix
from arq.worker import Worker, func

from kitchen.roster import WATCH_EVERY
from orders.book import OrderBook
from tests.machine import within

from .house import LONG, House, Process, RedisServer, eventually, passed, steps
from .viewer import viewer

TAKEN_OVER_WITHIN_S = 6.0
STOPPED_S = 15.0 if LONG else 7.0


async def test_the_orders_of_a_killed_cook_are_taken_over(house: House) -> None:
    """With another cook free, each is started again within 6 s, exactly once."""
    web, dying = await house.web_and_kitchen(cooks=3)
    orders = [order["id"] for order in await web.place_many(3, "gated")]
    await eventually(lambda: len(house.diary()) == 3)
    other = await house.kitchen(cooks=3)
    dying.kill()
    async with within(TAKEN_OVER_WITHIN_S):
        await eventually(lambda: len(house.diary()) == 6)
    assert sorted((order_id, 2, other.pid) for order_id in orders) == sorted(house.diary()[3:])
    house.open_gate()
    for order_id in orders:
        done = await web.until(order_id, "SUCCESS")
        assert steps(done) == [
            ("PENDING", 1),
            ("STARTED", 1),
            ("RETRY", 2),
            ("STARTED", 2),
            ("SUCCESS", 2),
        ]


async def test_the_orders_of_a_killed_cook_wait_for_the_next_one(house: House) -> None:
    """With nobody left they are started by the next kitchen, as soon as it has seen enough."""
    web, dying = await house.web_and_kitchen()
    orders = [order["id"] for order in await web.place_many(2, "gated")]
    await eventually(lambda: len(house.diary()) == 2)
    dying.kill()
    waiting = await web.place("gated")
    await house.kitchen(cooks=3)
    async with within(TAKEN_OVER_WITHIN_S):
        await eventually(lambda: len(house.diary()) == 5)
    begun = sorted((order_id, attempt) for order_id, attempt, _ in house.diary()[2:])
    assert sorted([(waiting["id"], 1), *((order_id, 2) for order_id in orders)]) == begun


async def test_a_cook_that_comes_back_cannot_touch_what_another_has(
    house: House, redis: RedisServer
) -> None:
    """Stopped for so long and continued, it ends nothing, and the other's job stays in the queue."""
    web, sleeper = await house.web_and_kitchen(cooks=2)
    order = await web.place("gated")
    await eventually(lambda: len(house.diary()) == 1)
    other = await house.kitchen(cooks=2)
    sleeper.pause()
    asleep = asyncio.create_task(passed(STOPPED_S))
    await eventually(lambda: house.diary()[1:] == [(order["id"], 2, other.pid)])
    await asleep
    house.open_gate(sleeper)  # so that only the one that comes back can do anything
    sleeper.resume()
    await eventually(lambda: "is void" in sleeper.log)
    job = f"{house.store}:{order['id']}:2"
    async with _redis(redis.port) as pool:
        first_job = job.removesuffix("2") + "1"

        async def cleaned_up() -> bool:
            return (
                await pool.exists(f"arq:retry:{first_job}", in_progress_key_prefix + first_job) == 0
            )

        await eventually(cleaned_up)
        assert await pool.zscore(f"orderup:{house.store}:queue", job) is not None
        assert await pool.exists(f"arq:job:{job}", in_progress_key_prefix + job) == 2
    assert (await web.order(order["id"]))["status"] == "STARTED"
    house.open_gate()
    done = await web.until(order["id"], "SUCCESS")
    assert done["attempt"] == 2
    assert done["cook"] == done["history"][-1]["by"].removeprefix("cook:")
    assert str(other.pid) in done["cook"]


async def test_with_a_reused_job_id_the_others_claim_would_be_lost(redis: RedisServer) -> None:
    """Why a hand-over is a new job: arq's clean-up of an old run removes the claim of a new one."""
    gates = {"first": asyncio.Event(), "second": asyncio.Event()}
    running: list[str] = []

    def worker(pool: ArqRedis, name: str) -> Worker:
        async def cook(_ctx: object) -> None:
            running.append(name)
            await gates[name].wait()

        tasks = [func(cook, name="cook")]
        # One job at once: so the first does not look at the queue again while it has its own.
        settings = {"queue_name": "q", "poll_delay": 0.02, "max_jobs": 1}
        return Worker(tasks, redis_pool=pool, handle_signals=False, **settings)

    async with _redis(redis.port) as one, _redis(redis.port) as two:
        claim = in_progress_key_prefix + "meal"
        first, second = worker(one, "first"), worker(two, "second")
        await one.enqueue_job("cook", _job_id="meal", _queue_name="q")
        async with _at_work(first):
            await eventually(lambda: running == ["first"])
            first.allow_pick_jobs = False
            await two.delete(claim)  # given up, and to be run again under the same id
            async with _at_work(second):
                await eventually(lambda: running == ["first", "second"])
                assert await two.exists(claim) == 1
                gates["first"].set()  # comes back, and is done with what it no longer has
                await eventually(lambda: first.jobs_complete == 1)

                async def is_lost() -> bool:
                    return await two.exists(claim, "arq:job:meal", "q") == 0

                await eventually(is_lost)
                assert second.jobs_complete == 0  # and still cooks
                gates["second"].set()
                await eventually(lambda: second.jobs_complete == 1)


async def test_a_failing_recipe_is_retried_and_then_given_to_the_staff(house: House) -> None:
    """RETRY with growing pauses and counted attempts, then FAILURE, on the board until closed."""
    web, _ = await house.web_and_kitchen()
    async with viewer(web.url) as board:
        order = await web.place("broken")
        failed = await web.until(order["id"], "FAILURE")
        assert steps(failed) == [
            ("PENDING", 1),
            ("STARTED", 1),
            ("RETRY", 2),
            ("STARTED", 2),
            ("RETRY", 3),
            ("STARTED", 3),
            ("FAILURE", 3),
        ]
        times = [entry["at_ms"] for entry in failed["history"]]
        first_ms, second_ms = times[3] - times[2], times[5] - times[4]
        assert first_ms >= 100  # half of the base of 200 ms, at least
        assert second_ms >= 200
        assert failed["error"] == "RuntimeError: burnt in attempt 3"
        await eventually(lambda: board.tickets.get(order["reference"]) == "FAILURE")
        page = await web.get(f"/orders/{order['id']}")
        assert page.status_code == 200
        await web.set_status(order["id"], "REVOKED")
        await eventually(lambda: order["reference"] not in board.tickets)


async def test_staff_send_a_failure_back_and_it_is_cooked(house: House) -> None:
    """With new attempts; that is said with `from`, so that a stale screen cannot do it."""
    web, _ = await house.web_and_kitchen()
    order = await web.place("flaky")
    await web.until(order["id"], "FAILURE")
    await web.set_status(order["id"], "PENDING", said="FAILURE")
    done = await web.until(order["id"], "SUCCESS")
    assert steps(done)[-3:] == [("PENDING", 4), ("STARTED", 4), ("SUCCESS", 4)]
    assert done["error"] is None


async def test_a_hanging_recipe_is_cut_off(house: House) -> None:
    """At its time limit, and treated like one that fails; the cook is free for others then."""
    web = await house.web(attempts=2)
    await house.kitchen(cooks=1, recipe_timeout_s=0.5)
    order = await web.place("hanging")
    failed = await web.until(order["id"], "FAILURE")
    assert failed["error"] == "not done within 0.5 s"
    assert failed["attempt"] == 2
    await web.until((await web.place())["id"], "SUCCESS")


async def test_who_was_away_itself_declares_nobody_dead(house: House, book: OrderBook) -> None:
    """Four seconds of silence count only for who listened all the time, so that after a laptop's
    sleep nobody takes over anything.
    """
    web, watching, silent = await asyncio.gather(
        house.web(), house.kitchen(cooks=1), house.kitchen(cooks=1)
    )
    orders = await web.place_many(2, "gated")
    await eventually(lambda: len(house.diary()) == 2)
    await _look(book, watching)
    silent.pause()
    watching.pause()
    await passed(5)
    watching.resume()
    await _look(book, watching)
    silent.resume()
    house.open_gate()
    for order in orders:
        assert (await web.until(order["id"], "SUCCESS"))["attempt"] == 1


async def _look(book: OrderBook, kitchen: Process) -> None:
    """Wait until this kitchen has looked at the beats of the others, as it does at every fourth own."""

    async def beat() -> int:
        told = map(json.loads, (await book.crew.beats()).values())
        return next(int(one["beat"]) for one in told if one["pid"] == kitchen.pid)

    looks_at = (await beat() // WATCH_EVERY + 1) * WATCH_EVERY

    async def has_looked() -> bool:
        return await beat() > looks_at

    await eventually(has_looked)


@asynccontextmanager
async def _redis(port: int) -> AsyncIterator[ArqRedis]:
    redis = await create_pool(RedisSettings(port=port))
    try:
        yield redis
    finally:
        await redis.aclose(close_connection_pool=True)


@asynccontextmanager
async def _at_work(worker: Worker) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.async_run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, *worker.tasks.values(), return_exceptions=True)
