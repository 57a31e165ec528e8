"""What is sold out and what is special, as the customers' screens are told.

It knows the wire format, not Redis.
"""

from __future__ import annotations

from collections.abc import Callable

from web import sse
from web.broadcast import Broadcast


class Offer:
    """Both for any number of viewers. `blind_frame` says that it is old, when it is."""

    def __init__(self, blind_frame: Callable[[], bytes]) -> None:
        self.sold_out: frozenset[str] = frozenset()
        self._special: str | None = None  # as told; by now its day may be over
        self.broadcast = Broadcast(lambda: self._frame() + blind_frame())

    def change(self, sold_out: frozenset[str], special: str | None) -> None:
        """Tell the viewers, if it is news."""
        if (sold_out, special) != (self.sold_out, self._special):
            self.sold_out, self._special = sold_out, special
            self.tell()

    def tell(self) -> None:
        """Tell the viewers in any case: it ends their blindness."""
        self.broadcast.send(self._frame())

    def _frame(self) -> bytes:
        menu = {"sold_out": sorted(self.sold_out), "special": self._special}
        return sse.event("menu", menu)
