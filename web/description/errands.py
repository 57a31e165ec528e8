"""The operations on the errands: the routes of web/schedule.py and web/hooks.py."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.description.operation import Answer, Operation
from web.hooks import HooksQuery
from web.schedule import ReportsQuery

TAG = "Schedule and web hooks"


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TaskAnswer(_Told):
    """One task, its last run and its next."""

    name: str
    what: str
    every: Literal["always", "day", "week", "month"]
    last_ms: int | None
    last_result: str | None
    last_ok: bool | None
    running: bool
    next_ms: int | None


class ScheduleAnswer(_Told):
    """What is done when."""

    zone: str
    day_starts: str
    day: str = Field(description="The business day of now.")
    tasks: list[TaskAnswer]


class AskedAnswer(_Told):
    """The task is asked for; whoever is free of the crew runs it."""

    name: str
    asked_ms: int


class DayAnswer(_Told):
    """What was counted in one business day."""

    day: str
    from_ms: int
    until_ms: int
    placed: int
    at_once: int
    ready: int
    collected: int
    failed: int
    retried: int
    revoked: int
    ready_p50_ms: int | None
    ready_p90_ms: int | None
    items: dict[str, int] = Field(description="How many of each sku, cancelled ones not counted.")


class WeekAnswer(_Told):
    """What was sold in the seven business days from a Monday on."""

    week: str = Field(description="By ISO 8601.")
    from_day: str
    until_day: str
    items: dict[str, int]


class ReportsAnswer(_Told):
    """The newest first."""

    days: list[DayAnswer]
    weeks: list[WeekAnswer]


class AttemptAnswer(_Told):
    """How one attempt went: the HTTP status, or a word."""

    at_ms: int
    took_ms: int
    outcome: str


class DeliveryAnswer(_Told):
    """One message to others."""

    id: str
    type: str
    at_ms: int
    order_id: str
    reference: str
    state: Literal["waiting", "delivered", "failed", "gone"]
    next_ms: int | None = Field(description="When it is tried again.")
    attempts: list[AttemptAnswer]


class HooksAnswer(_Told):
    """Where changes are sent, which, and the last of them."""

    configured: bool
    host: str | None
    events: list[str]
    deliveries: list[DeliveryAnswer]


TASK = {
    "name": "report",
    "what": "Write the report of the business day that has ended.",
    "every": "day",
    "last_ms": 1795233600000,
    "last_result": "2026-11-20",
    "last_ok": True,
    "running": False,
    "next_ms": 1795320000000,
}
DAY: dict[str, Any] = {
    "day": "2026-11-20",
    "from_ms": 1795147200000,
    "until_ms": 1795233600000,
    "placed": 412,
    "at_once": 31,
    "ready": 405,
    "collected": 400,
    "failed": 1,
    "retried": 3,
    "revoked": 6,
    "ready_p50_ms": 11800,
    "ready_p90_ms": 24100,
    "items": {"nuggets-6": 97},
}
WEEK = {
    "week": "2026-W47",
    "from_day": "2026-11-16",
    "until_day": "2026-11-22",
    "items": {"nuggets-6": 611},
}
DELIVERY = {
    "id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    "type": "order.ready",
    "at_ms": 1795262409000,
    "order_id": "q9X2mJcT0n4",
    "reference": "104",
    "state": "delivered",
    "next_ms": None,
    "attempts": [{"at_ms": 1795262409100, "took_ms": 42, "outcome": "204"}],
}

OPERATIONS = {
    "schedule.get_schedule": Operation(
        TAG,
        "Read the schedule",
        "Every task with its last run, what came of it, and when it is due next.",
        {
            200: Answer(
                "The schedule.",
                ScheduleAnswer,
                {
                    "zone": "Europe/Vienna",
                    "day_starts": "04:00",
                    "day": "2026-11-21",
                    "tasks": [TASK],
                },
            )
        },
        who="staff",
    ),
    "schedule.run_task": Operation(
        TAG,
        "Run a task now",
        "It is put down as an errand, and run by whoever of the crew is free. Twice does no harm.",
        {
            202: Answer(
                "It is asked for.", AskedAnswer, {"name": "report", "asked_ms": 1795262400000}
            )
        },
        who="staff",
        problems={404: ("unknown-task",)},
    ),
    "schedule.get_reports": Operation(
        TAG,
        "Read the reports",
        "Of each business day that is over, and what was sold in each week.",
        {200: Answer("The reports.", ReportsAnswer, {"days": [DAY], "weeks": [WEEK]})},
        who="staff",
        query=ReportsQuery,
    ),
    "hooks.get_hooks": Operation(
        TAG,
        "Read the last web hooks",
        "What was sent to the address that is set, and how each attempt went. The messages are signed"
        " by the Standard Webhooks specification.",
        {
            200: Answer(
                "The web hooks.",
                HooksAnswer,
                {
                    "configured": True,
                    "host": "till.example",
                    "events": ["order.placed", "order.ready"],
                    "deliveries": [DELIVERY],
                },
            )
        },
        who="staff",
        query=HooksQuery,
    ),
    "hooks.send_again": Operation(
        TAG,
        "Send a web hook again",
        "With the same id, by which a receiver knows it from another.",
        {
            202: Answer(
                "It waits to be sent.",
                DeliveryAnswer,
                DELIVERY | {"state": "waiting", "next_ms": 1795262500000},
            )
        },
        who="staff",
        problems={404: ("unknown-hook",), 409: ("no-hooks",)},
    ),
}
