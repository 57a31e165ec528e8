"""The search form of the office: what its fields say, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import quote, urlencode

from orders.archive import Filter, Page
from orders.book import OrderBook
from orders.errors import OrderNotFound
from orders.states import ON_THE_BOARD, Status

PAGE = 25
OPEN = "open"  # all that are not over
LONGEST = 64
WRONG = (ValueError, OverflowError)  # what a search raises that cannot be


@dataclass(frozen=True)
class Search:
    """The fields as they were sent; an empty one asks for nothing.

    `text` is an order's number or its id, `since` and `until` are as a browser's `datetime-local` writes
    them, in the time zone of the business day.
    """

    text: str = ""
    status: str = ""
    sku: str = ""
    since: str = ""
    until: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Search:
        names = cls.__dataclass_fields__
        return cls(**{name: fields.get(name, "").strip()[:LONGEST] for name in names})

    def filter(self, zone: tzinfo) -> Filter:
        """Raises ValueError for a status or a time that is none."""
        statuses = (
            frozenset({Status(self.status)}) if self.status not in {"", OPEN} else frozenset()
        )
        return Filter(
            statuses=ON_THE_BOARD if self.status == OPEN else statuses,
            from_ms=_ms(self.since, zone),
            until_ms=_ms(self.until, zone),
            reference=self.text if self._is_number else None,
            sku=self.sku or None,
        )

    async def find(self, book: OrderBook, zone: tzinfo) -> Page:
        """A page of what is looked for. Raises ValueError, BookUnavailable."""
        if self.text and not self._is_number:
            try:
                return Page((await book.order(self.text),), None)
            except OrderNotFound:
                return Page((), None)
        return await book.archive.page(self.filter(zone), PAGE, self.cursor or None)

    def api_path(self, zone: tzinfo) -> str:
        """Where a program asks for the same page. Raises ValueError."""
        if self.text and not self._is_number:
            return f"/api/orders/{quote(self.text, safe='')}"
        wanted = (self.api_filter(zone) or {}) | {"limit": PAGE, "cursor": self.cursor}
        return "/api/orders?" + urlencode({k: v for k, v in wanted.items() if v}, doseq=True)

    def api_filter(self, zone: tzinfo) -> dict[str, Any] | None:
        """The same as the API's filter, as far as something is asked; `None` when one order is asked
        for by its id. Raises ValueError.
        """
        if self.text and not self._is_number:
            return None
        wanted = self.filter(zone)
        asked = {
            "status": sorted(wanted.statuses),
            "from": wanted.from_ms,
            "until": wanted.until_ms,
            "reference": wanted.reference,
            "sku": wanted.sku,
        }
        return {name: value for name, value in asked.items() if value}

    def query(self, cursor: str | None = None) -> dict[str, str]:
        """The fields of the same search, on the page that begins at `cursor`."""
        names = ("text", "status", "sku", "since", "until")
        asked = {name: getattr(self, name) for name in names} | {"cursor": cursor or ""}
        return {name: value for name, value in asked.items() if value}

    @property
    def _is_number(self) -> bool:
        return self.text.isascii() and self.text.isdigit()


def _ms(text: str, zone: tzinfo) -> int | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)
