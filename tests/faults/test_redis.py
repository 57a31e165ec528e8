"""Redis goes away, is not heard, and comes back, perhaps with other data."""

from __future__ import annotations

import asyncio
import resource
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from redis.asyncio import Redis

from orders.preflight import check_redis
from orders.settings import Settings
from tests.machine import within

from .house import LONG, House, RedisServer, Web, eventually, order_for, passed, steps
from .proxy import Proxy
from .viewer import Viewer, viewer

ANSWERED_WITHIN_S = 2.0
BLIND_WITHIN_S = 3.0
RIGHT_WITHIN_S = 3.0
ROOM_BYTES = 60_000  # for the file that Redis appends to
OUTAGE_S = 20.0 if LONG else 6.0

Fault = Callable[[], None]


@pytest.mark.parametrize(
    "how", ["killed", "paused", pytest.param("swallowed", marks=pytest.mark.long)]
)
async def test_while_redis_is_away_everybody_is_told_and_nothing_is_lost(
    how: str, house: House, redis: RedisServer, network: Proxy
) -> None:
    """503 with Retry-After and a page in words within 2 s, blind boards; all are right within 3 s
    of its return; what was acknowledged is cooked, and a customer who insists has ordered once.
    """
    begin, end = _fault(how, redis, network)
    web, _ = await house.web_and_kitchen(redis_url=network.url)
    async with viewer(web.url) as board, _cashier(web) as acknowledged:
        await eventually(lambda: len(acknowledged) >= 5)
        begin()
        async with within(BLIND_WITHIN_S):
            await eventually(lambda: board.blind)
        await _everybody_is_told(web)
        before = len(acknowledged)
        end()
        await _right(board, web)
        await eventually(lambda: len(acknowledged) >= before + 5)
    for reference_and_id in acknowledged.values():
        assert len(reference_and_id) == 1
    for order_id in {pair[1] for pairs in acknowledged.values() for pair in pairs}:
        await web.until(order_id, "SUCCESS")


async def test_however_redis_refuses_the_answer_is_503(
    house: House, redis: RedisServer, network: Proxy
) -> None:
    """Also when connections are taken and closed again in the middle of a greeting."""
    web = await house.web(redis_url=network.url)
    redis.kill()
    for _ in range(3):
        asked = [web.post("/api/orders", json=order_for("quick")) for _ in range(60)]
        assert {503} == {answer.status_code for answer in await asyncio.gather(*asked)}


async def test_a_kitchen_that_loses_redis_while_it_starts_says_so(
    house: House, network: Proxy
) -> None:
    """In one sentence, with an exit code; whoever keeps it up tries again."""
    network.admits = 1  # for the look whether Redis is there; then no more
    kitchen = house.start("kitchen", redis_url=network.url)
    assert await kitchen.exit_code() == 1
    assert "Error: Redis cannot be reached." in kitchen.log


async def test_a_long_outage_makes_no_cook_look_dead(house: House, redis: RedisServer) -> None:
    """After it whoever was cooking finishes what he had, in the same attempt."""
    web = await house.web()
    kitchens = await asyncio.gather(*(house.kitchen(cooks=2) for _ in range(2)))
    orders = await web.place_many(3, "gated")
    await eventually(lambda: len(house.diary()) == 3)
    redis.pause()
    await passed(OUTAGE_S)
    redis.resume()
    await passed(1)
    house.open_gate()
    for order in orders:
        done = await web.until(order["id"], "SUCCESS")
        assert steps(done) == [("PENDING", 1), ("STARTED", 1), ("SUCCESS", 1)]
    assert all(kitchen.alive for kitchen in kitchens)


async def test_what_is_done_during_an_outage_is_written_after_it(
    house: House, redis: RedisServer
) -> None:
    """A cook who is done keeps at it until the book answers, also when Redis was killed."""
    web, _ = await house.web_and_kitchen()
    order = await web.place("gated")
    await eventually(lambda: len(house.diary()) == 1)
    redis.kill()
    house.open_gate()
    await passed(4)
    redis.start()
    done = await web.until(order["id"], "SUCCESS")
    assert steps(done) == [("PENDING", 1), ("STARTED", 1), ("SUCCESS", 1)]
    await web.until((await web.place())["id"], "SUCCESS")


