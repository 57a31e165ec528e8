"""The gate to Redis, the only place that knows redis-py: its types, its errors, its retries.

redis-py 5.3 does not retry by itself in asyncio, so after a restart of Redis the first command on
every pooled connection would fail; and its time limits bound a single read, not a whole command.
Here a command that fails is repeated on a new connection, and all of it ends within one deadline. What
is sent twice does no harm: every script names the order and the attempt it means.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import (
    AuthenticationError,
    ClusterDownError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from orders.errors import BookUnavailable, BookUnusable
from orders.lua import load
from orders.wire import Wire

T = TypeVar("T")

SOCKET_TIMEOUT_S = 1.0
CONNECTIONS = 64

# What Redis answers when it is there but cannot serve: loading, out of memory, disk full, replica.
REFUSALS = ("LOADING", "OOM", "MISCONF", "READONLY", "NOREPLICAS", "MASTERDOWN", "BUSY")
# redis-py knows some of them by class, and leaves the word out of their text.
REFUSED = (ClusterDownError, OutOfMemoryError, ReadOnlyError)

# How uvloop says, in a plain RuntimeError, that a connection was closed while we wrote to it.
CLOSED_BENEATH = "handler is closed"


as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Gateway:
    """Commands and scripts of one store. `deadline_s` bounds each call, retries included."""

    def __init__(
        self, url: str, prefix: str, *, deadline_s: float, always: Mapping[str, Any] | None = None
    ) -> None:
        """`always`: what each script is told beside what it is asked."""
        self.url = url
        self._prefix = prefix
        self._always = always or {}
        self._deadline_s = deadline_s
        self._pool = connection_pool(
            url, size=CONNECTIONS, wait_s=deadline_s, decode_responses=True
        )
        # redis-py's functions answer "value or awaitable of a value", which no type checker can
        # tell apart; Any is the honest type here, and it does not leave this module.
        self._redis: Any = Redis(connection_pool=self._pool)
        self._wire: Wire | None = None
        self._opening = asyncio.Lock()
        self._closed = False
        self._retry = again_and_again()

    async def script(self, name: str, ask: Mapping[str, object]) -> Any:
        """Run `scripts/<name>.lua` with `ask` as JSON; one round trip.

        Raises BookUnavailable: whether the script ran is then not known.
        """
        text = as_json({**ask, **self._always} if self._always else ask)
        script = load(name, telling="hooks" in self._always)

        async def run() -> Any:
            wire = await self._open_wire()
            try:
                return await wire.ask("EVALSHA", script.sha, 0, self._prefix, text)
            except NoScriptError:  # a Redis that has not seen it, or was restarted
                return await wire.ask("EVAL", script.text, 0, self._prefix, text)

        return await self._within_deadline(lambda: self._retry.call_with_retry(run, _forget))

    async def command(self, *parts: str | float) -> Any:
        """Send one command and return Redis's answer.

        Raises BookUnavailable.
        """
        return await self._within_deadline(lambda: self._redis.execute_command(*parts))

    async def together(self, *commands: tuple[str | float, ...]) -> list[Any]:
        """Send several commands as one transaction; the list of their answers.

        Raises BookUnavailable.
        """

        async def run() -> list[Any]:
            async with self._redis.pipeline(transaction=True) as pipe:
                for parts in commands:
                    pipe.execute_command(*parts)
                return cast("list[Any]", await pipe.execute())

        return await self._within_deadline(run)

    async def setting(self, name: str) -> str | None:
        """A setting of the server; `None` where it does not tell (many a hosted Redis).

        Raises BookUnavailable.
        """
        try:
            answer = await self.command("CONFIG GET", name)
        except ResponseError:
            return None
        return cast("dict[str, str]", answer).get(name)

    @asynccontextmanager
    async def subscription(self, channel: str) -> AsyncIterator[PubSub]:
        """A subscription with a connection of its own, given back at the end.

        Raises BookUnavailable.
        """
        pubsub = self._redis.pubsub()
        try:
            await self._within_deadline(lambda: pubsub.subscribe(channel))
            yield pubsub
        finally:
            await pubsub.aclose()

    async def close(self) -> None:
        self._closed = True
        async with self._opening:  # whoever is opening one has done so, or has given up
            if self._wire is not None:
                await self._wire.close()
        await self._redis.aclose(close_connection_pool=True)

    async def _open_wire(self) -> Wire:
        """The wire that all scripts share; a new one if there is none, or it has broken."""
        if self._wire is None or self._wire.closed:
            async with self._opening:
                if self._closed:
                    raise BookUnavailable("The book is closed.")
                if self._wire is None or self._wire.closed:
                    self._wire = await Wire.open(self._pool)
        return self._wire

    async def _within_deadline(self, call: Callable[[], Awaitable[T]]) -> T:
        with unavailable():
            async with asyncio.timeout(self._deadline_s):
                return await call()
        raise AssertionError  # unavailable() lets no error pass in silence


class unavailable:  # noqa: N801 - reads as a word: with unavailable(): ...
    """Turn the errors of an absent or refusing Redis into BookUnavailable, or BookUnusable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        said = str(error).rstrip(".")
        match error:
            case AuthenticationError():
                raise BookUnusable(f"Redis refuses the user or the password: {said}.") from error
            case NoPermissionError():
                raise BookUnusable(f"Redis does not let this user keep a book: {said}.") from error
            case ResponseError() if "DB index" in str(error):
                raise BookUnusable(f"Redis has no such database: {said}.") from error
            case RedisConnectionError() | RedisTimeoutError() | OSError() | TimeoutError():
                raise BookUnavailable("Redis cannot be reached.") from error
            case ResponseError() if _refuses(error):
                raise BookUnavailable(f"Redis refuses to serve: {said}.") from error
            case RuntimeError() if CLOSED_BENEATH in str(error):
                raise BookUnavailable("Redis has closed the connection.") from error
            case RedisError() if not isinstance(error, ResponseError):
                raise BookUnavailable(f"Redis: {said}.") from error


