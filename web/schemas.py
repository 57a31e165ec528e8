"""What the order calls of the API are asked, as pydantic has it: to check what comes, and for the API's
description. What they answer is in web/answer_schemas.py.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from orders.archive import CURSOR, Filter
from orders.groups import MOST as MOST_IN_A_GROUP
from orders.model import OrderRequest
from orders.states import Status
from web.whole import WHOLE

MOST_AT_ONCE = 500  # orders whose status is set by one call
LONGEST_WAIT_S = 60
LAST_MS = 10**15
TIME_NEEDED = "a time as 2026-11-21T12:00:00Z, or in ms since 1970, is needed"

OrderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def _in_ms(moment: object) -> object:
    """ISO 8601, of UTC where it does not say otherwise, or ms since 1970 already."""
    if moment is None or isinstance(moment, bool):
        raise ValueError(TIME_NEEDED)
    if not isinstance(moment, str) or re.fullmatch(r"-?[0-9]+", moment):
        return moment
    try:
        at = datetime.fromisoformat(moment)
        since = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(TIME_NEEDED) from None
    return int(since.total_seconds() * 1000)


def _words(statuses: object) -> object:
    """`?status=PENDING,RETRY&status=STARTED`."""
    if isinstance(statuses, str):
        return statuses.split(",")
    if isinstance(statuses, list):
        return [word for part in statuses for word in str(part).split(",")]
    return statuses


Moment = Annotated[
    Annotated[int, Field(ge=-LAST_MS, le=LAST_MS)] | None,
    BeforeValidator(_in_ms),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "integer", "minimum": -LAST_MS, "maximum": LAST_MS},
            ]
        }
    ),
]
Statuses = Annotated[tuple[Status, ...], BeforeValidator(_words)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GroupRequest(_Asked):
    """Orders that belong together: all of them are placed, or none."""

    orders: tuple[OrderRequest, ...] = Field(min_length=1, max_length=MOST_IN_A_GROUP)


class StatusRequest(_Asked):
    """The state to be reached, and the one the sender believes in.

    `after`: how many entries the order's history had when the sender looked; if it has others by now,
    the wish comes too late, or a second time, and changes nothing.
    """

    status: Status
    said: Status | None = Field(None, alias="from")
    after: Annotated[int, Field(strict=False, ge=1), WHOLE] | None = None


class PriorityRequest(_Asked):
    """Whether the order goes before all others that wait."""

    model_config = ConfigDict(strict=True)

    priority: bool
    after: Annotated[int, Field(strict=False, ge=1), WHOLE] | None = None


class Criteria(_Asked):
    """Which orders: all of this together. A default means that it is not asked about."""

    status: Statuses = Field((), min_length=1)
    from_ms: Moment = Field(None, alias="from")
    until_ms: Moment = Field(None, alias="until")
    reference: str = Field("", pattern=r"^[0-9]{3,12}$")
    sku: str = Field("", min_length=1, max_length=40)

    @property
    def filter(self) -> Filter:
        statuses, reference, sku = frozenset(self.status), self.reference or None, self.sku or None
        return Filter(statuses, self.from_ms, self.until_ms, reference, sku)


class ListQuery(Criteria):
    """One page of the orders. `lang` is for the texts of problems, as everywhere."""

    limit: int = Field(20, ge=1, le=100)
    cursor: str = Field("", pattern=f"^{CURSOR}$", description="The `next` of the page before.")
    lang: str = Field("", max_length=40)


class BulkRequest(_Asked):
    """One state for many orders: those named by `ids`, or those that match the `filter`."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["ids"]}, {"required": ["filter"]}]}
    )

    status: Status
    said: Status | None = Field(None, alias="from")
    ids: tuple[OrderId, ...] = Field((), min_length=1, max_length=MOST_AT_ONCE)
    filter: Criteria = Field(Criteria(), json_schema_extra={"minProperties": 1})
    dry_run: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if len(self.model_fields_set & {"ids", "filter"}) != 1:
            raise ValueError("either ids or a filter is needed")
        if "filter" in self.model_fields_set and not self.filter.model_fields_set:
            raise ValueError(
                "a filter with at least one criterion is needed; {} would be all orders"
            )
        return self


class WaitQuery(BaseModel):
    """How long to wait for the order's next change."""

    model_config = ConfigDict(frozen=True)

    wait_s: float = Field(0, ge=0, le=LONGEST_WAIT_S, allow_inf_nan=False)


class DeleteQuery(BaseModel):
    """How many entries the order's history had when the sender looked; see StatusRequest."""

    model_config = ConfigDict(frozen=True)

    after: int | None = Field(None, ge=1)
