"""What a Prometheus asks for: the four golden signals, whichever web process it has met.

What happened to orders comes from the book, and every process tells its own numbers there, so it does
not matter who answers. How it is written is the business of `web/exposition.py`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from contextlib import suppress

from quart import Blueprint, Response, request

from orders.errors import BookUnavailable
from web.counter import counter
from web.scrape import Kitchen, Scrape
from web.staff import require_staff

metrics = Blueprint("metrics", __name__)

# By these a proxy tells that it has passed the request on.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


@metrics.get("/metrics")
async def show_metrics() -> Response:
    if not _asked_on_this_machine():
        await require_staff()
    scrape = await _scrape()
    text, content_type = await asyncio.to_thread(_write, scrape)  # the first time loads a library
    headers = {"Cache-Control": "no-store"}
    return Response(text, 200, headers=headers, content_type=content_type)


def _asked_on_this_machine() -> bool:
    """Whether a program on this machine asks by itself. A proxy that runs here asks for anybody, so a
    request that it has passed on does not count, also if nobody told us to believe that proxy.
    """
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        ip = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


async def _scrape() -> Scrape:
    """Without the book there is still this process to tell of."""
    here = counter()
    own = {here.vitals.process: here.vitals.report()}
    with suppress(BookUnavailable):
        book = here.book
        on_duty = await book.crew.on_duty()
        there = [json.loads(on_duty[name]) for name in here.hub.crew.on_shift if name in on_duty]
        kitchen = Kitchen(
            orders=await book.census.open_orders(),
            ever=await book.tally.ever(),
            processes=len(there),
            cooks=sum(int(beat.get("cooks", 1)) for beat in there),
        )
        return Scrape(kitchen, {**await book.census.reports(), **own})
    return Scrape(None, own)


def _write(scrape: Scrape) -> tuple[bytes, str]:
    from web.exposition import write

    return write(scrape)
