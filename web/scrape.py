"""What is told to a Prometheus, before it is written in its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orders.census import OpenOrders
from orders.counts import Counts


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What the book knows: the open orders, what was ever counted, and who is on shift."""

    orders: OpenOrders
    ever: Counts
    processes: int
    cooks: int


@dataclass(frozen=True, slots=True)
class Scrape:
    """`kitchen` is `None` while Redis is away. `web`: the report of each web process, by its name."""

    kitchen: Kitchen | None
    web: Mapping[str, Mapping[str, Any]]
