"""For those who look after the process: is it alive, can it take orders."""

from __future__ import annotations

from typing import Any

from quart import Blueprint

from orders.errors import BookError
from web.counter import counter
from web.problem import RETRY_AFTER_S

RETRY = {"Retry-After": str(RETRY_AFTER_S)}

health = Blueprint("health", __name__)


@health.get("/healthz")
async def alive() -> dict[str, Any]:
    return {"status": "alive"}


@health.get("/readyz")
async def ready() -> tuple[dict[str, Any], int, dict[str, str]]:
    if counter().hub.ended:
        return {"status": "stopping"}, 503, RETRY
    try:
        inspection = await counter().book.inspect()
    except BookError as error:
        return {"status": "unavailable", "reason": str(error)}, 503, RETRY
    if counter().hub.blind_since_ms is not None:
        return {"status": "blind", "reason": "the changes in Redis are not heard"}, 503, RETRY
    return (
        {"status": "ready", "redis": inspection.version, "warnings": inspection.warnings},
        200,
        {},
    )