async def test_a_redis_that_lets_nobody_in_is_an_outage(house: House, redis: RedisServer) -> None:
    """Somebody has changed the password: everybody is told, nothing is lost, and no stack trace is
    written; with the old one again all goes on.
    """
    ours = f"redis://:ours@127.0.0.1:{redis.port}/0"
    async with Redis(port=redis.port, single_connection_client=True) as admin:
        await change_password(admin, "ours")
        web, _ = await house.web_and_kitchen(redis_url=ours)
        order = await web.place("gated")
        async with viewer(web.url) as board:
            await eventually(lambda: len(house.diary()) == 1)
            await change_password(admin, "another")
            async with within(BLIND_WITHIN_S):
                await eventually(lambda: board.blind)
            await _everybody_is_told(web)
            house.open_gate()
            await passed(2)
            await change_password(admin, "ours")
            await _right(board, web)
    done = await web.until(order["id"], "SUCCESS")
    assert steps(done) == [("PENDING", 1), ("STARTED", 1), ("SUCCESS", 1)]


async def test_a_disk_without_room_loses_nothing(house: House, redis: RedisServer) -> None:
    """Redis can write no further and goes. What was acknowledged is there again when there is room."""
    web = await house.web()
    assert redis.process is not None
    resource.prlimit(redis.process.pid, resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES))
    async with _cashier(web) as acknowledged:
        await eventually(lambda: not redis.process.alive)
        assert 10 < len(acknowledged)
        await _everybody_is_told(web)
        redis.start()
        before = len(acknowledged)
        await eventually(lambda: len(acknowledged) > before)
    for pairs in acknowledged.values():
        [(reference, order_id)] = pairs
        assert reference == (await web.order(order_id))["reference"]


async def change_password(admin: Redis, password: str) -> None:
    """From now on newcomers need this one; and all but the administrator are newcomers."""
    await admin.config_set("requirepass", password)
    for kind in ("normal", "pubsub"):
        await admin.client_kill_filter(_type=kind, skipme=True)


async def test_cut_connections_are_made_again(house: House, network: Proxy) -> None:
    """Whatever was on its way is asked again: the orders go on as if nothing had been."""
    web, _ = await house.web_and_kitchen(redis_url=network.url)
    async with viewer(web.url) as board, _cashier(web) as acknowledged:
        for count in range(1, 6):
            await eventually(lambda: len(acknowledged) >= 4 * count)  # noqa: B023
            network.cut()
        await eventually(lambda: len(acknowledged) >= 24)
        for pairs in list(acknowledged.values()):
            assert len(pairs) == 1
            for _, order_id in pairs:
                done = await web.until(order_id, "SUCCESS")
                assert steps(done) == [("PENDING", 1), ("STARTED", 1), ("SUCCESS", 1)]
        await _right(board, web)


async def test_a_slow_network_only_makes_it_slow(house: House, network: Proxy) -> None:
    """With 50 ms each way to Redis, orders are taken and cooked, and no board is blind."""
    web, _ = await house.web_and_kitchen(redis_url=network.url)
    network.delay_s = 0.05
    async with within(30) as machine, viewer(web.url) as board:
        order = await web.place()
        await web.until(order["id"], "SUCCESS")
        await eventually(lambda: board.tickets.get(order["reference"]) == "SUCCESS")
        # The network is in this process: if that was late by a second, it was slower than said.
        assert machine.late_s > 1 or board.named("blind") == []


