"""arq's documented surface, on a stock worker and on ours: what arq promises holds on both."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from arq import Retry, cron
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.jobs import Job
from arq.worker import Worker, async_check_health, func

from kitchen import bell, recipes
from kitchen.crew import CrewWorker
from kitchen.shift import serialize, worker_options
from orders.book import OrderBook
from orders.model import Order
from orders.settings import Settings
from orders.states import Status
from tests.conftest import NUGGETS, PATIENCE_S, eventually

# A stock worker closes its pool by a name that redis-py has given up.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")

AtWork = Callable[..., AbstractAsyncContextManager[Worker]]


def stock(settings: Settings, **options: Any) -> Worker:
    return Worker(**{**worker_options(settings), "poll_delay": 0.05, **options})


def ours(settings: Settings, **options: Any) -> Worker:
    """It polls less often than a test waits: what happens here, happens without that."""
    return CrewWorker(settings, **{"poll_delay": 60, **options})


@pytest.fixture(params=[stock, ours])
def at_work(request: pytest.FixtureRequest, settings: Settings) -> AtWork:
    """A worker on shift while inside, with tasks beside the orders, or any of arq's options."""

    @asynccontextmanager
    async def at_work(*tasks: Any, **options: Any) -> AsyncIterator[Worker]:
        functions = [*worker_options(settings)["functions"], *tasks]
        worker = request.param(settings, functions=functions, handle_signals=False, **options)
        working = asyncio.create_task(worker.async_run())
        try:
            yield worker
            await eventually(lambda: all(task.done() for task in worker.tasks.values()))
        finally:
            alive = not working.done()
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            await asyncio.wait_for(worker.close(), PATIENCE_S)
        assert alive, working

    return at_work


@pytest.fixture
async def arq(settings: Settings, book: OrderBook) -> AsyncIterator[ArqRedis]:
    """arq's own client, as a stock application uses it."""
    pool = await create_pool(
        RedisSettings.from_dsn(settings.redis_url or ""),
        job_serializer=serialize,
        job_deserializer=json.loads,
        default_queue_name=book.keys.queue,
    )
    yield pool
    await pool.aclose()


async def ready(book: OrderBook, order: Order) -> Order:
    """The order once it is cooked."""

    async def found() -> Order | None:
        now = await book.order(order.id)
        return now if now.status is Status.SUCCESS else None

    cooked = await eventually(found)
    assert cooked is not None
    return cooked


async def test_a_task_runs_and_its_result_is_kept(arq: ArqRedis, at_work: AtWork) -> None:
    """A job that is no order's gets its arguments, and what it returns is fetched by its id."""

    async def add(_ctx: dict[str, Any], one: int, *, other: int) -> int:
        return one + other

    job = await arq.enqueue_job("add", 1, other=2)
    assert job is not None
    async with at_work(func(add, name="add", keep_result=60)):
        assert await job.result(timeout=PATIENCE_S, poll_delay=0.02) == 3


async def test_a_task_that_asks_for_another_try_gets_it(arq: ArqRedis, at_work: AtWork) -> None:
    """`Retry` with a pause: run again after it, as the next try."""
    tries: list[int] = []

    async def try_twice(ctx: dict[str, Any]) -> None:
        tries.append(ctx["job_try"])
        if ctx["job_try"] < 3:
            raise Retry(defer=0.05)

    await arq.enqueue_job("try_twice")
    async with at_work(func(try_twice, name="try_twice")) as worker:
        await eventually(lambda: worker.jobs_complete == 1)
    assert [1, 2, 3] == tries


async def test_a_task_that_takes_too_long_is_stopped(arq: ArqRedis, at_work: AtWork) -> None:
    """At its time limit it has failed, and the worker goes on."""

    async def hang(_ctx: dict[str, Any]) -> None:
        await asyncio.sleep(3600)

    await arq.enqueue_job("hang")
    async with at_work(func(hang, name="hang", timeout=0.05)) as worker:
        await eventually(lambda: worker.jobs_failed == 1)


