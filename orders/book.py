"""The order book: the only place where an order's state is written.

Every change is one script in Redis (`orders/scripts/`), which checks, writes and publishes at once.
What cooks ask of it stands in `orders/cooking.py`, what is only read in `orders/reading.py`; what is not
about one order's state has a part of its own (`book.crew`, `book.shelf`, …).
"""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Self, cast

from orders.archive import Archive
from orders.batch import Batch
from orders.census import Census
from orders.cooking import Cooking
from orders.crew import Crew
from orders.diary import Diary
from orders.errors import (
    IdempotencyKeyReused,
    KeyOfErased,
    NotOnTheMenu,
    NotWaiting,
    OrderMovedOn,
    OrderNotFound,
    TooManyWaiting,
)
from orders.gateway import Gateway
from orders.groups import Groups
from orders.hooks import Hooks, chosen
from orders.inspection import Inspection, inspect, run_id
from orders.intake import Intake, placed, under_key
from orders.keys import Keys
from orders.lock import Lock
from orders.menu import Menu, load_menu
from orders.model import Order, OrderRequest
from orders.moves import broken
from orders.reading import Reading
from orders.reports import Reports
from orders.retention import Retention
from orders.settings import Settings
from orders.shelf import Shelf
from orders.special import Special
from orders.states import Actor, Status, sources
from orders.tally import Tally

DEFAULT_REDIS_URL = "redis://127.0.0.1:6379/0"
DUE_AT_MOST = 100  # in one go; a longer script would keep everybody else waiting
DEADLINE_S = 1.5


class OrderBook(Cooking, Reading):
    """The book of one store. Every method raises BookUnavailable while Redis is away."""

    def __init__(
        self, settings: Settings, menu: Menu | None = None, *, deadline_s: float = DEADLINE_S
    ) -> None:
        gateway = Gateway(
            settings.redis_url or DEFAULT_REDIS_URL,
            settings.key_prefix,
            deadline_s=deadline_s,
            always={"hooks": events} if (events := chosen(settings)) else None,
        )
        super().__init__(gateway, settings, deadline_s=deadline_s)
        self.menu = menu or load_menu(settings.menu)
        self.keys = Keys(settings.key_prefix)
        self.shelf = Shelf(gateway, self.keys, self.menu)
        self.lock = Lock(gateway, self.keys)
        self.crew = Crew(gateway, self.keys)
        self._intake = Intake(self.menu, settings)
        self.groups = Groups(gateway, self._intake)
        self.archive = Archive(gateway)
        self.tally = Tally(gateway, self.keys)
        self.census = Census(gateway, self.keys)
        self.special = Special(gateway, self.keys, self.shelf, self.menu, settings)
        self.diary = Diary(gateway, self.keys, settings)
        self.reports = Reports(gateway, self.keys, self.tally, settings)
        self.retention = Retention(gateway, settings)
        self.hooks = Hooks(gateway, self.keys, settings)
        self._placing = Batch(self._place_all, deadline_s=deadline_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        await self._placing.close()
        await self._moving.close()
        await self._gateway.close()

    # -- an order's way ---------------------------------------------------------------------------

    async def place(
        self,
        request: OrderRequest,
        *,
        idempotency_key: str | None = None,
        by: Actor = Actor.CUSTOMER,
    ) -> Order:
        """Take an order: when this returns, the order, its number and its slip are on disk.

        The same `idempotency_key` with the same request returns the order placed first, as it is now.

        Raises NotOnTheMenu, TooManyWaiting, IdempotencyKeyReused when the key came with another
        request before, and KeyOfErased when its order was erased since.
        """
        wanted = self._intake.wanted(request, by)
        if idempotency_key is not None:
            wanted |= under_key(request.fingerprint(), idempotency_key)
        outcome, told = await self._placing.ask(wanted)
        if outcome == "placed":
            return placed(request, wanted, *told)
        if outcome == "sold_out":
            raise NotOnTheMenu(told, sold_out=True)
        if outcome == "full":
            raise TooManyWaiting
        if outcome == "gone":
            raise KeyOfErased
        if outcome == "broken":
            raise broken(told)
        known = Order.parse(json.loads(told))
        if outcome == "reused":
            raise IdempotencyKeyReused(known)
        return known

    async def set_status(
        self,
        order_id: str,
        target: Status,
        actor: Actor,
        said: Status | None = None,
        *,
        after: int | None = None,
    ) -> Order:
        """A person names the state to be reached; there already is fine and changes nothing.

        `said`: the status the person believes the order has, where the table asks for it.
        `after`: how long its history was when the person looked, so that a wish that comes late, or a
        second time, undoes nothing.
        Raises OrderNotFound, OrderMovedOn, TransitionRefused.
        """
        extra: dict[str, Any] = {"cook": str(actor)} if target is Status.STARTED else {}
        if after is not None:
            extra["after"] = after
        return await self._move(order_id, target, actor, said, **extra)

    async def prioritize(
        self, order_id: str, *, priority: bool = True, after: int | None = None
    ) -> Order:
        """Staff let an order go before all others that wait, or back to its place in the line.

        It is kept with the order: a retry goes first too. So already is fine and changes nothing.
        `after` is as with `set_status`.
        Raises OrderNotFound, OrderMovedOn, NotWaiting.
        """
        ask: dict[str, Any] = {"id": order_id, "priority": priority, "by": str(Actor.STAFF)}
        if after is not None:
            ask["after"] = after
        outcome, fields = await self._gateway.script("prioritize", ask)
        if outcome == "unknown":
            raise OrderNotFound(order_id)
        order = Order.parse(json.loads(fields))
        if outcome == "moved_on":
            raise OrderMovedOn(order)
        if outcome == "refused":
            raise NotWaiting(order)
        return order

    async def tick(self) -> tuple[int, int]:
        """Do what is due by time: collect what nobody fetched, free numbers; how many of each."""
        ask = {
            "from": sources(Status.COLLECTED, Actor.CLOCK),
            "ready_ms": int(self._settings.ready_s * 1000),
            "recall_ms": int(self._settings.recall_s * 1000),
            "keep_s": self._settings.kept_s,
            "at_most": DUE_AT_MOST,
        }
        collected = freed = 0
        while True:
            fetched, forgotten = await self._gateway.script("tick", ask)
            collected, freed = collected + fetched, freed + forgotten
            if max(fetched, forgotten) < DUE_AT_MOST:
                return collected, freed

    async def sweep(self) -> dict[str, int]:
        """Look the whole book over, page by page, and mend what does not fit; how much of each part."""
        return {part: await self._sweep_part(part) for part in ("numbers", "board", "queue")}

    # -- the Redis below --------------------------------------------------------------------------

    async def inspect(self) -> Inspection:
        """Look at the Redis below. Raises BookUnusable when it is too old."""
        return await inspect(self._gateway)

    async def meet(self) -> str:
        """Compare the Redis process with the one met last; the epoch, a new one if it is another."""
        ask = {"run_id": await run_id(self._gateway)}
        return str(await self._gateway.script("meet", ask))

    # -- within -----------------------------------------------------------------------------------

    async def _sweep_part(self, part: str) -> int:
        cursor, total = "0", 0
        while True:
            ask = {"part": part, "cursor": cursor, "keep_s": self._settings.kept_s}
            cursor, mended = await self._gateway.script("sweep", ask)
            total += int(mended)
            if cursor == "0":
                return total

    async def _place_all(self, orders: list[dict[str, Any]]) -> list[tuple[str, Any]]:
        return cast(
            "list[tuple[str, Any]]", await self._gateway.script("place", {"orders": orders})
        )