def _refuses(error: ResponseError) -> bool:
    return isinstance(error, REFUSED) or any(word in str(error) for word in REFUSALS)


def connection_pool(
    url: str, *, size: int, wait_s: float, answer_s: float = SOCKET_TIMEOUT_S, **options: Any
) -> BlockingConnectionPool:
    """How all our connections are made: short limits, and repeats with growing, uneven pauses.

    `wait_s` is how long a command waits for one of the `size` connections, `answer_s` for its answer.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=size,
        timeout=wait_s,
        socket_timeout=answer_s,
        socket_connect_timeout=SOCKET_TIMEOUT_S,
        socket_keepalive=True,
        retry=again_and_again(),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
        **options,
    )
    pool.connection_class = type("Connection", (_Leavable, pool.connection_class), {})
    return pool


def again_and_again() -> Retry:
    """Repeats after an error of the connection, with growing and uneven pauses."""
    return Retry(ExponentialWithJitterBackoff(base=0.01, cap=0.2), retries=3)


async def _forget(_error: RedisError) -> None:
    """What redis-py's Retry calls before it tries again; a broken wire is replaced anyway."""


class _Leavable:
    """A connection that a cancelled task really leaves.

    redis-py sends through `asyncio.wait_for`, which up to Python 3.11 swallows a cancellation that comes
    in the moment of success (python/cpython#86296): a task told to stop would go on for ever.
    `asyncio.timeout` does not.
    """

    socket_timeout: float | None

    async def send_packed_command(self, *args: Any, **kwargs: Any) -> None:
        if self.socket_timeout is None:  # a wire's; it has its own limit
            await super().send_packed_command(*args, **kwargs)  # type: ignore[misc] # a mixin
            return
        limit_s, self.socket_timeout = self.socket_timeout, None  # None: redis-py does without it
        try:
            async with asyncio.timeout(limit_s):
                await super().send_packed_command(*args, **kwargs)  # type: ignore[misc] # a mixin
        except TimeoutError as error:
            raise RedisTimeoutError("Timeout writing to socket") from error
        finally:
            self.socket_timeout = limit_s
