"""Stopping in good order: a web process, a kitchen, and one after the other while people order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from orders.book import OrderBook
from tests.machine import within
from tests.ports import free_port
from tests.restaurant import is_outage

from .house import (
    READY_WITHIN_S,
    House,
    Process,
    RedisServer,
    Web,
    a_client,
    eventually,
    order_for,
    passed,
    steps,
)
from .viewer import viewer

WEB_STOPS_WITHIN_S = 10.0
GRACE_S = 8
BY_THE_BELL_S = 2.5  # half of what polling alone would take

WEB = "orderup.py web"
STREAM = b"GET /board/events HTTP/1.1\r\nHost: here\r\n\r\n"
HALF_A_HEAD = b"POST /api/orders HTTP/1.1\r\nHost: he"
HALF_A_BODY = (
    b"POST /api/orders HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
    b'Content-Length: 100\r\n\r\n{"items"'
)


async def test_a_stopping_web_process_is_not_ready_and_sends_its_viewers_away(
    house: House,
) -> None:
    """Nobody new comes in, each stream ends with a `retry:` of its own, and the exit code is 0 within
    10 s, also with a viewer that does not read any more and with requests half sent.
    """
    web = await house.web()
    async with AsyncExitStack() as stack:
        boards = [await stack.enter_async_context(viewer(web.url)) for _ in range(5)]
        for beginning in (STREAM, HALF_A_HEAD, HALF_A_BODY):
            await stack.enter_async_context(_silent_client(web.port, beginning))
        client = await stack.enter_async_context(a_client(web.url))
        assert (await client.get("/readyz")).status_code == 200
        web.process.terminate()
        async with within(WEB_STOPS_WITHIN_S) as machine:

            async def is_not_ready() -> bool:
                try:
                    return (await client.get("/readyz")).status_code == 503
                except httpx.TransportError:  # it is gone; it said so while nobody could look
                    return machine.stood_still

            await eventually(is_not_ready)
            await eventually(lambda: not _comes_in(web.port))
            assert await web.process.exit_code() == 0
        await eventually(lambda: machine.stood_still or all(board.endings for board in boards))


async def test_a_running_request_is_answered_before_the_end(
    house: House, redis: RedisServer
) -> None:
    """A request that is being worked on when the stop comes gets its answer."""
    web = await house.web()
    redis.pause()
    async with within(WEB_STOPS_WITHIN_S) as machine:
        asked = asyncio.create_task(web.post("/api/orders", json=order_for("quick")))
        await passed(0.5)
        web.process.terminate()
        await eventually(lambda: "closing" in web.process.log)
        redis.resume()
        answer = await asked
        # A machine that stood still has not resumed Redis in time; then that is the answer.
        assert answer.status_code == 201 or (machine.stood_still and is_outage(answer))
        assert await web.process.exit_code() == 0


async def test_a_stopping_kitchen_finishes_what_it_can_and_puts_back_the_rest(
    house: House,
) -> None:
    """It takes nothing new and no ring from the bell; what is not done after the grace period is
    cooked by another at once, and the attempt does not count.
    """
    web, leaving = await house.web_and_kitchen(cooks=8, grace_s=GRACE_S)
    unfinished, finished = await web.place("hanging"), await web.place("gated")
    await web.until(unfinished["id"], "STARTED")
    await web.until(finished["id"], "STARTED")
    staying = await house.kitchen(cooks=8)
    leaving.terminate()
    await eventually(lambda: "going home" in leaving.log)
    async with within(BY_THE_BELL_S):
        for _ in range(3):
            order = await web.place("slow")
            assert str(staying.pid) in (await web.until(order["id"], "STARTED"))["cook"]
    house.open_gate()
    assert str(leaving.pid) in (await web.until(finished["id"], "SUCCESS"))["cook"]
    assert await leaving.exit_code() == 0
    async with within(BY_THE_BELL_S):
        taken_over = await web.until(unfinished["id"], "STARTED")
    assert steps(taken_over) == [
        ("PENDING", 1),
        ("STARTED", 1),
        ("RETRY", 2),
        ("STARTED", 2),
    ]
    assert str(staying.pid) in taken_over["cook"]


async def test_a_kitchen_stops_while_redis_is_away(house: House, redis: RedisServer) -> None:
    """It cannot put back what it has; the next kitchen finds that."""
    web, kitchen = await house.web_and_kitchen(grace_s=1)
    order = await web.place("gated")
    await web.until(order["id"], "STARTED")
    redis.kill()
    kitchen.terminate()
    assert await kitchen.exit_code() == 0
    redis.start()
    house.open_gate()
    await house.kitchen()
    await web.until(order["id"], "SUCCESS")


async def test_kitchens_restarted_under_load_leave_no_order_behind(
    house: House, book: OrderBook
) -> None:
    """Whatever a kitchen has just claimed when it is told to go is cooked at once by the other."""
    web = await house.web()
    kitchens = [await house.kitchen(cooks=2, grace_s=0), await house.kitchen(cooks=2, grace_s=0)]
    placed: list[str] = []

    async def customer() -> None:
        while True:
            placed.append((await web.place())["id"])

    async with _busy(customer(), customer()):
        for _ in range(3):
            leaving = kitchens.pop(0)
            leaving.terminate()
            assert await leaving.exit_code() == 0
            kitchens.append(await house.kitchen(cooks=2, grace_s=0))

    async def are_ready() -> bool:
        return {"SUCCESS"} == {order.status for order in (await book.orders(placed)).values()}

    async with within(8):
        await eventually(are_ready)


async def test_a_rolling_restart_is_not_noticed(house: House) -> None:
    """Two web processes on one socket, stopped one after the other: every request of customers who
    open a connection for each is answered.
    """
    port = free_port()
    opened = house.start("open", port=port, web_processes=2)
    web = Web(opened, port)
    await eventually(web.ready, READY_WITHIN_S)
    await eventually(lambda: len(_children(opened, WEB)) == 2)
    taken = 0

    async def customer() -> None:
        nonlocal taken
        while True:
            assert (await web.get("/healthz")).status_code == 200
            await web.place("water", secrets.token_hex(8))
            taken += 1

    async with _busy(*(customer() for _ in range(4))):
        await eventually(lambda: taken > 20)
        for leaving in _children(opened, WEB):
            os.kill(leaving, signal.SIGTERM)
            await eventually(lambda: leaving not in _children(opened, WEB))  # noqa: B023
            await eventually(lambda: len(_children(opened, WEB)) == 2)
            before = taken
            await eventually(lambda: taken > before + 20)  # noqa: B023
    opened.terminate()
    assert await opened.exit_code() == 0


def _comes_in(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@asynccontextmanager
async def _silent_client(port: int, beginning: bytes) -> AsyncIterator[None]:
    """A client that sends this much, and then neither sends nor reads."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.transport.pause_reading()
    writer.write(beginning)
    await writer.drain()
    try:
        yield
    finally:
        writer.transport.abort()
        del reader


@asynccontextmanager
async def _busy(*work: object) -> AsyncIterator[None]:
    """Let these run while inside; what goes wrong in one of them goes wrong here."""
    tasks = [asyncio.ensure_future(each) for each in work]  # type: ignore[arg-type]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            task.result()


def _children(parent: Process, words: str) -> list[int]:
    """The process ids of the children of `parent` with these words in their command line."""
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    found = []
    for pid in children:
        with contextlib.suppress(OSError):  # gone in the meantime
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            if words in line.replace(b"\0", b" ").decode():
                found.append(int(pid))
    return found
