"""The census: how many orders are what at this moment, and how each web process is.

What has happened since is the business of `orders/tally.py`. A web process reports every few seconds
while something happens there, and once a minute anyway; so whichever process is asked knows of all.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orders.gateway import Gateway
from orders.keys import Keys
from orders.states import ON_THE_BOARD, Status
from orders.wire import pairs

# A ticket as the scripts write it; reading thousands of them as JSON would take ten times as long.
TICKET = re.compile(r'"status":"([A-Z]+)","since_ms":(\d+)')

KEPT_MS = 150_000  # a process that has said nothing for so long is gone


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """Those of one moment. `oldest_wait_ms` is 0 when none waits for the crew."""

    by_status: Mapping[Status, int]
    waiting: int
    oldest_wait_ms: int


class Census:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway, keys: Keys) -> None:
        self._gateway = gateway
        self._keys = keys

    async def open_orders(self) -> OpenOrders:
        """Count what is on the board now."""
        (seconds, microseconds), tickets = await self._gateway.together(
            ("TIME",), ("HVALS", self._keys.board)
        )
        now_ms = int(seconds) * 1000 + int(microseconds) // 1000
        found = [match.groups() for match in map(TICKET.search, tickets) if match]
        counted = Counter(status for status, _ in found)
        waits = [int(since) for status, since in found if status in (Status.PENDING, Status.RETRY)]
        return OpenOrders(
            by_status={status: counted[status] for status in Status if status in ON_THE_BOARD},
            waiting=len(waits),
            oldest_wait_ms=max(0, now_ms - min(waits, default=now_ms)),
        )

    async def report(
        self,
        process: str,
        number: int,
        report: Mapping[str, Any] | None,
        counts: Mapping[str, int],
    ) -> None:
        """A web process tells how it is, and adds what it has counted itself to the tally.

        `number` grows with each report, so that one sent again is not counted again. `report` is
        `None` when the process closes.
        """
        ask = {"process": process, "number": number, "counts": dict(counts), "kept_ms": KEPT_MS}
        told = {} if report is None else {"report": json.dumps(report)}
        await self._gateway.script("count", ask | told)

    async def reports(self) -> dict[str, dict[str, Any]]:
        """The last report of every web process that is there, by its name."""
        (seconds, _), reports = await self._gateway.together(("TIME",), ("HGETALL", self._keys.web))
        rows = {process: text.split(" ", 2) for process, text in pairs(reports).items()}
        since_ms = int(seconds) * 1000 - KEPT_MS
        return {name: json.loads(row[2]) for name, row in rows.items() if int(row[0]) >= since_ms}
