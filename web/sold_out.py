"""What is sold out, as it is told to the customers' screens. It knows the wire format, not Redis."""

from __future__ import annotations

from collections.abc import Callable

from web import sse
from web.broadcast import Broadcast


class SoldOut:
    """The list for any number of viewers. `blind_frame` says that it is old, when it is."""

    def __init__(self, blind_frame: Callable[[], bytes]) -> None:
        self.skus: frozenset[str] = frozenset()
        self.broadcast = Broadcast(lambda: self._frame() + blind_frame())

    def change(self, skus: frozenset[str]) -> None:
        """Tell the viewers, if it is news."""
        if skus != self.skus:
            self.replace(skus)

    def replace(self, skus: frozenset[str]) -> None:
        """Tell the viewers in any case: it ends their blindness."""
        self.skus = skus
        self.broadcast.send(self._frame())

    def _frame(self) -> bytes:
        return sse.event("menu", {"sold_out": sorted(self.skus)})
