"""The bench on which a lab is tried: a book of its own, which meets nobody else's orders.

With REDIS_URL set it is a store there, removed afterwards; otherwise a private Valkey.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from redis.asyncio import Redis

from kitchen import processes, recipes
from orders.book import OrderBook
from orders.model import Order, OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Status

T = TypeVar("T")

MENU = Path(__file__).parents[1] / "menu.toml"
OWN_RECIPES = Path(__file__).with_name("recipes")
FAST = 20.0  # cooking times of the menu are divided by this


class NotYet(Exception):
    """The lab is not solved; the text says what is missing."""


def expect(condition: object, otherwise: str) -> None:
    """Raises NotYet."""
    if not condition:
        raise NotYet(otherwise)


@dataclass(frozen=True)
class Bench:
    """Where a lab is tried: the learner's folder, and a book."""

    folder: Path
    settings: Settings
    book: OrderBook

    def exercise(self, number: int) -> ModuleType:
        """The learner's program."""
        path = self.folder / f"lab_{number:02}.py"
        spec = importlib.util.spec_from_file_location(f"{self.folder.name}_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    async def place(self, *skus: str) -> Order:
        return await self.book.place(wanted(*skus))

    async def reached(self, order_id: str, *statuses: Status, within_s: float = 10.0) -> Order:
        """The order, once it has one of these statuses, or as it is when the time is over."""

        async def look() -> Order | None:
            order = await self.book.order(order_id)
            return order if order.status in statuses else None

        return await eventually(look, within_s) or await self.book.order(order_id)

    @asynccontextmanager
    async def kitchen(self, **settings: Any) -> AsyncIterator[None]:
        """A real kitchen, in this process, open while inside."""
        from kitchen.crew import CrewWorker

        worker = CrewWorker(self.settings.model_copy(update=settings), handle_signals=False)
        cooking = asyncio.create_task(worker.async_run())
        try:
            await eventually(self.book.crew.beats)
            yield
        finally:
            cooking.cancel()
            for task in worker.tasks.values():  # what is on the fire is put back
                task.cancel()
            await asyncio.gather(cooking, *worker.tasks.values(), return_exceptions=True)
            await worker.close()


def wanted(*skus: str) -> OrderRequest:
    """An order of one of each."""
    return OrderRequest(items=tuple(OrderLine(sku=sku, quantity=1) for sku in skus))


async def eventually(look: Callable[[], Awaitable[T]], within_s: float = 10.0) -> T | None:
    """What `look` gives as soon as it is something true; None when the time is over."""
    deadline = time.monotonic() + within_s
    while not (found := await look()):
        if time.monotonic() > deadline:
            return None
        await asyncio.sleep(0.01)
    return found


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Bench]:
    """A bench, on which the recipes of the learner's folder can be cooked."""
    with tempfile.TemporaryDirectory() as data, _with_recipes(folder / "recipes", OWN_RECIPES):
        async with _redis(Path(data)) as url:
            settings = Settings(
                redis_url=url,
                store=f"lab-{secrets.token_hex(4)}",
                data_dir=Path(data),
                menu=MENU,
                recipes=None,
                speed=FAST,
                retry_base_s=0.05,
            )
            try:
                async with OrderBook(settings) as book:
                    yield Bench(folder, settings, book)
            finally:
                await _remove(url, settings)


@asynccontextmanager
async def _redis(data: Path) -> AsyncIterator[str]:
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    if sys.platform == "win32":
        raise NotYet("There is no private Valkey on Windows: set REDIS_URL, then try again.")
    from orders.valkey import private_valkey

    async with private_valkey(data) as valkey:
        yield valkey.url


@contextmanager
def _with_recipes(*folders: Path) -> Iterator[None]:
    before, modules = list(recipes.__path__), set(sys.modules)
    for folder in folders:
        recipes.also_look_in(folder)
    try:
        yield
    finally:
        processes.close(at_once=True)
        recipes.__path__[:] = before
        for name in set(sys.modules) - modules:
            if name.startswith(f"{recipes.__name__}."):
                del sys.modules[name]


async def _remove(url: str, settings: Settings) -> None:
    """Take the lab's own store off the Redis."""
    async with Redis.from_url(url) as redis:
        for pattern in (f"{settings.key_prefix}*", f"arq:*:{settings.store}:*"):
            async for key in redis.scan_iter(pattern, count=1000):
                await redis.delete(key)
