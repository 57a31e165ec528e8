"""The change feed: what Redis publishes, and whether Redis is heard at all.

Redis's pub/sub forgets what nobody hears, and a half-open connection looks like a quiet one. So the
feed pings on its own subscription and, when the answer stays out, says so and subscribes afresh.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orders.board import Change, Ticket
from orders.errors import BookUnavailable
from orders.gateway import unavailable

if TYPE_CHECKING:
    from redis.asyncio.client import PubSub

    from orders.gateway import Gateway

PING_EVERY_S = 1.0
SILENCE_S = 2.0
BACKOFF_S = (0.05, 1.0)  # the first and the longest pause before another attempt


@dataclass(frozen=True, slots=True)
class Afresh:
    """Subscribed, or the data have begun a new life: whatever was known needs a new snapshot."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Something about this order changed that the board does not show."""

    order_id: str


@dataclass(frozen=True, slots=True)
class CrewChanged:
    """A cook has come on shift, or gone home."""


@dataclass(frozen=True, slots=True)
class MenuChanged:
    """An item is sold out, or to be had again."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Redis answered the ping with this mark, after everything it published before that."""

    mark: int


@dataclass(frozen=True, slots=True)
class Lost:
    """Redis is not heard any more; what is published now is missed."""


Event = Change | Afresh | Touched | CrewChanged | MenuChanged | Heard | Lost


class Feed:
    """One subscription that mends itself. Listen to it from one task only."""

    def __init__(self, gateway: Gateway, channel: str) -> None:
        self._gateway = gateway
        self._channel = channel
        self._mark = 0
        self._pinged_at = 0.0

    def mark(self) -> int:
        """Ask for an answer that comes after all that is published until Redis sees the question.

        Returns its mark; `Heard` with it, or a higher one, is the answer.
        """
        self._mark += 1
        self._pinged_at = 0.0
        return self._mark

    async def listen(self) -> AsyncGenerator[Event, None]:
        """What happens, for ever. An outage is an event (`Lost`, then `Afresh`), not an error."""
        pause_s = BACKOFF_S[0]
        while True:
            try:
                async with (
                    self._gateway.subscription(self._channel) as pubsub,
                    aclosing(self._hear(pubsub)) as events,
                ):
                    async for event in events:
                        pause_s = BACKOFF_S[0]
                        yield event
            except BookUnavailable:
                yield Lost()
            await asyncio.sleep(random.uniform(pause_s / 2, pause_s))  # noqa: S311 - jitter
            pause_s = min(pause_s * 2, BACKOFF_S[1])

    async def _hear(self, pubsub: PubSub) -> AsyncGenerator[Event, None]:
        heard_at = time.monotonic()
        while True:
            with unavailable():
                if time.monotonic() - self._pinged_at >= PING_EVERY_S:
                    self._pinged_at = time.monotonic()
                    await pubsub.ping(str(self._mark))
                message = await pubsub.get_message(timeout=PING_EVERY_S / 4)
            if message is not None:
                heard_at = time.monotonic()
                yield _event(message)
            elif time.monotonic() - heard_at > SILENCE_S:
                raise BookUnavailable("Redis does not answer on the subscription.")


def _event(message: dict[str, Any]) -> Event:
    if message["type"] == "pong":
        return Heard(int(message["data"]))
    if message["type"] != "message":  # subscribed, perhaps again after redis-py has reconnected
        return Afresh()
    data = json.loads(message["data"])
    if "met" in data:
        return Afresh()
    if "touched" in data:
        return Touched(data["touched"])
    if "crew" in data:
        return CrewChanged()
    if "menu" in data:
        return MenuChanged()
    tickets = {ticket["id"]: Ticket.parse(ticket) for ticket in data["tickets"]}
    return Change(data["epoch"], data["after"], data["version"], tickets)
