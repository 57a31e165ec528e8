"""One status for many orders. Each is a move alone, so one that is refused keeps back no other; the book
sends them to Redis by the dozen.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from orders.book import OrderBook
from orders.errors import BookUnavailable, OrderMovedOn, OrderNotFound, TransitionRefused
from orders.model import Order
from orders.states import Actor, sources
from web.schemas import MOST_AT_ONCE, BulkRequest

OUTCOMES = ("moved", "unchanged", "refused", "unknown", "unavailable")


async def change(book: OrderBook, wanted: BulkRequest) -> dict[str, Any]:
    """Set the status, or with `dry_run` only look, and tell what became of each (`BulkAnswer`).

    Raises BookUnavailable while nothing has been done yet.
    """
    orders, more = await _chosen(book, wanted)
    one = _foresee if wanted.dry_run else _set
    told = await asyncio.gather(
        *(one(book, order_id, order, wanted) for order_id, order in orders.items())
    )
    counted = Counter(each["outcome"] for each in told)
    return {
        "status": wanted.status,
        "dry_run": wanted.dry_run,
        "counts": {outcome: counted[outcome] for outcome in OUTCOMES},
        "more": more,
        "orders": told,
    }


async def _chosen(book: OrderBook, wanted: BulkRequest) -> tuple[dict[str, Order | None], bool]:
    """The orders by id, `None` for an id that is nobody's; and whether there are more of them."""
    if wanted.ids:
        known = await book.orders(list(dict.fromkeys(wanted.ids)))
        return {order_id: known.get(order_id) for order_id in wanted.ids}, False
    found, more = await book.archive.find(wanted.filter.filter, MOST_AT_ONCE)
    return {order.id: order for order in found}, more


async def _foresee(
    _book: OrderBook, order_id: str, order: Order | None, wanted: BulkRequest
) -> dict[str, Any]:
    """What would become of it, as far as its status tells: a recall may come too late all the same."""
    if order is None:
        return _told(order_id, None, "unknown")
    if order.status is wanted.status:
        return _told(order_id, order, "unchanged")
    possible = order.status in sources(wanted.status, Actor.STAFF, wanted.said)
    return _told(order_id, order, "moved" if possible else "refused")


async def _set(
    book: OrderBook, order_id: str, order: Order | None, wanted: BulkRequest
) -> dict[str, Any]:
    if order is None:
        return _told(order_id, None, "unknown")
    if order.status is wanted.status:
        return _told(order_id, order, "unchanged")
    try:
        moved = await book.set_status(order_id, wanted.status, Actor.STAFF, wanted.said)
    except (TransitionRefused, OrderMovedOn) as error:
        return _told(order_id, error.order, "refused")
    except OrderNotFound:
        return _told(order_id, None, "unknown")
    except BookUnavailable:
        return _told(order_id, None, "unavailable") | {"reference": order.reference}
    return _told(order_id, moved, "moved")


def _told(order_id: str, order: Order | None, outcome: str) -> dict[str, Any]:
    reference, status = (order.reference, order.status) if order else (None, None)
    return {"id": order_id, "reference": reference, "status": status, "outcome": outcome}
