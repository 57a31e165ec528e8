"""A wire to Redis: one connection on which questions follow each other without waiting for answers.

redis-py lends a connection of its pool to one caller at a time, and watches four time limits for each
call, which costs more than a short call itself. What is asked most, the scripts, goes over one wire:
each question is written when it comes, and Redis answers in the order of the questions (pipelining,
https://redis.io/docs/latest/develop/using-commands/pipelining/). How a connection is made, written to
and read stays redis-py's business.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Self

from hiredis import pack_command
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError


class Wire:
    """One connection, from its opening to its end. Whoever finds it closed opens another."""

    def __init__(self, connection: Any, answer_s: float) -> None:
        self._connection = connection
        self._answer_s = answer_s
        self._waiting: deque[asyncio.Future[Any]] = deque()  # in the order of the questions
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, pool: Any) -> Self:
        """A wire made like the connections of `pool`. Raises what redis-py raises."""
        connection = pool.make_connection()
        await connection.connect()
        answer_s, connection.socket_timeout = connection.socket_timeout, None  # watched here
        return cls(connection, answer_s)

    @property
    def closed(self) -> bool:
        return self._reading.done() or not self._connection.is_connected

    async def ask(self, *command: Any) -> Any:
        """Redis's answer to one command.

        Raises ResponseError when Redis refuses it, RedisConnectionError or RedisTimeoutError when there
        is no answer; then the wire is closed, and what became of the command is not known.
        """
        if self.closed:
            raise RedisConnectionError("The wire is closed.")
        question = pack_command(command)  # raises before it has a place in the row of questions
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        try:
            async with asyncio.timeout(self._answer_s):
                await self._connection.send_packed_command(question)
                return await answer
        except TimeoutError as error:
            self._reading.cancel()
            raise RedisTimeoutError("Redis does not answer on this wire.") from error
        except RuntimeError as error:  # uvloop: closed beneath us
            raise RedisConnectionError(f"The wire is closed: {error}.") from error
        finally:
            answer.cancel()  # if nobody waits any more, the answer that comes is thrown away

    async def close(self) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._connection.disconnect(nowait=True)  # it may not have begun to read

    async def _read(self) -> None:
        """Hand each answer to the one whose turn it is, until the connection ends."""
        end: Exception = RedisConnectionError("The wire was closed.")
        try:
            while True:
                await self._read_one()
        except (RedisError, OSError) as error:
            end = error
        finally:
            for answer in self._waiting:
                if not answer.done():
                    answer.set_exception(end)
            await self._connection.disconnect(nowait=True)

    async def _read_one(self) -> None:
        try:
            told, refusal = await self._connection.read_response(), None
        except ResponseError as error:
            told, refusal = None, error
        answer = self._waiting.popleft()
        if answer.done():
            return
        if refusal is None:
            answer.set_result(told)
        else:
            answer.set_exception(refusal)


def pairs(answer: dict[str, str] | list[str]) -> dict[str, str]:
    """HGETALL's answer, which is flat on a raw connection and a map where redis-py knows it."""
    return answer if isinstance(answer, dict) else dict(zip(answer[::2], answer[1::2], strict=True))
