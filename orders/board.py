"""The board as it travels: the tickets of all orders on it, and what changes on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orders.states import ON_THE_BOARD, Status


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the board shows of an order: the number and its state, nothing private.

    `first`: it goes before all others that wait; for who counts the line, not shown.
    """

    reference: str
    status: Status
    since_ms: int
    first: bool = False

    @classmethod
    def parse(cls, data: dict[str, Any]) -> Ticket:
        first = data.get("first", False)
        return cls(data["reference"], Status(data["status"]), data["since_ms"], first)

    @property
    def on_the_board(self) -> bool:
        return self.status in ON_THE_BOARD

    def to_json(self) -> dict[str, Any]:
        return {"reference": self.reference, "status": self.status, "since_ms": self.since_ms}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole board at one moment, by order id."""

    epoch: str
    version: int
    tickets: dict[str, Ticket]


@dataclass(frozen=True, slots=True)
class Change:
    """The step from version `after` to `version`: the new state of the orders that changed, by id."""

    epoch: str
    after: int
    version: int
    tickets: dict[str, Ticket]
