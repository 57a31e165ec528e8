"""Customers at the two counters: each is a real HTTP request, and takes the time with its own watch.

A customer orders at both counters at the same moment, the same dish. In the first restaurant the answer
to the request is the meal. In the second it is a number; then he sits down and looks at the board, which
one stream shows to all of them.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import httpx

Side = Literal["one", "queue"]
Place = Literal["line", "pot", "seat", "ready", "ate", "gave-up", "failed", "lost"]
OVER: frozenset[Place] = frozenset({"ate", "gave-up", "failed", "lost"})
PAUSE_S = 0.3  # between two attempts to reach a server that is away, more or less


@dataclass
class Visit:
    """One customer at one counter. What has a time has happened: seconds since he came."""

    number: int
    side: Side
    sku: str
    came: float = field(default_factory=time.monotonic)
    place: Place = "line"
    cashier_s: float | None = None  # until the cashier was free for him
    number_s: float | None = None  # until he had a number in his hand
    eat_s: float | None = None
    left: float | None = None
    patient_until: float = float("inf")  # on the clock of the play
    noted: bool = False  # in the figures
    reference: str | None = None
    order_id: str | None = None
    task: asyncio.Task[None] | None = None
    called: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        return self.place in OVER

    @property
    def may_fetch(self) -> bool:
        return self.place == "ready"

    def end(self, place: Place) -> None:
        if not self.over:
            self.place, self.left = place, time.monotonic()

    def eat(self) -> None:
        self.eat_s = time.monotonic() - self.came
        self.end("ate")

    @property
    def headers(self) -> dict[str, str]:
        """How the access log knows him."""
        return {"User-Agent": f"customer/{self.number} ({self.side})"}

    @property
    def order(self) -> dict[str, Any]:
        return {"items": [{"sku": self.sku, "quantity": 1}]}


async def stand_at_one_counter(visit: Visit, client: httpx.AsyncClient) -> None:
    """The first restaurant: what the answer says is the meal."""
    import httpx

    headers = visit.headers | {"X-Customer": str(visit.number)}
    try:
        answer = await client.post("/workshop/counter", json=visit.order, headers=headers)
    except httpx.TransportError:
        visit.end("lost")  # the line was in that process; nobody there knows of him any more
        return
    if answer.status_code == HTTPStatus.OK:
        visit.cashier_s = answer.json()["waited_ms"] / 1000
        visit.eat()
    else:
        visit.end("failed")


async def take_a_number(
    visit: Visit, client: httpx.AsyncClient, staff: dict[str, str], tell: Callable[[Visit], None]
) -> None:
    """The second restaurant: a number at once, and a seat; `tell` hears when he has it. Whoever does not
    hear the answer asks again with the same key, and cannot order twice.
    """
    headers = visit.headers | {"Idempotency-Key": secrets.token_urlsafe(12)}
    answer = await _until_answered(
        lambda: client.post("/api/orders", json=visit.order, headers=headers)
    )
    if answer.status_code != HTTPStatus.CREATED:
        visit.end("failed")
        return
    order = answer.json()
    visit.cashier_s = visit.number_s = time.monotonic() - visit.came
    visit.reference, visit.order_id, visit.place = order["reference"], order["id"], "seat"
    tell(visit)
    await visit.called.wait()  # the board shows his number as ready, or as failed, or no more
    if visit.may_fetch:
        visit.eat()
        await put_status(client, visit, "COLLECTED", staff)
    else:
        visit.end("failed")
        await put_status(client, visit, "REVOKED", staff)


async def walk_out(visit: Visit, client: httpx.AsyncClient, staff: dict[str, str]) -> None:
    """He has lost his patience; what he ordered need not be cooked."""
    if visit.task is not None:
        visit.task.cancel()
    visit.end("gave-up")
    if visit.order_id is not None:
        await put_status(client, visit, "REVOKED", staff)


async def put_status(
    client: httpx.AsyncClient, visit: Visit, status: str, staff: dict[str, str]
) -> None:
    """What the staff at the counter do when a customer has come, or has gone."""
    path = f"/api/orders/{visit.order_id}/status"
    headers = visit.headers | staff
    await _until_answered(lambda: client.put(path, json={"status": status}, headers=headers))


async def choose_crew(
    client: httpx.AsyncClient, staff: dict[str, str], people: Callable[[], bool]
) -> None:
    """What the office does when people are to cook instead of robots, or robots again. `people` is asked
    at each try, and until what was said last still holds: one request after the other, so that an
    older wish cannot come in behind.
    """
    said: bool | None = None

    async def say() -> httpx.Response:
        nonlocal said
        said = people()
        mode = {"mode": "people" if said else "robots"}
        return await client.put("/api/kitchen", json=mode, headers=staff)

    while said != people():
        await _until_answered(say)


async def _until_answered(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Ask until a server answers and does not say that it cannot at present."""
    import httpx

    while True:
        try:
            answer = await ask()
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code not in {
            HTTPStatus.SERVICE_UNAVAILABLE,
            HTTPStatus.TOO_MANY_REQUESTS,
        }:
            return answer
        await asyncio.sleep(PAUSE_S * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
