"""Calls that go together: while one is on its way to Redis, those that come wait for the next.

What a batch does is told by what one call does; nobody has to know that others came along. But Redis
then writes to disk, and we wait, once for all of them. A quiet counter sends batches of one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from orders.errors import BookUnavailable

Q = TypeVar("Q")
A = TypeVar("A")

AT_MOST = 64  # a longer script would keep everybody else waiting


class Batch(Generic[Q, A]):
    """Questions of one kind. `send` takes a list of them and returns their answers in order."""

    def __init__(self, send: Callable[[list[Q]], Awaitable[list[A]]], *, deadline_s: float) -> None:
        self._send = send
        self._deadline_s = deadline_s
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._sender: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """The answer to one question.

        Raises BookUnavailable, also when the answer does not come within the deadline.
        """
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_all())
        try:
            async with asyncio.timeout(self._deadline_s):
                return await answer
        except TimeoutError as error:
            raise BookUnavailable("Redis does not answer in time.") from error

    async def close(self) -> None:
        """Drop what is on its way."""
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:AT_MOST], self._waiting[AT_MOST:]
                await self._send_one([pair for pair in batch if not pair[1].done()])
        finally:
            self._sender = None

    async def _send_one(self, batch: list[tuple[Q, asyncio.Future[A]]]) -> None:
        """Send the questions for whose answers somebody still waits."""
        if not batch:
            return
        try:
            answers = await self._send([question for question, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is for those who asked
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
