"""A pool of other processes, for recipes that compute: on the event loop they would hold up everybody.

The processes begin when the first such recipe is cooked, and end with the kitchen, however it ends.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from kitchen import recipes

P = ParamSpec("P")
T = TypeVar("T")

_pool: ProcessPoolExecutor | None = None  # one for the whole process, as the event loop is


async def elsewhere(work: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
    """Do this work in another process, one of as many as there are processor cores.

    `work` is a function of a module, and what it takes and returns can be pickled. Whoever is
    cancelled here waits no longer, but the work itself goes on to its end.
    """
    try:
        return await asyncio.get_running_loop().run_in_executor(_open(), work, *args)
    except BrokenProcessPool:  # a process was killed; the next attempt gets new ones
        close()
        raise


def close(*, at_once: bool = False) -> None:
    """No new work for these processes: they end when they have done theirs, or at once."""
    global _pool
    pool, _pool = _pool, None
    if pool is None:
        return
    processes = list((pool._processes or {}).values())  # noqa: SLF001 - kill_workers is Python 3.14's
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes if at_once else ():
        process.kill()


def _open() -> ProcessPoolExecutor:
    global _pool  # noqa: PLW0603 - see above
    if _pool is None:
        _pool = ProcessPoolExecutor(
            os.cpu_count(),
            # A fork would copy an event loop in the middle of its work.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(list(recipes.__path__),),
        )
    return _pool


def _begin(folders: list[str]) -> None:
    """What such a process does first: find the same recipes, and go when its kitchen is gone."""
    recipes.__path__[:] = folders
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_go_with_the_kitchen, daemon=True).start()


def _go_with_the_kitchen() -> None:
    kitchen = multiprocessing.parent_process()
    assert kitchen is not None
    kitchen.join()
    os._exit(1)
