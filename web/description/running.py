"""The operations for those who look after the counter: health, metrics, this description."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from web.description.operation import Answer, Operation

TAG = "Running"


class AliveAnswer(BaseModel):
    """The process is there."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["alive"]


class ReadyAnswer(BaseModel):
    """Whether orders can be taken, and what this Redis does not promise."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ready"]
    redis: str
    warnings: list[str]


class NotReadyAnswer(BaseModel):
    """Why no orders can be taken now."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["stopping", "unavailable", "blind"]
    reason: str = Field("", description="In words.")


OPERATIONS = {
    "health.alive": Operation(
        TAG,
        "Is the process alive?",
        "For whoever restarts it. It says nothing about Redis.",
        {200: Answer("Yes.", AliveAnswer, {"status": "alive"})},
        asks_the_book=False,
    ),
    "health.ready": Operation(
        TAG,
        "Can it take orders?",
        "For whoever sends customers here.",
        {
            200: Answer("Yes.", ReadyAnswer, {"status": "ready", "redis": "9.1.0", "warnings": []}),
            503: Answer(
                "No; try again in a moment.",
                NotReadyAnswer,
                {"status": "blind", "reason": "the changes in Redis are not heard"},
                ("Retry-After",),
            ),
        },
        asks_the_book=False,
    ),
    "metrics.show_metrics": Operation(
        TAG,
        "Read the metrics",
        "In Prometheus' text format, the same from whichever web process answers. Programs on this"
        " machine need no PIN.",
        {200: Answer("The metrics.", media="text/plain")},
        who="anybody, or staff",
        asks_the_book=False,
    ),
    "openapi.get_openapi": Operation(
        TAG,
        "Read this description",
        "OpenAPI 3.1. For people: `/docs`.",
        {
            200: Answer("The description.", headers=("ETag",), media="application/json"),
            304: Answer("Still as the `ETag` says."),
        },
        headers=("If-None-Match",),
        asks_the_book=False,
    ),
}
