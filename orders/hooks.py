"""Web hooks: which changes others are told of, and what became of each delivery.

A delivery is written by the script that makes the change (`orders/scripts/errands.lua`), with the order
as it was then. Sending is the crew's errand (`kitchen/hooks.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from orders.errors import HookNotFound
from orders.gateway import Gateway
from orders.keys import Keys
from orders.model import Order
from orders.settings import Settings
from orders.states import Status
from orders.wire import pairs

EVENTS = {
    Status.PENDING: "order.placed",
    Status.STARTED: "order.started",
    Status.RETRY: "order.retried",
    Status.SUCCESS: "order.ready",
    Status.FAILURE: "order.failed",
    Status.COLLECTED: "order.collected",
    Status.REVOKED: "order.revoked",
}

# Pauses before each further attempt, much as the Standard Webhooks specification proposes them, for a
# day in all; in units of the first one (5 s): 5 s, 5 min, 30 min, 2 h, 5 h, 8 h, 8 h.
PAUSES = (1, 60, 360, 1440, 3600, 5760, 5760)

State = Literal["waiting", "delivered", "failed", "gone"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """When it was, how long it took, and how it ended: the HTTP status, or a word."""

    at_ms: int
    took_ms: int
    outcome: str

    @classmethod
    def parse(cls, line: str) -> Attempt:
        at_ms, took_ms, outcome = line.split(" ", 2)
        return cls(int(at_ms), int(took_ms), outcome)

    def to_json(self) -> dict[str, Any]:
        return {"at_ms": self.at_ms, "took_ms": self.took_ms, "outcome": self.outcome}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to others, with the order as it was when it changed.

    `state`: waiting (for its next attempt, at `next_ms`), delivered, failed (given up), gone (the
    receiver wants no more of it). `tries`: how many attempts of its row; sent again by hand it begins a
    new row.
    """

    id: str
    type: str
    at_ms: int
    order: Order
    state: State
    tries: int
    next_ms: int
    attempts: tuple[Attempt, ...]

    @classmethod
    def parse(cls, delivery_id: str, fields: Mapping[str, str]) -> Delivery:
        return cls(
            id=delivery_id,
            type=fields["type"],
            at_ms=int(fields["at_ms"]),
            order=Order.parse(json.loads(fields["order"])),
            state=fields["state"],  # type: ignore[arg-type] # our scripts write no other
            tries=int(fields["tries"]),
            next_ms=int(fields["next_ms"]),
            attempts=tuple(map(Attempt.parse, fields["attempts"].splitlines())),
        )

    def body(self) -> str:
        """What is sent, the same in each attempt: the order as its customer may see it, without the name
        and the notes, which are nobody else's business.
        """
        data = self.order.to_json()
        del data["name"]
        told = {"type": self.type, "timestamp": _iso(self.at_ms), "data": data}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    def to_json(self) -> dict[str, Any]:
        """As the staff see it."""
        return {
            "id": self.id,
            "type": self.type,
            "at_ms": self.at_ms,
            "order_id": self.order.id,
            "reference": self.order.reference,
            "state": self.state,
            "next_ms": self.next_ms if self.state == "waiting" else None,
            "attempts": [attempt.to_json() for attempt in self.attempts],
        }


class Hooks:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway, keys: Keys, settings: Settings) -> None:
        self._gateway = gateway
        self._keys = keys
        self._settings = settings

    async def find(self, delivery_id: str) -> Delivery | None:
        return _parsed(
            delivery_id, await self._gateway.command("HGETALL", self._keys.hook(delivery_id))
        )

    async def settle(self, delivery: Delivery, attempt: Attempt, state: State) -> float | None:
        """Write how an attempt ended. `waiting` is what is to be tried again: then in how many seconds,
        or `None` after the last attempt, when it has failed.
        """
        pause_s: float | None = None
        if state == "waiting":
            left = PAUSES[delivery.tries :]
            pause_s = left[0] * self._settings.hook_retry_s if left else None
        ask = {
            "id": delivery.id,
            "line": f"{attempt.at_ms} {attempt.took_ms} {attempt.outcome}",
            "state": "failed" if state == "waiting" and pause_s is None else state,
            "next_ms": int((pause_s or 0) * 1000),
        }
        await self._gateway.script("hook", ask)
        return pause_s

    async def send_again(self, delivery_id: str) -> Delivery:
        """The staff want it sent now, whatever has become of it. Raises HookNotFound."""
        told = await self._gateway.script("hook", {"id": delivery_id})
        delivery = _parsed(delivery_id, told)
        if delivery is None:
            raise HookNotFound(delivery_id)
        return delivery

    async def latest(self, at_most: int) -> list[Delivery]:
        """The last deliveries, the newest first."""
        ids = await self._gateway.command("ZRANGE", self._keys.hooks, 0, at_most - 1, "REV")
        if not ids:
            return []
        told = await self._gateway.together(*(("HGETALL", self._keys.hook(i)) for i in ids))
        found = (_parsed(i, fields) for i, fields in zip(ids, told, strict=True))
        return [delivery for delivery in found if delivery is not None]


def chosen(settings: Settings) -> dict[str, str]:
    """The events that others are told of, by the status that brings them; none without an address."""
    if settings.hook_url is None:
        return {}
    wanted = settings.hook_events.split(",")
    return {status: event for status, event in EVENTS.items() if status in wanted}


def _parsed(delivery_id: str, told: dict[str, str] | list[str]) -> Delivery | None:
    fields = pairs(told)
    return Delivery.parse(delivery_id, fields) if fields else None


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
