"""What the order calls of the API answer, for the API's description. What goes out is made by
`Order.to_json`, which has to be quick; tests hold both together.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orders.states import Status


class _Answered(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class Line(_Answered):
    sku: str
    quantity: int
    note: str | None = Field(None, description="Left out where there is none.")


class Progress(_Answered):
    done: int
    of: int


class FinishedStep(_Answered):
    """A step of a recipe that is done, and is not done again when the order is tried once more."""

    at_ms: int
    sku: str
    name: str
    result: Any


class Entry(_Answered):
    """One step of the order's history. Which cook it was, and what went wrong, the staff see only."""

    status: Status
    at_ms: int
    attempt: int
    by: str
    error: str | None = Field(None, description="What went wrong; left out where nothing did.")


class OrderAnswer(_Answered):
    """An order. Times are ms since 1970, by the clock of Redis."""

    id: str
    reference: str
    status: Status
    attempt: int
    items: list[Line]
    total_cents: int
    service: Literal["eat-in", "take-away"]
    name: str | None
    language: str | None
    priority: bool
    placed_ms: int
    started_ms: int | None
    ready_ms: int | None
    finished_ms: int | None
    cook: str | None
    progress: Progress | None
    steps: list[FinishedStep] = Field(description="Of recipes that keep their steps; else empty.")
    result: Any
    error: str | None
    history: list[Entry]


class GroupAnswer(_Answered):
    """The orders of a group, in the order asked."""

    orders: list[OrderAnswer]


class ListAnswer(_Answered):
    """Some orders, those placed last first. There may be few, or none, and yet a `next`."""

    orders: list[OrderAnswer]
    next: str | None = Field(description="The `cursor` of the next page; null: this is the last.")


class Counts(_Answered):
    """How many orders came out how."""

    moved: int
    unchanged: int = Field(description="Had that status already.")
    refused: int = Field(description="Their status does not allow it.")
    unknown: int = Field(description="No order has this id.")
    unavailable: int = Field(description="Redis went away in between; ask what became of them.")


class Outcome(_Answered):
    id: str
    reference: str | None
    status: Status | None = Field(description="As it is now; null when that is not known.")
    outcome: Literal["moved", "unchanged", "refused", "unknown", "unavailable"]


class BulkAnswer(_Answered):
    """What became of each; with `dry_run` what would become of it."""

    status: Status
    dry_run: bool
    counts: Counts
    more: bool = Field(description="More orders match the filter than one call takes.")
    orders: list[Outcome]


class TicketAnswer(_Answered):
    reference: str
    status: Status
    since_ms: int


class BoardAnswer(_Answered):
    """The board at one moment: numbers and states, nothing private."""

    epoch: str
    version: int
    tickets: list[TicketAnswer]
