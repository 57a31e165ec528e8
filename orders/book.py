"""The order book: the only place where an order's state is written.

Every change is one script in Redis (`orders/scripts/`), which checks, writes and publishes at once.
The methods stand in the order in which an order meets them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self, cast

from orders.archive import Archive
from orders.batch import Batch
from orders.board import Snapshot, Ticket
from orders.census import Census
from orders.claims import Claim, Slip
from orders.crew import Crew
from orders.diary import Diary
from orders.errors import (
    BookBroken,
    BookUnavailable,
    IdempotencyKeyReused,
    KeyOfErased,
    NotOnTheMenu,
    NotWaiting,
    OrderMovedOn,
    OrderNotFound,
    TooManyWaiting,
    TransitionRefused,
)
from orders.feed import Feed
from orders.gateway import REFUSALS, Gateway
from orders.groups import Groups
from orders.hooks import Hooks, chosen
from orders.inspection import Inspection, inspect, run_id
from orders.intake import Intake, placed, under_key
from orders.keys import Keys
from orders.lock import Lock
from orders.logs import step
from orders.menu import Menu, load_menu
from orders.model import MAX_RESULT_BYTES, MAX_STEPS_BYTES, Meal, Order, OrderRequest
from orders.reports import Reports
from orders.retention import Retention
from orders.settings import Settings
from orders.shelf import Shelf
from orders.special import Special
from orders.states import Actor, Status, sources
from orders.tally import Tally
from orders.wire import pairs

DEFAULT_REDIS_URL = "redis://127.0.0.1:6379/0"
DUE_AT_MOST = 100  # in one go; a longer script would keep everybody else waiting
DEADLINE_S = 1.5
STEP_NAME = r"[a-z0-9][a-z0-9-]{0,39}"


class OrderBook:
    """The book of one store. Every method raises BookUnavailable while Redis is away."""

    def __init__(
        self, settings: Settings, menu: Menu | None = None, *, deadline_s: float = DEADLINE_S
    ) -> None:
        self.menu = menu or load_menu(settings.menu)
        self.keys = Keys(settings.key_prefix)
        self._settings = settings
        self._gateway = Gateway(
            settings.redis_url or DEFAULT_REDIS_URL,
            settings.key_prefix,
            deadline_s=deadline_s,
            always={"hooks": events} if (events := chosen(settings)) else None,
        )
        self.shelf = Shelf(self._gateway, self.keys, self.menu)
        self.lock = Lock(self._gateway, self.keys)
        self.crew = Crew(self._gateway, self.keys)
        self._intake = Intake(self.menu, settings)
        self.groups = Groups(self._gateway, self._intake)
        self.archive = Archive(self._gateway)
        self.tally = Tally(self._gateway, self.keys)
        self.census = Census(self._gateway, self.keys)
        self.special = Special(self._gateway, self.keys, self.shelf, self.menu, settings)
        self.diary = Diary(self._gateway, self.keys, settings)
        self.reports = Reports(self._gateway, self.keys, self.tally, settings)
        self.retention = Retention(self._gateway, settings)
        self.hooks = Hooks(self._gateway, self.keys, settings)
        self._placing = Batch(self._place_all, deadline_s=deadline_s)
        self._moving = Batch(self._move_all, deadline_s=deadline_s)

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
            raise _broken(told)
        known = Order.parse(json.loads(told))
        if outcome == "reused":
            raise IdempotencyKeyReused(known)
        return known

    async def claim(
        self, cook: str, at_most: int, lasts_ms: int, number: int | None = None
    ) -> Claim:
        """A cook takes the slips that have waited longest, at most so many, and starts their orders.

        `lasts_ms` is how long arq's own claim lasts. `number` grows with each answer the cook gets: a
        claim sent again with the same number gets the same slips. A slip that is not an order's, or
        is void, is claimed all the same: arq knows what to do with it.
        """
        ask: dict[str, Any] = {"cook": cook, "at_most": at_most, "lasts_ms": lasts_ms}
        ask["from"] = sources(Status.STARTED, Actor.COOK)
        ask |= {"by": f"cook:{cook}"} | ({} if number is None else {"number": number})
        claimed, started, next_ms = await self._gateway.script("claim", ask)
        slips = tuple(map(Slip.parse, claimed, started))
        for meal in filter(None, (slip.meal for slip in slips)):
            step(meal.order_id, "%s STARTED by cook:%s", meal.reference, cook)
        return Claim(slips, None if next_ms < 0 else next_ms / 1000)

    async def start(self, order_id: str, attempt: int, cook: str) -> Order:
        """A cook claims an attempt; the same claim sent again gets the same answer.

        Raises TransitionRefused when somebody else has it, or it is over.
        """
        return await self._move(
            order_id,
            Status.STARTED,
            Actor.COOK,
            attempt=attempt,
            cook=cook,
            keep_slip=True,
            by=f"cook:{cook}",
        )

    async def report(self, order_id: str, attempt: int, cook: str, done: int, of: int) -> bool:
        """A cook's progress, `done` of `of` steps. False when the order is no longer this cook's."""
        ask = {"id": order_id, "attempt": attempt, "held_by": cook, "progress": f"{done}/{of}"}
        return bool(await self._gateway.script("report", ask))

    async def keep_step(
        self, meal: Meal, cook: str, number: int, name: str, result: object
    ) -> bool:
        """A cook has finished a step of portion `number`, and what it returned is kept.

        False when the order is no longer this cook's. Raises ValueError for a name or a result that
        cannot be kept.
        """
        if not re.fullmatch(STEP_NAME, name):
            raise ValueError(f"{name!r} is no name of a step: small letters, figures and dashes.")
        ask = {"id": meal.order_id, "attempt": meal.attempt, "held_by": cook}
        ask |= {"mark": f"{number} {meal.portions[number].sku} {name}", "most": MAX_STEPS_BYTES}
        kept = await self._gateway.script("step", ask | {"result": _small_json(result)})
        if kept < 0:
            raise ValueError(f"The steps of an order have {MAX_STEPS_BYTES} bytes together.")
        return bool(kept)

    async def finish(
        self,
        order_id: str,
        attempt: int,
        cook: str,
        result: object = None,
        steps: int | None = None,
    ) -> None:
        """A cook is done: SUCCESS, with a small JSON `result` (None: there is none).

        `steps` is how many there were to report; all of them are done now.

        Raises TransitionRefused when the order is no longer this cook's, ValueError for a result
        that is not JSON or larger than MAX_RESULT_BYTES.
        """
        stored = {} if result is None else {"result": _small_json(result)}
        if steps is not None:
            stored["progress"] = f"{steps}/{steps}"
        mine: dict[str, Any] = {"attempt": attempt, "held_by": cook, "by": f"cook:{cook}"}
        await self._moved(order_id, Status.SUCCESS, Actor.COOK, quiet=True, **mine | stored)

    async def retry(
        self, order_id: str, attempt: int, cook: str, error: str, delay_ms: int
    ) -> Order:
        """A cook failed: RETRY after `delay_ms`, or FAILURE when that was the last attempt."""
        return await self._move_as_cook(
            order_id, Status.RETRY, attempt, cook, error=error, delay_ms=delay_ms
        )

    async def fail(self, order_id: str, attempt: int, cook: str, error: str) -> Order:
        """A cook sees that no attempt can succeed: FAILURE, whatever attempts are left."""
        return await self._move_as_cook(order_id, Status.FAILURE, attempt, cook, error=error)

    async def put_back(self, order_id: str, attempt: int, cook: str) -> Order:
        """A cook goes home before the order is done: at once back to the crew, and not counted."""
        return await self._move_as_cook(order_id, Status.RETRY, attempt, cook, forgiven=True)

    async def give_up(self, order_id: str, cook: str) -> Order:
        """`cook` is lost: the order goes back to the crew at once, as a new attempt."""
        error = f"The cook {cook} was lost."
        return await self._move(
            order_id, Status.RETRY, Actor.COOK, held_by=cook, error=error, by="crew"
        )

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

    # -- reading ----------------------------------------------------------------------------------

    async def order(self, order_id: str) -> Order:
        """The order as it is now. Raises OrderNotFound."""
        found = await self.orders([order_id])
        if order_id not in found:
            raise OrderNotFound(order_id)
        return found[order_id]

    async def orders(self, ids: Sequence[str]) -> dict[str, Order]:
        """Those of these orders that exist, by id; one round trip."""
        rows = await self._gateway.script("read", {"ids": list(ids)}) if ids else []
        return {i: Order.parse(json.loads(row)) for i, row in zip(ids, rows, strict=True) if row}

    async def snapshot(self) -> Snapshot:
        """The whole board, its epoch and version, all of one moment."""
        epoch, version, board = await self._gateway.together(
            ("GET", self.keys.epoch), ("GET", self.keys.version), ("HGETALL", self.keys.board)
        )
        tickets = {i: Ticket.parse(json.loads(text)) for i, text in pairs(board).items()}
        return Snapshot(epoch or "none", int(version or 0), tickets)

    async def last_placed(self, at_most: int) -> list[Order]:
        """The orders placed last, whatever has become of them, the newest first."""
        ids = await self._gateway.command("ZRANGE", self.keys.placed, 0, at_most - 1, "REV")
        return list((await self.orders(ids)).values())

    async def last_collected(self, at_most: int) -> list[str]:
        """The ids of the orders collected last that may still be recalled, newest first."""
        ids = await self._gateway.command("ZRANGE", self.keys.collected, 0, at_most - 1, "REV")
        return cast("list[str]", ids)

    async def where(self) -> tuple[str, int]:
        """The board's epoch and version alone, to compare with one's own."""
        epoch, version = await self._gateway.command("MGET", self.keys.epoch, self.keys.version)
        return epoch or "none", int(version or 0)

    def feed(self) -> Feed:
        """A new subscription to the changes; nothing is heard until it is listened to."""
        return Feed(self._gateway, self.keys.changes)

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

    async def _move_all(self, moves: list[dict[str, Any]]) -> list[tuple[str, str]]:
        ask = {
            "moves": moves,
            "attempts": self._settings.attempts,
            "recall_ms": int(self._settings.recall_s * 1000),
            "keep_s": self._settings.kept_s,
        }
        return cast("list[tuple[str, str]]", await self._gateway.script("move", ask))

    async def _move_as_cook(
        self, order_id: str, target: Status, attempt: int, cook: str, **more: Any
    ) -> Order:
        by = f"cook:{cook}"
        return await self._move(
            order_id, target, Actor.COOK, attempt=attempt, held_by=cook, by=by, **more
        )

    async def _move(
        self,
        order_id: str,
        target: Status,
        actor: Actor,
        said: Status | None = None,
        **more: Any,
    ) -> Order:
        return Order.parse(json.loads(await self._moved(order_id, target, actor, said, **more)))

    async def _moved(
        self,
        order_id: str,
        target: Status,
        actor: Actor,
        said: Status | None = None,
        **more: Any,
    ) -> str:
        """Ask for one move; what `more` may hold is told in transition.lua. The order then, as JSON."""
        move = {"id": order_id, "to": target, "from": sources(target, actor, said), "by": actor}
        outcome, told = await self._moving.ask(move | more)
        if outcome == "unknown":
            raise OrderNotFound(order_id)
        if outcome == "broken":
            raise _broken(told)
        if outcome == "moved_on":
            raise OrderMovedOn(Order.parse(json.loads(told)))
        if outcome == "refused":
            raise TransitionRefused(Order.parse(json.loads(told)), target)
        if outcome == "moved":
            step(order_id, "%s by %s", target, more.get("by", actor))
        return told


def _broken(told: str) -> BookBroken | BookUnavailable:
    """What became of one order in a script: it is damaged, or Redis would not let us write."""
    refused = any(word in told for word in REFUSALS)
    return BookUnavailable(f"Redis refuses to serve: {told}.") if refused else BookBroken(told)


def _small_json(result: object) -> str:
    try:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"The result is not JSON: {error}.") from error
    if len(text.encode()) > MAX_RESULT_BYTES:
        raise ValueError(f"The result is larger than {MAX_RESULT_BYTES} bytes.")
    return text
