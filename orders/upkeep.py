"""Upkeep: processes that are started again when they end, and that stop when their lifeline is cut.

The lifeline of a process is its standard input: a pipe whose other end only its keeper holds. It is
cut by a keeper who wants it to stop, and by the kernel when the keeper is killed: so nobody is left
behind. This module knows neither web nor kitchen, and imports nothing but the standard library.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 10.0
HEALTHY_AFTER_S = 30.0
LAST_RESORT_S = 2.0

log = logging.getLogger(__name__)


def cancel_on_signals() -> None:
    """Ctrl-C or SIGTERM cancels this task, which closes everything in order; once more hurries."""
    loop, opening = asyncio.get_running_loop(), asyncio.current_task()
    assert opening is not None

    def stop() -> None:
        for task in asyncio.all_tasks() if opening.cancelling() else {opening}:
            task.cancel()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):  # Windows knows no SIGHUP
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


async def keep_up(name: str, live: Callable[[], Awaitable[int]]) -> NoReturn:
    """Let `name` live again and again, until this task is cancelled.

    `live` is one life from start to end and returns the exit code. Whoever lived for
    `HEALTHY_AFTER_S` is believed to be well, and begins with the shortest pause again.
    """
    pause_s = FIRST_PAUSE_S
    while True:
        born = time.monotonic()
        end = _in_words(await live())
        if time.monotonic() - born >= HEALTHY_AFTER_S:
            pause_s = FIRST_PAUSE_S
        log.warning("%s %s; starting it again in %g s", name, end, pause_s)
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def _in_words(exit_code: int) -> str:
    if exit_code < 0:  # as `subprocess` has it
        return f"was ended by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A process that calls `follow_lifeline` first of all, and how it is run.

    `descriptors` are the open files it inherits; after `stop_s` without a lifeline it is killed.
    `born` is told the process id of each life.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    descriptors: tuple[int, ...]
    stop_s: float
    born: Callable[[int], None] | None = None

    async def live(self) -> int:
        """One life. Cancelled once it stops the process, cancelled twice it kills it.

        The process has a session of its own, so that Ctrl-C in a terminal does not reach it.
        """
        process = await asyncio.create_subprocess_exec(
            *self.command,
            env=self.environment,
            pass_fds=self.descriptors,
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdin is not None
        if self.born is not None:
            self.born(process.pid)
        try:
            return await process.wait()
        finally:
            process.stdin.close()
            try:
                async with asyncio.timeout(self.stop_s):
                    await process.wait()
            except TimeoutError:
                log.warning("%s does not stop within %g s, so it is killed", self.name, self.stop_s)
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()


def follow_lifeline(stop_s: float) -> None:
    """In a part: stop as on SIGTERM when the lifeline is cut; and should that not do, just go.

    A thread watches it, so that it is noticed in a blocked event loop too.
    """

    def watch() -> None:
        while os.read(0, 1):
            pass
        signal.raise_signal(signal.SIGTERM)
        time.sleep(stop_s + LAST_RESORT_S)  # the keeper, if there is one, kills earlier
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
