"""The display that everybody who sits looks at: the LED board's stream, read as a browser reads it."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

SILENCE_S = 12.0  # two heartbeats and some
PAUSE_S = 0.3

Tickets = list[dict[str, Any]]


async def watch_board(
    client: httpx.AsyncClient, see: Callable[[Tickets, bool], None], staff: dict[str, str]
) -> None:
    """Tell `see` what the board shows, for ever: tickets, and whether they are all of it. After a cut it
    begins with all of it again.
    """
    import httpx

    while True:
        limits = httpx.Timeout(5, read=SILENCE_S)
        try:
            async with client.stream(
                "GET", "/board/events", timeout=limits, headers=staff | {"User-Agent": "display"}
            ) as response:
                block: list[str] = []
                async for line in response.aiter_lines():
                    if line:
                        block.append(line)
                    else:
                        _show(block, see)
                        block.clear()
        except httpx.TransportError:
            pass
        await asyncio.sleep(PAUSE_S * random.uniform(0.5, 1.5))  # noqa: S311 - jitter


def _show(block: Iterable[str], see: Callable[[Tickets, bool], None]) -> None:
    """Pass on a snapshot or a change; any other event shows no tickets."""
    fields = dict(line.split(": ", 1) for line in block if ": " in line)
    if (event := fields.get("event")) in {"snapshot", "change"}:
        see(json.loads(fields["data"])["tickets"], event == "snapshot")
