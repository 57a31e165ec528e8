"""What may be read in the order book by anyone who knows what to ask for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import cast

from orders.board import Snapshot, Ticket
from orders.errors import BookBroken, OrderNotFound
from orders.feed import Feed
from orders.gateway import Gateway
from orders.keys import Keys
from orders.model import Order
from orders.wire import pairs


class Reading:
    """The readers' part of the book. Every method raises BookUnavailable while Redis is away."""

    keys: Keys
    _gateway: Gateway

    async def order(self, order_id: str) -> Order:
        """The order as it is now. Raises OrderNotFound, BookBroken."""
        [row] = await self._gateway.script("read", {"ids": [order_id]})
        if not row:
            raise OrderNotFound(order_id)
        return read(row)

    async def orders(self, ids: Sequence[str]) -> dict[str, Order]:
        """Those of these orders that exist, by id; one round trip. Damaged ones are left out."""
        rows = await self._gateway.script("read", {"ids": list(ids)}) if ids else []
        return {order.id: order for order in readable(filter(None, rows))}

    async def snapshot(self) -> Snapshot:
        """The whole board, its epoch and version, all of one moment."""
        epoch, version, board = await self._gateway.together(
            ("GET", self.keys.epoch), ("GET", self.keys.version), ("HGETALL", self.keys.board)
        )
        tickets = {i: Ticket.parse(json.loads(text)) for i, text in pairs(board).items()}
        return Snapshot(epoch or "none", int(version or 0), tickets)

    async def last_placed(self, at_most: int) -> list[Order]:
        """The orders placed last, whatever has become of them, the newest first."""
        ids = await self._gateway.command("ZRANGE", self.keys.placed, 0, at_most - 1, "REV")
        return list((await self.orders(ids)).values())

    async def last_collected(self, at_most: int) -> list[str]:
        """The ids of the orders collected last that may still be recalled, newest first."""
        ids = await self._gateway.command("ZRANGE", self.keys.collected, 0, at_most - 1, "REV")
        return cast("list[str]", ids)

    async def where(self) -> tuple[str, int]:
        """The board's epoch and version alone, to compare with one's own."""
        epoch, version = await self._gateway.command("MGET", self.keys.epoch, self.keys.version)
        return epoch or "none", int(version or 0)

    def feed(self) -> Feed:
        """A new subscription to the changes; nothing is heard until it is listened to."""
        return Feed(self._gateway, self.keys.changes)


def readable(rows: Iterable[str]) -> Iterator[Order]:
    """The orders of these rows. One that somebody has damaged hides no others."""
    for row in rows:
        with suppress(BookBroken):
            yield read(row)


def read(row: str) -> Order:
    """An order as the scripts tell it. Raises BookBroken, with nothing in it that a customer wrote."""
    try:
        return Order.parse(json.loads(row))
    except (ValueError, KeyError, TypeError) as error:
        raise BookBroken(f"an order was damaged: {type(error).__name__}") from None