async def test_cron_runs(at_work: AtWork) -> None:
    """What is due every second, and at the start, runs without anybody ringing."""
    runs: list[str] = []

    async def every_second(ctx: dict[str, Any]) -> None:
        runs.append(ctx["job_id"])

    job = cron(every_second, name="every_second", second=set(range(60)), run_at_startup=True)
    async with at_work(cron_jobs=[job]):
        await eventually(lambda: len(runs) >= 2)
    assert len(set(runs)) == len(runs)


async def test_hooks_are_told_of_orders_and_tasks(
    book: OrderBook, arq: ArqRedis, at_work: AtWork
) -> None:
    """Before, after, and after all is written, each with the job's id, try, score and time."""
    told: list[tuple[str, str]] = []

    def hook(name: str) -> Callable[[dict[str, Any]], Any]:
        async def tell(ctx: dict[str, Any]) -> None:
            assert 1 == ctx["job_try"]
            assert ctx["score"] == pytest.approx(ctx["enqueue_time"].timestamp() * 1000, abs=1000)
            told.append((ctx["job_id"], name))

        return tell

    async def nothing(_ctx: dict[str, Any]) -> None:
        return

    names = ("on_job_start", "on_job_end", "after_job_end")
    order = await book.place(NUGGETS)
    job = await arq.enqueue_job("nothing")
    async with at_work(func(nothing, name="nothing"), **{name: hook(name) for name in names}):
        await eventually(lambda: len(told) == 6)
    assert job is not None
    order_job = next(job_id for job_id, _ in told if order.id in job_id)
    for job_id in (order_job, job.job_id):
        assert list(names) == [name for told_id, name in told if told_id == job_id]


async def test_an_aborted_task_is_cancelled(arq: ArqRedis, at_work: AtWork) -> None:
    """`Job.abort` reaches it in the middle, and the worker goes on."""
    began = asyncio.Event()

    async def hang(_ctx: dict[str, Any]) -> None:
        began.set()
        await asyncio.sleep(3600)

    job = await arq.enqueue_job("hang")
    async with at_work(func(hang, name="hang"), allow_abort_jobs=True) as worker:
        await asyncio.wait_for(began.wait(), PATIENCE_S)
        assert job is not None
        await abort(job)
        await eventually(lambda: worker.jobs_failed == 1)


