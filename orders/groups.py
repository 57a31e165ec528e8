"""Orders that belong together: a school class, an office's lunch. All of them are placed, or none.

Each is an order like any other, with a number and a slip of its own; the one key that a program sends
along stands for the whole group.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from orders.errors import IdempotencyKeyReused, KeyOfErased, NotOnTheMenu, TooManyWaiting
from orders.gateway import Gateway
from orders.intake import Intake, placed, under_key
from orders.model import Order, OrderRequest
from orders.states import Actor

MOST = 100  # a longer script would keep everybody else waiting


class Groups:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway, intake: Intake) -> None:
        self._gateway = gateway
        self._intake = intake

    async def place(
        self,
        requests: Sequence[OrderRequest],
        *,
        idempotency_key: str | None = None,
        by: Actor = Actor.CUSTOMER,
    ) -> list[Order]:
        """Take all of these orders, 1 to MOST, at once; they come back in the order asked.

        The same `idempotency_key` with the same requests returns the orders placed first, as they are
        now.

        Raises NotOnTheMenu with the `index` of the order that cannot be had, TooManyWaiting,
        IdempotencyKeyReused, KeyOfErased; then nothing was ordered.
        """
        wanted = [self._wanted(index, request, by) for index, request in enumerate(requests)]
        key = idempotency_key and under_key(_fingerprint(requests), idempotency_key)
        outcome, told = await self._gateway.script("place", {"orders": wanted, "group": key or {}})
        match outcome:
            case "placed":
                rows = zip(requests, wanted, told, strict=True)
                return [placed(request, one, *number) for request, one, number in rows]
            case "sold_out":
                raise NotOnTheMenu(told[0], sold_out=True, index=told[1])
            case "full":
                raise TooManyWaiting
            case "gone":
                raise KeyOfErased
        known = [Order.parse(json.loads(row)) for row in told]
        if outcome == "reused":
            raise IdempotencyKeyReused(known[0])
        return known

    def _wanted(self, index: int, request: OrderRequest, by: Actor) -> dict[str, object]:
        try:
            return self._intake.wanted(request, by)
        except NotOnTheMenu as error:
            raise NotOnTheMenu(error.sku, sold_out=error.sold_out, index=index) from None


def _fingerprint(requests: Sequence[OrderRequest]) -> str:
    """Another than that of a single order, also for a group of one."""
    each = ",".join(request.fingerprint() for request in requests)
    return hashlib.sha256(f"group of {each}".encode()).hexdigest()[:32]
