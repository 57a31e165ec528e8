"""The archive: all orders the book still keeps, open or over, to look through and to erase from.

There is one index of them, by the time they were placed. What is looked for is found by looking, some
hundreds of orders to a script: so a search costs as much as it looks at, and keeps nobody waiting long.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from orders.errors import NotFinished, OrderMovedOn, OrderNotFound
from orders.gateway import Gateway
from orders.model import Order
from orders.reading import readable
from orders.states import Status

SCAN = 200  # orders in one script, a few ms
SCANS_A_PAGE = 25  # then a page is answered as far as it has come
SCANS_IN_ALL = 500
CURSOR = r"[0-9]{1,15}\.[A-Za-z0-9_-]{1,64}"  # time and id of the order looked at last

Position = tuple[str, str]  # ms when placed, and id, of the order looked at last


class BadCursor(ValueError):
    """A cursor that none of our answers contained."""


@dataclass(frozen=True)
class Filter:
    """What is looked for: all of this together. What is `None`, or empty, is not asked about.

    `from_ms` ≤ time placed < `until_ms`, by Redis's clock.
    """

    statuses: frozenset[Status] = frozenset()
    from_ms: int | None = None
    until_ms: int | None = None
    reference: str | None = None
    sku: str | None = None

    def to_ask(self) -> dict[str, Any]:
        """As search.lua wants it."""
        ask = {
            "statuses": sorted(self.statuses) or None,
            "from_ms": self.from_ms,
            "until_ms": self.until_ms,
            "reference": self.reference,
            # As pydantic writes it. A quote within a note has a \ before it, so no note looks like that.
            "line": self.sku and f'"sku":{json.dumps(self.sku, ensure_ascii=False)},',
        }
        return {name: value for name, value in ask.items() if value is not None}


@dataclass(frozen=True)
class Page:
    """Some orders, those placed last first. `next` is the cursor of the page after; `None`: no more."""

    orders: tuple[Order, ...]
    next: str | None


class Archive:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def page(self, wanted: Filter, limit: int = 20, cursor: str | None = None) -> Page:
        """At most `limit` orders, from `cursor` on, the newest first.

        There may be fewer, or none, and yet a next page: when so many were looked at that the rest can
        wait for another question. Orders that come in between shift nothing. Raises BadCursor.
        """
        after = None if cursor is None else _read(cursor)
        orders, after = await self._look(wanted, limit, after, SCANS_A_PAGE)
        return Page(tuple(orders), after and _written(after))

    async def find(self, wanted: Filter, at_most: int) -> tuple[list[Order], bool]:
        """The newest orders that are wanted, and whether there may be more of them."""
        orders, after = await self._look(wanted, at_most + 1, None, SCANS_IN_ALL)
        return orders[:at_most], after is not None or len(orders) > at_most

    async def erase(self, order_id: str, *, after: int | None = None) -> None:
        """Keep nothing of an order that is over.

        `after`: how long its history was when the person looked, as with `OrderBook.set_status`.
        Raises OrderNotFound, OrderMovedOn, NotFinished.
        """
        ask = {"id": order_id} | ({} if after is None else {"after": after})
        outcome, told = await self._gateway.script("erase", ask)
        if outcome == "unknown":
            raise OrderNotFound(order_id)
        if outcome == "moved_on":
            raise OrderMovedOn(Order.parse(json.loads(told)))
        if outcome == "refused":
            raise NotFinished(Order.parse(json.loads(told)))

    async def _look(
        self, wanted: Filter, limit: int, after: Position | None, scans: int
    ) -> tuple[list[Order], Position | None]:
        """The orders found, and where to go on; `None` when all have been looked at."""
        ask, found = wanted.to_ask() | {"scan": SCAN}, list[Order]()
        for _ in range(scans):
            more = {"at_most": limit - len(found)} | ({"after": after} if after else {})
            rows, last = await self._gateway.script("search", ask | more)
            found += readable(rows)
            after = (last[0], last[1]) if last else None
            if after is None or len(found) == limit:
                break
        return found, after


def _written(after: Position) -> str:
    return ".".join(after)


def _read(cursor: str) -> Position:
    if re.fullmatch(CURSOR, cursor) is None:
        raise BadCursor("A cursor comes from the answer before, as `next`.")
    placed_ms, _, order_id = cursor.partition(".")
    return placed_ms, order_id
