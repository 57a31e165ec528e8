"""What is kept no longer.

A finished order leaves by itself after the time that was set when it was finished (an expiry in
Redis). The clean-up looks for what stays all the same: because less is kept now than then, or because
the list of all orders still names what is gone.
"""

from __future__ import annotations

from dataclasses import dataclass

from orders.gateway import Gateway
from orders.settings import Settings

PAGE = 100  # in one script; a longer one would keep everybody else waiting


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How many orders were erased, and how many entries named no order any more."""

    orders: int
    entries: int


class Retention:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway, settings: Settings) -> None:
        self._gateway = gateway
        self._settings = settings

    async def clean_up(self, now_ms: int) -> Cleaned:
        """Erase the finished orders that are kept no longer. Open ones stay, however old."""
        before_ms = now_ms - self._settings.kept_s * 1000
        skip = orders = entries = 0
        while True:
            ask = {"before_ms": before_ms, "skip": skip, "at_most": PAGE}
            looked, left, erased, empty = await self._gateway.script("cleanup", ask)
            skip, orders, entries = skip + left, orders + erased, entries + empty
            if looked < PAGE:
                return Cleaned(orders, entries)
