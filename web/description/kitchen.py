"""The operations on the crew: the routes of web/kitchen_api.py."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from web.description.operation import Answer, Operation
from web.kitchen_api import KitchenRequest

TAG = "Kitchen"


class InHand(BaseModel):
    """An order that somebody is cooking."""

    model_config = ConfigDict(extra="forbid")

    id: str
    reference: str
    since_ms: int


class OnTheRoster(BaseModel):
    """A kitchen process, an open kitchen screen, or the people who cook by hand. What the process
    says of itself depends on its version.
    """

    model_config = ConfigDict(extra="allow")

    name: str
    kind: Literal["cook", "screen", "people"]
    on_duty: bool = Field(default=True, description="Whether it cooks in the present mode.")
    lost: bool = Field(default=False, description="Not heard for so long that it is given up.")
    silent_ms: int = Field(0, description="Since when it was not heard.")
    in_hand: int = Field(description="How many orders it has.")
    orders: list[InHand] = Field(description="Those it has had longest.")


class KitchenAnswer(BaseModel):
    """Who cooks, and what the crew is told."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["robots", "people"]
    paused: bool
    cooks: int | None = Field(description="Orders at once for each process; null: as started.")
    crew: list[OnTheRoster]


KITCHEN = {
    "mode": "robots",
    "paused": False,
    "cooks": None,
    "crew": [
        {
            "name": "snackbar-42",
            "kind": "cook",
            "on_duty": True,
            "lost": False,
            "silent_ms": 120,
            "cooks": 4,
            "in_hand": 1,
            "orders": [{"id": "q9X2mJcT0n4", "reference": "104", "since_ms": 1795262401000}],
        }
    ],
}

OPERATIONS = {
    "kitchen_api.get_kitchen": Operation(
        TAG,
        "See who is on shift",
        "Every kitchen process and open kitchen screen, and what each has in hand.",
        {200: Answer("The kitchen now.", KitchenAnswer, KITCHEN)},
        who="staff",
    ),
    "kitchen_api.tell_kitchen": Operation(
        TAG,
        "Pause the kitchen, set the number of cooks, or who cooks",
        "What is not named stays as it is. A paused kitchen finishes what it has in hand.",
        {200: Answer("The kitchen now.", KitchenAnswer, KITCHEN | {"paused": True})},
        who="staff",
        request=KitchenRequest,
        example={"paused": True},
    ),
}
