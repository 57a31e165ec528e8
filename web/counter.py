"""What the counter works with, one frozen set for each web process, and how a route gets at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from quart import current_app

if TYPE_CHECKING:
    from orders.book import OrderBook
    from orders.settings import Settings
    from web.hub import Hub


@dataclass(frozen=True)
class Counter:
    settings: Settings
    staff_pin: str
    book: OrderBook
    hub: Hub


def counter() -> Counter:
    """The counter that serves this request."""
    return cast("Counter", current_app.extensions["counter"])
