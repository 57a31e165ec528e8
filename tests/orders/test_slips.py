"""The slips that go to the crew: arq's jobs, written by the book as arq itself writes them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func
from redis.asyncio import Redis

from kitchen.shift import serialize
from orders.book import OrderBook
from orders.model import Order
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
async def arq(settings: Settings, book: OrderBook) -> AsyncIterator[ArqRedis]:
    """arq's own client, as a stock application uses it."""
    assert settings.redis_url is not None
    pool = await create_pool(
        RedisSettings.from_dsn(settings.redis_url),
        job_serializer=serialize,
        job_deserializer=json.loads,
        default_queue_name=book.keys.queue,
        expires_extra_ms=30 * DAY_MS,
    )
    yield pool
    await pool.aclose()


async def written(raw: Redis, queue: str, job_id: str) -> dict[str, Any]:
    """Everything that stands in Redis for a job, with its times relative to its `et`."""
    text = await raw.get(f"arq:job:{job_id}")
    enqueued_ms = json.loads(text)["et"]
    score, expires_ms = await raw.zscore(queue, job_id), await raw.pexpiretime(f"arq:job:{job_id}")
    return {
        "text": text.replace(str(enqueued_ms), "<et>"),
        "due": score - enqueued_ms,
        "expires within": round((expires_ms - enqueued_ms) / 20_000),
        "types": [await raw.type(key) for key in (f"arq:job:{job_id}", queue)],
        "other keys": await raw.exists(
            *(f"arq:{part}:{job_id}" for part in ("in-progress", "retry", "result"))
        ),
    }


async def test_a_slip_is_written_as_arq_writes_it(
    book: OrderBook, arq: ArqRedis, raw: Redis, settings: Settings
) -> None:
    """The keys, types, text, score and expiry are those of `ArqRedis.enqueue_job` for the same job."""
    order = await book.place(NUGGETS)
    job_id = f"{settings.store}:{order.id}:1"
    ours = await written(raw, book.keys.queue, job_id)
    await raw.delete(f"arq:job:{job_id}", book.keys.queue)
    await arq.enqueue_job("cook_order", order.id, 1, _job_id=job_id)
    assert await written(raw, book.keys.queue, job_id) == ours


async def test_a_slip_with_a_delay_is_written_as_arq_writes_it(
    book: OrderBook, arq: ArqRedis, raw: Redis, settings: Settings
) -> None:
    """An attempt that has to wait has the score and expiry that arq gives a deferred job."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.retry(order.id, 1, "anna", "burnt", 40_000)
    job_id = f"{settings.store}:{order.id}:2"
    ours = await written(raw, book.keys.queue, job_id)
    await raw.delete(f"arq:job:{job_id}", book.keys.queue)
    await arq.enqueue_job("cook_order", order.id, 2, _job_id=job_id, _defer_by=40)
    assert await written(raw, book.keys.queue, job_id) == ours


async def test_arq_lists_the_slips(book: OrderBook, arq: ArqRedis, settings: Settings) -> None:
    """`ArqRedis.queued_jobs()` reads them as jobs of its own, the longest waiting first."""
    orders = [await book.place(NUGGETS) for _ in range(3)]
    jobs = await arq.queued_jobs()
    assert {
        ("cook_order", (order.id, 1), f"{settings.store}:{order.id}:1") for order in orders
    } == {(job.function, tuple(job.args), job.job_id) for job in jobs}
    assert sorted(order.placed_ms for order in orders) == [job.score for job in jobs]


async def _fails(book: OrderBook, order: Order) -> None:
    await book.retry(order.id, 1, "anna", "burnt", 0)


async def _goes_home(book: OrderBook, order: Order) -> None:
    await book.put_back(order.id, 1, "anna")


async def _is_lost(book: OrderBook, order: Order) -> None:
    await book.give_up(order.id, "anna")


async def _fails_for_good_and_staff_send_it_back(book: OrderBook, order: Order) -> None:
    await book.fail(order.id, 1, "anna", "no flour")
    await book.set_status(order.id, Status.PENDING, Actor.STAFF, Status.FAILURE)


@pytest.mark.parametrize(
    "hand_over", [_fails, _goes_home, _is_lost, _fails_for_good_and_staff_send_it_back]
)
async def test_every_hand_over_is_a_new_job_and_removes_the_old_one(
    book: OrderBook,
    raw: Redis,
    settings: Settings,
    hand_over: Callable[[OrderBook, Order], Awaitable[None]],
) -> None:
    """Queue entry, job, in-progress and retry keys of the old attempt are gone, the next one waits."""
    order = await book.place(NUGGETS)
    old, new = (f"{settings.store}:{order.id}:{n}" for n in (1, 2))
    await book.start(order.id, 1, "anna")
    await raw.mset({f"arq:in-progress:{old}": "1", f"arq:retry:{old}": "1"})  # as arq would
    await hand_over(book, order)
    assert [new] == await raw.zrange(book.keys.queue, 0, -1)
    assert [f"arq:job:{new}"] == [key async for key in raw.scan_iter(f"arq:*{order.id}*")]


@pytest.mark.parametrize("target", [Status.STARTED, Status.REVOKED])
async def test_what_staff_take_from_the_crew_leaves_no_job(
    book: OrderBook, raw: Redis, target: Status
) -> None:
    """An order that a person starts or cancels has no slip that a robot could take."""
    order = await book.place(NUGGETS)
    await book.set_status(order.id, target, Actor.STAFF)
    assert [] == await raw.zrange(book.keys.queue, 0, -1)
    assert [] == [key async for key in raw.scan_iter(f"arq:*{order.id}*")]


@pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")  # arq's own
async def test_a_stock_arq_worker_runs_the_slips(
    book: OrderBook, arq: ArqRedis, raw: Redis
) -> None:
    """arq's own worker finds `cook_order` on each slip, with the order's id and the attempt."""
    called: list[tuple[str, int]] = []

    async def cook_order(_ctx: dict[str, Any], order_id: str, attempt: int) -> None:
        called.append((order_id, attempt))

    orders = [await book.place(NUGGETS) for _ in range(3)]
    worker = Worker(
        functions=[func(cook_order, name="cook_order")],
        queue_name=book.keys.queue,
        redis_pool=arq,
        burst=True,
        poll_delay=0.01,
        handle_signals=False,
        keep_result=0,
        job_serializer=serialize,
        job_deserializer=json.loads,
    )
    await worker.main()
    await worker.close()
    assert {(order.id, 1) for order in orders} == set(called)
    assert [] == await raw.zrange(book.keys.queue, 0, -1)


async def test_a_placed_order_rings_the_bell(book: OrderBook, raw: Redis) -> None:
    """Each slip that is due leaves a token for an idle cook, and never more than sixteen lie there."""
    await book.place(NUGGETS)
    assert 1 == await raw.llen(book.keys.bell)
    for _ in range(20):
        await book.place(NUGGETS)
    assert 16 == await raw.llen(book.keys.bell)
