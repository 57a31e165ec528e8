"""How the book changes the status of an order: each move is one of a batch, and one of all is one alone.

What a move may hold is told in `orders/scripts/transition.lua`.
"""

from __future__ import annotations

import json
from typing import Any, cast

from orders.batch import Batch
from orders.errors import (
    BookBroken,
    BookUnavailable,
    OrderMovedOn,
    OrderNotFound,
    TransitionRefused,
)
from orders.gateway import REFUSALS, Gateway
from orders.logs import step
from orders.model import Order
from orders.settings import Settings
from orders.states import Actor, Status, sources


class Moves:
    """The moves of one store's orders."""

    def __init__(self, gateway: Gateway, settings: Settings, *, deadline_s: float) -> None:
        self._gateway = gateway
        self._settings = settings
        self._moving = Batch(self._move_all, deadline_s=deadline_s)

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
            raise broken(told)
        if outcome == "moved_on":
            raise OrderMovedOn(Order.parse(json.loads(told)))
        if outcome == "refused":
            raise TransitionRefused(Order.parse(json.loads(told)), target)
        if outcome == "moved":
            step(order_id, "%s by %s", target, more.get("by", actor))
        return told

    async def _move_all(self, moves: list[dict[str, Any]]) -> list[tuple[str, str]]:
        ask = {
            "moves": moves,
            "attempts": self._settings.attempts,
            "recall_ms": int(self._settings.recall_s * 1000),
            "keep_s": self._settings.kept_s,
        }
        return cast("list[tuple[str, str]]", await self._gateway.script("move", ask))


def broken(told: str) -> BookBroken | BookUnavailable:
    """What became of one order in a script: it is damaged, or Redis would not let us write."""
    refused = any(word in told for word in REFUSALS)
    return BookUnavailable(f"Redis refuses to serve: {told}.") if refused else BookBroken(told)