@pytest.mark.parametrize("data", ["empty", "older"])
async def test_other_data_are_the_new_truth(data: str, house: House, redis: RedisServer) -> None:
    """A Redis that comes back empty, or from a backup, begins a new epoch on every open board."""
    web = await house.web()
    saved = redis.folder.with_name("saved")
    old = await web.place()
    if data == "older":
        shutil.copytree(redis.folder / "appendonlydir", saved)
    new = await web.place()
    async with viewer(web.url) as board:
        await eventually(lambda: {old["reference"], new["reference"]} == set(board.tickets))
        epoch = board.epoch
        redis.kill()
        shutil.rmtree(redis.folder / "appendonlydir")
        if data == "older":
            shutil.copytree(saved, redis.folder / "appendonlydir")
        async with within(BLIND_WITHIN_S):
            await eventually(lambda: board.blind)
        redis.start()
        await _right(board, web)
        assert set(board.tickets) == ({old["reference"]} if data == "older" else set())
        assert board.epoch != epoch
        again = await web.place()
        await eventually(lambda: again["reference"] in board.tickets)


async def test_a_start_waits_for_a_redis_that_is_slow_to_answer(redis: RedisServer) -> None:
    """Nobody waits at the counter yet, and a machine that starts much is busy: 2 s are no reason."""
    redis.pause()
    look = asyncio.create_task(check_redis(Settings(redis_url=redis.url)))
    await passed(2)
    redis.resume()
    await look


async def test_a_flushed_redis_is_noticed_too(house: House, redis: RedisServer) -> None:
    """The same process without its data: boards are empty within seconds, and orders go on."""
    web, _ = await house.web_and_kitchen()
    await web.place("gated")
    async with viewer(web.url) as board:
        await eventually(lambda: "STARTED" in board.tickets.values())
        reader, writer = await asyncio.open_connection("127.0.0.1", redis.port)
        writer.write(b"FLUSHALL\r\n")
        await reader.readline()
        writer.close()
        await writer.wait_closed()
        await eventually(lambda: board.tickets == {})
        house.open_gate()
        await web.until((await web.place())["id"], "SUCCESS")


def _fault(how: str, redis: RedisServer, network: Proxy) -> tuple[Fault, Fault]:
    return {
        "killed": (redis.kill, redis.start),
        "paused": (redis.pause, redis.resume),
        "swallowed": (network.swallow, network.heal),
    }[how]


async def _everybody_is_told(web: Web) -> None:
    form = {"quantity.quick": "2", "idempotency_key": secrets.token_hex(8)}
    asked = [
        web.post("/api/orders", json=order_for("quick")),
        web.get("/"),
        web.post("/orders", data=form),
        web.get("/orders/some-order"),
        web.get("/readyz"),
    ]
    async with within(ANSWERED_WITHIN_S):
        api, kiosk, ordered, ticket, ready = await asyncio.gather(*asked)
    for answer in (api, kiosk, ordered, ticket):
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0
        assert "Traceback" not in answer.text
    assert api.headers["Content-Type"] == "application/problem+json"
    assert "We cannot take orders for a moment" in kiosk.text
    assert "You will not be served twice" in ordered.text
    assert 'value="2"' in ordered.text  # what was chosen is still there
    assert form["idempotency_key"] in ordered.text  # so that insisting is safe
    assert ready.status_code == 503
    board = await web.get("/board")
    assert board.status_code == 200


async def _right(board: Viewer, web: Web) -> None:
    """Wait until the board shows what the book has."""

    async def agrees() -> bool:
        try:
            return not board.blind and board.tickets == await web.board()
        except (AssertionError, httpx.TransportError):
            return False

    async with within(RIGHT_WITHIN_S):
        await eventually(agrees)


@asynccontextmanager
async def _cashier(web: Web) -> AsyncIterator[dict[str, set[tuple[str, str]]]]:
    """Orders come in one after the other, each repeated with its key until it is acknowledged, and
    then once more; yields the answers by key: reference and id.
    """
    acknowledged: dict[str, set[tuple[str, str]]] = {}

    async def insist(key: str) -> None:
        while True:
            answer = await web.post(
                "/api/orders", json=order_for("quick"), headers={"Idempotency-Key": key}
            )
            if answer.status_code == 201:
                order = answer.json()
                acknowledged.setdefault(key, set()).add((order["reference"], order["id"]))
                return
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.1)

    async def work() -> None:
        while True:
            key = secrets.token_hex(8)
            await insist(key)
            await insist(key)
            await asyncio.sleep(0.15)  # in which a board has time to show the same as the book

    task = asyncio.create_task(work())
    try:
        yield acknowledged
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()
