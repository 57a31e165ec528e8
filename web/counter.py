"""What the counter works with, one frozen set for each web process, and how a route gets at it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from quart import Response, current_app, request

from web import sse
from web.streams import FRAMES

if TYPE_CHECKING:
    from orders.book import OrderBook
    from orders.settings import Settings
    from web.hub import Hub
    from web.seats import Seats
    from web.session import Sessions
    from web.vitals import Vitals


@dataclass(frozen=True)
class Counter:
    settings: Settings
    staff_pin: str
    sessions: Sessions
    book: OrderBook
    hub: Hub
    seats: Seats
    vitals: Vitals
    invitation: str | None = None  # to cook, in a workshop


def stream(frames: AsyncGenerator[bytes, None]) -> Response:
    """Answer with a stream of events, on one of the counter's seats; HEAD gets no more than its head."""
    if request.method != "HEAD":
        seated = counter().seats.seated(request.remote_addr or "", frames)
        cast("dict[str, Any]", request.scope)[FRAMES] = seated
    return Response(mimetype="text/event-stream", headers=sse.HEADERS)


def counter() -> Counter:
    """The counter that serves this request."""
    return cast("Counter", current_app.extensions["counter"])
