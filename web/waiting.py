"""Waiting for an order's next change: polling's better sister.

Who waits sits among the viewers of the order's stream, on a seat like theirs, and is woken by the same
frames. So waiting asks nothing of Redis; only what is answered in the end is read from the book.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress

from quart import request

from orders.model import Order
from web import sse
from web.counter import counter
from web.problem import NoSeat

ORDER, BLIND, FULL = (f"event: {name}\n".encode() for name in ("order", "blind", "full"))


async def next_state(known: Order, wait_s: float) -> Order:
    """The order when something has become of it since it was as `known`.

    Or as it is after `wait_s`, or at once when nobody here can tell any more: Redis is not heard, or the
    counter closes. Raises NoSeat, OrderNotFound, BookUnavailable.
    """
    here = counter()
    before = _last_order(sse.event("order", known.to_json()))
    frames = here.seats.seated(request.remote_addr or "", here.hub.follow(known.id))
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s), aclosing(frames):
            async for frame in frames:
                if FULL in frame:
                    raise NoSeat
                if BLIND in frame:
                    break
                if _last_order(frame) in {b"", before}:
                    continue  # what others are told: a heartbeat, its place in the line
                order = await here.book.order(known.id)
                if order != known:  # else the frame is older than what we know
                    return order
    return await here.book.order(known.id)


def _last_order(frame: bytes) -> bytes:
    """The last `order` event in what is sent at once; empty if there is none."""
    return frame.rpartition(ORDER)[2].partition(b"\n")[0] if ORDER in frame else b""
