"""The things that travel: what a customer asks for, and the order that comes of it.

What comes from outside is checked by pydantic; what comes out of the book is a frozen dataclass.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orders.states import FINISHED, ON_THE_BOARD, Actor, Status

MAX_QUANTITY = 99
MAX_LINES = 50
MAX_RESULT_BYTES = 4096
MAX_STEPS_BYTES = 16_384  # all steps of an order together


class OrderLine(BaseModel):
    """So many of one item."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sku: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=MAX_QUANTITY)
    note: str | None = Field(None, max_length=140)


class OrderRequest(BaseModel):
    """What a customer asks for, before it has a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    items: tuple[OrderLine, ...] = Field(min_length=1, max_length=MAX_LINES, strict=False)
    service: Literal["eat-in", "take-away"] = "eat-in"
    name: str | None = Field(None, max_length=40)
    language: str | None = Field(None, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")

    def fingerprint(self) -> str:
        """Equal for equal orders, whatever the order of keys in the request's JSON was."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One transition that happened: the status it led to, when, in which attempt, by whom, and what
    had gone wrong in that attempt.
    """

    at_ms: int
    status: Status
    attempt: int
    by: str
    error: str | None = None

    @classmethod
    def parse(cls, line: str) -> HistoryEntry:
        """Read one line of the book: `1795000000000 RETRY 2 cook:snackbar-42 ValueError: burnt`."""
        at_ms, status, attempt, rest = line.split(" ", 3)
        by, _, error = rest.partition(" ")
        return cls(int(at_ms), Status(status), int(attempt), by, error or None)


@dataclass(frozen=True, slots=True)
class Step:
    """A finished step of a recipe: of which portion of the order, its name, and what it returned."""

    at_ms: int
    number: int
    sku: str
    name: str
    result: Any

    @classmethod
    def parse(cls, line: str) -> Step:
        """Read one line of the book: `1795000000000 0 feast roast {"done": true}`."""
        at_ms, number, sku, name, result = line.split(" ", 4)
        return cls(int(at_ms), int(number), sku, name, json.loads(result))

    def to_json(self) -> dict[str, Any]:
        return {"at_ms": self.at_ms, "sku": self.sku, "name": self.name, "result": self.result}


@dataclass(frozen=True, slots=True)
class Portion:
    """What the kitchen has to do for one line: as the menu said when the order was taken, so that a
    new menu changes no order.
    """

    sku: str
    quantity: int
    recipe: str
    cooking_ms: int


@lru_cache(maxsize=1024)
def portions_of(text: str) -> tuple[Portion, ...]:
    """Read an order's portions, a JSON list. Most orders of a day ask for what others have asked for."""
    return tuple(Portion(**portion) for portion in json.loads(text))


@dataclass(frozen=True, slots=True)
class Meal:
    """What a cook needs to know of an order that is STARTED and his: the attempt, and what to cook."""

    order_id: str
    attempt: int
    reference: str
    portions: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the book has it. Times are Redis's clock, in ms since 1970."""

    id: str
    reference: str
    status: Status
    attempt: int
    lines: tuple[OrderLine, ...]
    portions: tuple[Portion, ...]  # forgotten once the order is finished
    total_cents: int
    service: str
    name: str | None
    language: str | None
    priority: bool  # goes before all others that wait
    placed_ms: int
    started_ms: int | None
    ready_ms: int | None
    finished_ms: int | None
    cook: str | None
    progress: tuple[int, int] | None
    result: Any
    error: str | None
    history: tuple[HistoryEntry, ...]
    steps: tuple[Step, ...] = ()  # kept for the next attempt, in the order in which they were done

    @classmethod
    def parse(cls, fields: dict[str, str]) -> Order:
        """Read the flat map of strings in which the book keeps an order."""
        return cls(
            id=fields["id"],
            reference=fields["reference"],
            status=Status(fields["status"]),
            attempt=int(fields["attempt"]),
            lines=tuple(OrderLine.model_validate(line) for line in json.loads(fields["items"])),
            portions=portions_of(fields.get("portions", "[]")),
            total_cents=int(fields["total_cents"]),
            service=fields["service"],
            name=fields.get("name"),
            language=fields.get("language"),
            priority="priority" in fields,
            placed_ms=int(fields["placed_ms"]),
            started_ms=_number(fields.get("started_ms")),
            ready_ms=_number(fields.get("ready_ms")),
            finished_ms=_number(fields.get("finished_ms")),
            cook=fields.get("cook"),
            progress=_progress(fields.get("progress")),
            result=json.loads(fields["result"]) if "result" in fields else None,
            error=fields.get("error"),
            history=tuple(map(HistoryEntry.parse, fields["history"].split("\n"))),
            steps=tuple(map(Step.parse, fields.get("steps", "").split("\n")[:-1])),
        )

    @property
    def meal(self) -> Meal:
        return Meal(self.id, self.attempt, self.reference, self.portions)

    @property
    def on_the_board(self) -> bool:
        return self.status in ON_THE_BOARD

    @property
    def finished(self) -> bool:
        return self.status in FINISHED

    def to_json(self, *, for_staff: bool = False) -> dict[str, Any]:
        """The order as `GET /api/orders/<id>` and its own stream show it.

        The names of hosts and processes, and what went wrong in them, are the staff's matter: to the
        customer a cook is a cook, and what failed has `failed`.
        """
        return {
            "id": self.id,
            "reference": self.reference,
            "status": self.status,
            "attempt": self.attempt,
            "items": [line.model_dump(exclude_none=True) for line in self.lines],
            "total_cents": self.total_cents,
            "service": self.service,
            "name": self.name,
            "language": self.language,
            "priority": self.priority,
            "placed_ms": self.placed_ms,
            "started_ms": self.started_ms,
            "ready_ms": self.ready_ms,
            "finished_ms": self.finished_ms,
            "cook": self.cook if for_staff else self.cook and _role(self.cook),
            "progress": self.progress and {"done": self.progress[0], "of": self.progress[1]},
            "steps": [step.to_json() for step in self.steps],
            "result": self.result,
            "error": self.error if for_staff else self.error and "failed",
            "history": [
                {
                    "status": entry.status,
                    "at_ms": entry.at_ms,
                    "attempt": entry.attempt,
                    "by": entry.by if for_staff else entry.by.partition(":")[0],
                    **({"error": entry.error} if for_staff and entry.error else {}),
                }
                for entry in self.history
            ],
        }


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _role(cook: str) -> str:
    return cook if cook == Actor.STAFF else Actor.COOK


def _progress(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    done, of = text.split("/")
    return int(done), int(of)
