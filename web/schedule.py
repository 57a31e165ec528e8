"""The schedule and its reports, for the staff: what ran when, what comes next, and to run it now."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from quart import Blueprint, Response

from orders.schedule import BY_NAME
from web.answers import answer
from web.counter import counter
from web.problem import Unacceptable
from web.queries import query_as
from web.staff import require_staff
from web.texts import gettext as _

schedule = Blueprint("schedule", __name__, url_prefix="/api")


class ReportsQuery(BaseModel):
    """How many days and weeks at most. `lang` is for the texts of errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(31, ge=1, le=400)
    lang: str = Field("", max_length=40)


@schedule.get("/schedule")
async def get_schedule() -> Response:
    await require_staff()
    diary, settings = counter().book.diary, counter().settings
    body = {
        "zone": settings.time_zone,
        "day_starts": settings.business_day_starts,
        "day": diary.days.of_ms(await diary.now_ms()).isoformat(),
        "tasks": [entry.to_json() for entry in await diary.read()],
    }
    return answer(body, 200)


@schedule.post("/schedule/<name>/run")
async def run_task(name: str) -> Response:
    """The errands run it, so the answer is that it was asked for."""
    await require_staff()
    return answer({"name": name, "asked_ms": await ask_for(name)}, 202)


async def ask_for(name: str) -> int:
    """Let a task run now; when it was asked for. Raises Unacceptable for one that nobody knows."""
    if name not in BY_NAME:
        text = _("The schedule has no task {name}.", name=name)
        raise Unacceptable(404, "unknown-task", _("Unknown task"), text)
    return await counter().book.diary.put(name)


@schedule.get("/reports")
async def get_reports() -> Response:
    await require_staff()
    at_most = query_as(ReportsQuery).limit
    reports = counter().book.reports
    body = {"days": await reports.days(at_most), "weeks": await reports.weeks(at_most)}
    return answer(body, 200)
