"""The columns of the LED board as the page is first written: which numbers, on which page.

What JavaScript makes of the same column afterwards is in static/js/led-column.js.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

from orders.board import Ticket

PAGE_S = 5.0  # how often a page without JavaScript loads itself again
CALLED = 8


@dataclass(frozen=True)
class Column:
    """What one list shows now; `more` are on its other pages."""

    tickets: list[Ticket]
    more: int
    page: int
    pages: int


def page_of(tickets: list[Ticket], room: int) -> Column:
    """The page whose turn it is. Each is a full one, or its numbers would be larger than on others."""
    if len(tickets) <= room:
        return Column(tickets, 0, 1, 1)
    size = room - 1  # the last place says how many there are besides
    pages = -(-len(tickets) // size)
    page = int(time.time() / PAGE_S) % pages
    start = min(page * size, len(tickets) - size)
    return Column(tickets[start : start + size], len(tickets) - size, page + 1, pages)


def by_reference(tickets: Collection[Ticket], *statuses: str) -> list[Ticket]:
    found = [ticket for ticket in tickets if ticket.status in statuses]
    return sorted(found, key=lambda ticket: int(ticket.reference))


def as_they_came(tickets: Collection[Ticket], status: str) -> list[Ticket]:
    found = [ticket for ticket in tickets if ticket.status == status]
    return sorted(found, key=lambda ticket: (ticket.since_ms, int(ticket.reference)))
