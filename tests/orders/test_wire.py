"""The wire to Redis that all scripts share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from orders.gateway import Gateway, connection_pool
from orders.wire import Wire
from tests.conftest import PATIENCE_S, Server, eventually


async def opened(valkey: Server, answer_s: float = PATIENCE_S) -> Wire:
    pool = connection_pool(valkey.url, size=1, wait_s=1, answer_s=answer_s, decode_responses=True)
    return await Wire.open(pool)


@pytest.fixture
async def wire(own_valkey: Server) -> AsyncIterator[Wire]:
    wire = await opened(own_valkey)
    yield wire
    await wire.close()


async def test_each_gets_the_answer_to_its_own_question(wire: Wire) -> None:
    """However many ask at once, and though some are refused."""

    async def ask(number: int) -> str:
        if number % 5 == 0:
            with pytest.raises(ResponseError):
                await wire.ask("NO-SUCH-COMMAND", number)
        return str(await wire.ask("ECHO", str(number)))

    answers = await asyncio.gather(*(ask(number) for number in range(200)))
    assert [str(number) for number in range(200)] == answers


async def test_who_goes_away_leaves_the_answers_of_the_others(wire: Wire) -> None:
    """A caller that is cancelled while it waits: its answer is thrown away, and nobody else gets it."""
    for number in range(50):
        leaving = asyncio.create_task(wire.ask("ECHO", "mine"))
        staying = asyncio.create_task(wire.ask("ECHO", str(number)))
        await asyncio.sleep(0)
        leaving.cancel()
        assert str(number) == await staying
        assert leaving.cancelled()


async def test_a_question_that_cannot_be_put_takes_nobodys_answer(wire: Wire) -> None:
    """What is no command is told to who asked; the next ones get their own answers."""
    with pytest.raises(TypeError):
        await wire.ask("ECHO", object())
    assert "mine" == await wire.ask("ECHO", "mine")


async def test_a_closed_wire_says_so_at_once(wire: Wire) -> None:
    """Nobody waits for an answer that cannot come."""
    await wire.close()
    with pytest.raises(RedisConnectionError):
        await wire.ask("PING")


async def test_a_silent_wire_is_cut(own_valkey: Server) -> None:
    """Without an answer in time all who wait are told, and the wire is closed."""
    wire = await opened(own_valkey, answer_s=1)
    own_valkey.pause()
    try:
        first, second = await asyncio.gather(
            wire.ask("PING"), wire.ask("PING"), return_exceptions=True
        )
    finally:
        own_valkey.resume()
    assert isinstance(first, RedisTimeoutError)
    assert isinstance(second, RedisTimeoutError | RedisConnectionError)
    assert wire.closed
    await wire.close()


async def test_a_broken_wire_is_replaced(own_valkey: Server) -> None:
    """After a restart of Redis the next script goes through, and so do those that were on their way."""
    gateway = Gateway(own_valkey.url, "orderup:test:", deadline_s=PATIENCE_S)
    assert [] == await gateway.script("read", {"ids": []})
    own_valkey.kill()
    asked = [asyncio.create_task(gateway.script("read", {"ids": []})) for _ in range(20)]
    own_valkey.start()
    assert [[]] * 20 == await asyncio.gather(*asked)
    await gateway.close()


async def test_no_connection_is_left_behind(own_valkey: Server) -> None:
    """However often the wire breaks, a closed gateway has none."""
    gateway = Gateway(own_valkey.url, "orderup:test:", deadline_s=PATIENCE_S)
    other = Gateway(own_valkey.url, "orderup:test:", deadline_s=PATIENCE_S)
    for _ in range(5):
        await gateway.script("read", {"ids": []})
        await other.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    await gateway.close()

    async def only_the_other() -> bool:
        return int((await other.command("INFO", "clients"))["connected_clients"]) == 1

    await eventually(only_the_other)
    await other.close()


async def test_a_wire_that_is_closed_at_once_leaves_no_connection(own_valkey: Server) -> None:
    """Before it has begun to listen."""
    wire = await opened(own_valkey)
    await wire.close()
    assert not wire._connection.is_connected
