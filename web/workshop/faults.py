"""What can break in the play, for real, and the count afterwards of what was lost.

A number is lost when the counter does not know the order any more that its customer was given it for.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from orders.states import Status
from orders.valkey import PrivateValkey
from web.workshop.cooks import Cooks, kill_process
from web.workshop.show import Show

if TYPE_CHECKING:
    import httpx

BACK_AFTER_S = 30.0  # Redis is put back then, whatever the presenter does
COUNT_WITHIN_S = 40.0
PAUSE_S = 0.3

log = logging.getLogger("workshop")


class Faults:
    """`tell` hears in words what happened. `web_pid` gives the present web server's process id."""

    def __init__(
        self,
        show: Show,
        cooks: Cooks,
        valkey: PrivateValkey,
        *,
        staff: dict[str, str],
        web_pid: Callable[[], int | None],
        tell: Callable[[str], None],
    ) -> None:
        self.redis_is_out = False
        self.counted: dict[str, Any] | None = None  # after the last fault
        self._show, self._cooks, self._valkey = show, cooks, valkey
        self._staff, self._web_pid, self._tell = staff, web_pid, tell
        self._back = asyncio.Event()
        self._going_on: set[str] = set()

    async def happen(self, name: str, client: httpx.AsyncClient) -> None:
        """Let it happen, wait until it is over, and count. The play goes on whatever goes wrong."""
        self._show.touch()
        if name == "redis-back":
            self._back.set()
            return
        if name in self._going_on:
            self._tell("Wait: what you broke is not over, or is being counted.")
            return
        self._going_on.add(name)
        try:
            await self._break(name, client)
        except Exception:
            log.exception("the fault went wrong: %s", name)
            self.counted = None
            self._tell("What was lost could not be counted.")
        finally:
            self._going_on.discard(name)

    async def _break(self, name: str, client: httpx.AsyncClient) -> None:
        in_hands = await self._numbers_in_hands(client)
        lost_in_line = self._lost_in_line()
        what = {
            "cook": self._kill_a_cook,
            "redis": self._pull_out_redis,
            "web": self._restart_web,
        }
        if name not in what or not await what[name](client):
            return
        self.counted = {"fault": name, "numbers": len(in_hands), "there": None, "in_line": None}
        there = await self._still_known(in_hands, client)
        self.counted = {
            "fault": name,
            "numbers": len(in_hands),
            "there": there,
            "in_line": self._lost_in_line() - lost_in_line,
        }

    async def _kill_a_cook(self, client: httpx.AsyncClient) -> bool:
        """In the middle of an order, whoever placed it."""
        started = await self._listed(client, Status.STARTED)
        if started is None:
            self._tell("The counter cannot say at present who has an order in hand. Try again.")
            return False
        for order in started:
            if pid := self._cooks.kill(order["cook"] or ""):
                self._tell(f"Process {pid} was killed with number {order['reference']} in the pot.")
                return True
        self._tell("No cook has an order in hand. Let customers in, and try again.")
        return False

    async def _pull_out_redis(self, _client: httpx.AsyncClient) -> bool:
        self._back.clear()
        self.redis_is_out = True
        self._valkey.pull_out()
        self._tell(f"Redis was killed; its port refuses. It is put back within {BACK_AFTER_S:g} s.")
        try:
            async with asyncio.timeout(BACK_AFTER_S):
                await self._back.wait()
        except TimeoutError:
            pass
        finally:
            self._valkey.put_back()
            self.redis_is_out = False
        self._tell("Redis is put back, on the file that it had written.")
        return True

    async def _restart_web(self, _client: httpx.AsyncClient) -> bool:
        pid = self._web_pid()
        if pid is None or not kill_process(pid):
            self._tell("The web server is dead already; another one starts.")
            return False
        self._tell(f"The web server, process {pid}, was killed; another one starts.")
        return True

    async def _numbers_in_hands(self, client: httpx.AsyncClient) -> set[str]:
        """The orders of the play's customers, and of those in the hall who still wait for a meal."""
        visits = self._show.visits["queue"]
        waiting = await self._listed(client, Status.PENDING, Status.STARTED, Status.RETRY)
        ours = {visit.order_id for visit in visits if visit.order_id and not visit.over}
        return ours | {order["id"] for order in waiting or ()}

    async def _listed(
        self, client: httpx.AsyncClient, *states: Status
    ) -> list[dict[str, Any]] | None:
        """The latest hundred orders in these states; None while the counter cannot say."""
        import httpx

        try:
            asked = {"status": ",".join(states), "limit": "100"}
            answer = await client.get("/api/orders", params=asked, headers=self._staff, timeout=2)
        except httpx.TransportError:
            return None
        return list(answer.json()["orders"]) if answer.status_code == HTTPStatus.OK else None

    def _lost_in_line(self) -> int:
        return self._show.figures["one"].ended["lost"]

    async def _still_known(self, ids: set[str], client: httpx.AsyncClient) -> int:
        """So many of these orders the counter knows, asked one by one as their customers would."""
        async with asyncio.timeout(COUNT_WITHIN_S):
            return sum([await self._is_known(order_id, client) for order_id in ids])

    async def _is_known(self, order_id: str, client: httpx.AsyncClient) -> bool:
        import httpx

        while True:
            try:
                answer = await client.get(f"/api/orders/{order_id}", headers=self._staff)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
                return answer.status_code == HTTPStatus.OK
            await asyncio.sleep(PAUSE_S * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