async def test_an_aborted_order_is_put_back(
    book: OrderBook,
    arq: ArqRedis,
    settings: Settings,
    at_work: AtWork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its cook stops, and it is cooked again as a new attempt, with a new job; no worker dies of it."""
    attempts: list[int] = []

    async def hang_at_first(dish: recipes.Dish) -> None:
        attempts.append(dish.attempt)
        if dish.attempt == 1:
            await asyncio.sleep(3600)

    monkeypatch.setattr(recipes, "find", lambda _name: hang_at_first)
    async with at_work(allow_abort_jobs=True):
        order = await book.place(NUGGETS)
        await eventually(lambda: attempts)
        job_id = f"{settings.store}:{order.id}:1"
        await abort(Job(job_id, arq, book.keys.queue, _deserializer=json.loads))
        cooked = await ready(book, order)
    assert [1, 2] == attempts
    assert ["PENDING", "STARTED", "RETRY", "STARTED", "SUCCESS"] == [
        entry.status for entry in cooked.history
    ]


async def test_the_health_check_finds_it(settings: Settings, at_work: AtWork) -> None:
    """`arq --check` says well while it works, and not well afterwards."""
    redis = RedisSettings.from_dsn(settings.redis_url or "")
    queue = worker_options(settings)["queue_name"]

    async def is_well() -> bool:
        return await async_check_health(redis, queue_name=queue) == 0

    assert not await is_well()
    async with at_work():
        await eventually(is_well)
    assert not await is_well()


async def test_a_failed_order_is_tried_again_when_it_is_due(
    book: OrderBook, at_work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody rings at that moment, and no poll falls into it; the crew knows when it is."""

    async def burn_at_first(dish: recipes.Dish) -> None:
        await asyncio.sleep(0.2)  # until the crew has looked, and has found nothing else
        assert dish.attempt == 2, "burnt"

    monkeypatch.setattr(recipes, "find", lambda _name: burn_at_first)
    async with at_work():
        order = await ready(book, await book.place(NUGGETS))
    assert 2 == order.attempt


async def test_a_task_nobody_knows_harms_nobody(
    book: OrderBook, arq: ArqRedis, at_work: AtWork
) -> None:
    """A job without a function, and one that is no JSON, fail by themselves; orders are cooked."""
    await arq.enqueue_job("unheard_of")
    await arq.zadd(book.keys.queue, {"garbage": 1})
    await arq.set("arq:job:garbage", b"\x80garbage", px=60_000)
    async with at_work() as worker:
        await ready(book, await book.place(NUGGETS))
        await eventually(lambda: worker.jobs_failed == 2)


async def test_a_misspelt_task_is_named_with_the_cure(
    settings: Settings, arq: ArqRedis, caplog: pytest.LogCaptureFixture
) -> None:
    """In the kitchen's log: what was asked for, what may be meant, and what is known here."""
    await arq.enqueue_job("cook_ordr", "1", 1)  # nobody rings for it
    worker = ours(settings, handle_signals=False)
    working = asyncio.create_task(worker.async_run())
    try:
        await eventually(lambda: "task 'cook_ordr'" in caplog.text)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await asyncio.wait_for(worker.close(), PATIENCE_S)
    assert "did you mean cook_order? It knows: cook_order." in caplog.text
    assert "function 'cook_ordr' not found" in caplog.text


async def test_who_goes_home_hands_the_bell_on(
    settings: Settings, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ring that came in the last moment is not lost: whoever stays looks at once."""
    monkeypatch.setattr(bell, "RING_WITHIN_S", PATIENCE_S)
    worker = CrewWorker(settings, handle_signals=False)
    working = asyncio.create_task(worker.async_run())
    await eventually(book.crew.beats)
    await book._gateway.command("DEL", book.keys.bell)
    worker.handle_sig_wait_for_completion(signal.SIGTERM)  # and claims nothing any more

    async def rings() -> bool:
        return bool(await book._gateway.command("LLEN", book.keys.bell))

    await eventually(rings)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await asyncio.wait_for(worker.close(), PATIENCE_S)


async def test_a_damaged_order_stops_nobody(
    book: OrderBook, arq: ArqRedis, settings: Settings, at_work: AtWork
) -> None:
    """An order that somebody has damaged is set aside, and those beside it are cooked."""
    good, bad = await book.place(NUGGETS), await book.place(NUGGETS)
    await arq.zadd(
        book.keys.queue, {f"{settings.store}:{good.id}:1": 1}
    )  # and so claimed before it
    await arq.hdel(f"{settings.key_prefix}order:{bad.id}", "reference")
    async with at_work():
        await ready(book, good)


@pytest.mark.parametrize("at_work", [ours], indirect=True)
async def test_an_order_that_ends_badly_leaves_the_others_their_cook(
    book: OrderBook, at_work: AtWork
) -> None:
    """A hook that fails, or an order damaged while it is cooked, does not end the kitchen."""
    seen: list[str] = []

    async def fail_once(ctx: dict[str, Any]) -> None:
        seen.append(ctx["job_id"])
        if len(seen) == 1:
            raise RuntimeError("the hook")

    bad = await book.place(NUGGETS)
    async with at_work(on_job_start=fail_once) as worker:
        await eventually(lambda: worker.jobs_failed == 1)
        await ready(book, await book.place(NUGGETS))
    assert f":{bad.id}:" in seen[0]


async def abort(job: Job) -> None:
    """Ask for it, without waiting for a result, which our workers do not keep."""
    with suppress(TimeoutError):
        await job.abort(timeout=0.01, poll_delay=0.005)


def test_the_module_is_found_by_arqs_command(tmp_path: Path) -> None:
    """`WorkerSettings` names only what arq's worker takes, and everything that a worker of ours has."""
    from arq.worker import get_kwargs

    from kitchen.worker import WorkerSettings

    named = {name for name in vars(WorkerSettings) if not name.startswith("_")}
    taken = set(get_kwargs(WorkerSettings))
    assert named == taken
    wanted = set(worker_options(Settings(data_dir=tmp_path)))
    assert wanted <= taken
