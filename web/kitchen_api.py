"""The kitchen for programs: who is on shift, and what the crew is told."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema
from quart import Blueprint, Response

from orders.crew import MOST_COOKS, Mode
from web.answers import answer, json_body
from web.counter import counter
from web.staff import require_staff
from web.whole import WHOLE

kitchen_api = Blueprint("kitchen_api", __name__)


class KitchenRequest(BaseModel):
    """What the crew is told from now on; what is not named stays as it is.

    `cooks`: orders that each kitchen process cooks at once; `null`: as many as it was started with.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, json_schema_extra={"minProperties": 1}
    )

    mode: Mode | SkipJsonSchema[None] = None
    paused: bool | SkipJsonSchema[None] = None
    cooks: Annotated[int, Field(strict=False, ge=1, le=MOST_COOKS), WHOLE] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("at least one of mode, paused and cooks is needed")
        if any(getattr(self, name) is None for name in self.model_fields_set & {"mode", "paused"}):
            raise ValueError("mode and paused cannot be null; leave out what is to stay")
        return self


@kitchen_api.get("/api/kitchen")
async def get_kitchen() -> Response:
    await require_staff()
    return answer(_to_json(await counter().hub.kitchen_now()), 200)


@kitchen_api.put("/api/kitchen")
async def tell_kitchen() -> Response:
    await require_staff()
    await tell(KitchenRequest.model_validate_json(await json_body()))
    return answer(_to_json(await counter().hub.kitchen_now()), 200)


async def tell(wanted: KitchenRequest) -> None:
    """Tell the crew. Raises BookUnavailable."""
    cooks = wanted.cooks or 0 if "cooks" in wanted.model_fields_set else None
    await counter().book.crew.tell(mode=wanted.mode, paused=wanted.paused, cooks=cooks)


def _to_json(seen: dict[str, Any]) -> dict[str, Any]:
    return {**seen["kitchen"], "crew": seen["crew"]}
