"""Sending web hooks: the errand `send_hook`, one for each delivery.

Signed by the Standard Webhooks specification (https://www.standardwebhooks.com): the id stays the same
in every attempt, so that a receiver can tell what it has had; time and signature are the attempt's.
Neither the secret nor the address is ever logged: an address may carry a password.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from arq import Retry

from kitchen.receiver import PrivateReceiver, address_of
from orders import logs
from orders.book import OrderBook
from orders.hooks import Attempt, Delivery, State
from orders.settings import Settings
from orders.version import version

log = logging.getLogger("kitchen")

ANSWER_WITHIN_S = 10.0
GONE = 410
LONGEST_REST = 60  # pauses before the second attempt: 5 min


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended, and what that makes of the delivery. `silent`: nobody answered."""

    outcome: str
    state: State
    silent: bool = False


class Post:
    """The way to the receiver. Its connections are made when there is something to send.

    A receiver that does not answer holds up an errand's slot for ten seconds. So that it does not hold
    up all of them, it is left in peace for a while then, and for longer each time; what falls due
    meanwhile waits, and that counts as no attempt.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None
        self._silences = 0
        self._rests_until = 0.0

    @property
    def rests_s(self) -> float:
        """For how long nothing is sent."""
        return max(0.0, self._rests_until - time.monotonic())

    async def send(self, delivery: Delivery) -> tuple[Attempt, State]:
        """One attempt."""
        at_ms, began = int(time.time() * 1000), time.monotonic()
        ending = await self._try(delivery)
        self._learn(silent=ending.silent)
        took_ms = int((time.monotonic() - began) * 1000)
        return Attempt(at_ms, took_ms, ending.outcome), ending.state

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _try(self, delivery: Delivery) -> Ending:
        import httpx

        if self._settings.hook_url is None:
            return Ending("no address is set in this kitchen", "failed")
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                status = await self._answer_to(httpx.URL(self._settings.hook_url), delivery)
        except PrivateReceiver:
            return Ending("a private address, which is not allowed", "failed")
        except TimeoutError:
            return Ending("timeout", "waiting", silent=True)
        except (httpx.HTTPError, OSError) as error:
            return Ending(type(error).__name__, "waiting", silent=True)
        if status == GONE:
            return Ending(str(status), "gone")
        return Ending(str(status), "delivered" if 200 <= status < 300 else "waiting")  # noqa: PLR2004

    async def _answer_to(self, url: Any, delivery: Delivery) -> int:
        """The receiver's status. Redirects are not followed: they would lead past what was judged."""
        import httpx

        host = url.raw_host.decode()
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await address_of(host, port, private=self._settings.hook_private)
        if self._client is None:
            logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log the address
            self._client = httpx.AsyncClient(timeout=ANSWER_WITHIN_S, trust_env=False)
        body = delivery.body()
        headers = {**self._signed(delivery.id, body), "Host": url.netloc.decode()}
        async with self._client.stream(
            "POST",
            url.copy_with(host=address),
            content=body.encode(),
            headers=headers,
            extensions={"sni_hostname": host},  # and by this name the certificate is checked
        ) as response:  # what it says beyond its status nobody reads
            return int(response.status_code)

    def _signed(self, delivery_id: str, body: str) -> dict[str, str]:
        from standardwebhooks import Webhook

        now = datetime.now(UTC)
        signature = Webhook(self._settings.hook_secret or "").sign(delivery_id, now, body)
        return {
            "Content-Type": "application/json",
            "User-Agent": f"order-up/{version()}",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }

    def _learn(self, *, silent: bool) -> None:
        """How long it is left in peace from now on."""
        if not silent:
            self._silences, self._rests_until = 0, 0.0
        elif not self.rests_s:  # of several at the same time one counts
            rest = min(2**self._silences, LONGEST_REST) * self._settings.hook_retry_s
            self._silences = min(self._silences + 1, 10)
            self._rests_until = time.monotonic() + rest


async def send_hook(ctx: dict[str, Any], delivery_id: str) -> None:
    """Make one attempt at a delivery. Raises Retry: arq brings it again when the next one is due."""
    book: OrderBook = ctx["book"]
    post: Post = ctx["post"]
    delivery = await book.hooks.find(delivery_id)
    if delivery is None or delivery.state != "waiting":
        return
    logs.order_id.set(delivery.order.id)
    if post.rests_s:
        raise Retry(defer=post.rests_s * random.uniform(1, 1.2))  # noqa: S311 - jitter
    attempt, state = await post.send(delivery)
    pause_s = await book.hooks.settle(delivery, attempt, state)
    if pause_s is not None:
        log.info("%s: %s; again in %.0f s", delivery_id, attempt.outcome, pause_s)
        raise Retry(defer=pause_s)
    if state != "delivered":
        log.warning("%s is given up: %s", delivery_id, attempt.outcome)
