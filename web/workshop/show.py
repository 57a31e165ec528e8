"""The play: customers come at the rate that is set, order at both counters, eat, or lose their patience.

It knows the two counters by HTTP alone, like any customer, and the display by its stream.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orders.directions import Directions, give
from orders.states import FINISHED
from web.workshop.board import Tickets, watch_board
from web.workshop.controls import RUSH, Controls, changed
from web.workshop.figures import Figures
from web.workshop.visits import Side, Visit, stand_at_one_counter, take_a_number, walk_out
from web.workshop.xray import Xray

if TYPE_CHECKING:
    import httpx

TICK_S = 0.1
HALL_AT_MOST = 36  # customers at one counter; who comes then turns round in the door
PATIENCE_S = 75.0  # of the play
AFTERGLOW_S = 2.5  # so long somebody who leaves can be seen
ALONE_S = 600.0  # customers come no more when nobody has touched a control for so long
PREPARING = {"PENDING", "STARTED", "RETRY"}
SIDES: tuple[Side, Side] = ("one", "queue")


class Show:
    """`staff`: the header that makes a request the staff's. `script`: the file of the directions."""

    def __init__(self, staff: dict[str, str], script: Path, xray: Xray) -> None:
        self.controls = Controls()
        self.visits: dict[Side, list[Visit]] = {"one": [], "queue": []}
        self.stopped_alone = False
        self._staff = staff
        self._script = script
        self._xray = xray
        self.figures = {side: Figures(side) for side in SIDES}
        self._clock = 0.0
        self._next_comes = 0.0
        self._rushing = 0
        self._touched = time.monotonic()
        self._served: int | None = None
        self._display: dict[str, str] = {}
        self._last_number = 0

    def direct(self, wanted: Mapping[str, Any]) -> None:
        """Set controls. Raises NoSuchControl. What was measured at another speed is another story."""
        before, self.controls = self.controls, changed(self.controls, wanted)
        self.touch()
        c = self.controls
        give(self._script, Directions(c.speed, c.paused, c.slow_fryer, c.failing))
        if c.speed != before.speed:
            self.begin_afresh()
        if c.doors_open and not before.doors_open:
            self._next_comes = self._clock

    def touch(self) -> None:
        """Somebody is at the controls."""
        self._touched, self.stopped_alone = time.monotonic(), False

    def rush(self) -> None:
        """A bus has stopped in front of the door."""
        self.touch()
        self._rushing = RUSH

    def reset(self, client: httpx.AsyncClient, going: asyncio.TaskGroup) -> None:
        """Send everybody home, and measure afresh."""
        self.touch()
        self._rushing = 0
        for visit in self._present("one") + self._present("queue"):
            going.create_task(walk_out(visit, client, self._staff))
        self.forget()
        self.begin_afresh()

    def forget(self) -> None:
        """Nobody is there any more."""
        self.visits = {"one": [], "queue": []}

    def begin_afresh(self) -> None:
        self.figures = {side: Figures(side) for side in SIDES}

    def serving(self, customer: str | None) -> None:
        """The first restaurant's cashier has turned to this customer."""
        self._served = int(customer) if customer and customer.isdecimal() else None

    async def play(self, client: httpx.AsyncClient, going: asyncio.TaskGroup) -> None:
        """For ever."""
        self.direct({})
        going.create_task(watch_board(client, self._see, self._staff))
        last = time.monotonic()
        while True:
            now = time.monotonic()
            c = self.controls
            self._clock += 0 if c.paused else (now - last) * c.speed
            last = now
            self._let_in(client, going)
            self._look_round(client, going)
            await asyncio.sleep(TICK_S)

    def told(self) -> dict[str, Any]:
        """The play as the page shows it."""
        return {
            "controls": asdict(self.controls),
            "stopped_alone": self.stopped_alone,
            "hall": self._hall(),
            **{
                side: {
                    **self.figures[side].told(self._present(side)),
                    "people": [
                        {"n": v.number, "sku": v.sku, "place": v.place, "reference": v.reference}
                        for v in self.visits[side]
                    ],
                }
                for side in SIDES
            },
        }

    def _hall(self) -> dict[str, int]:
        """Numbers on the display that are none of our customers': the hall's, by their status."""
        ours = {visit.reference for visit in self.visits["queue"]}
        others = [status for number, status in self._display.items() if number not in ours]
        ready = others.count("SUCCESS")
        return {"preparing": sum(s in PREPARING for s in others), "ready": ready}

    def _let_in(self, client: httpx.AsyncClient, going: asyncio.TaskGroup) -> None:
        if time.monotonic() - self._touched > ALONE_S and self.controls.doors_open:
            self.direct({"doors_open": "false"})
            self.stopped_alone = True
        if self._rushing:
            self._rushing -= 1
            self._come(client, going)
        elif self.controls.doors_open and self._clock >= self._next_comes:
            gap_s = 60 / self.controls.per_minute
            self._next_comes = self._clock + gap_s * random.uniform(0.5, 1.5)  # noqa: S311 - a play
            self._come(client, going)

    def _come(self, client: httpx.AsyncClient, going: asyncio.TaskGroup) -> None:
        """One customer, at both counters in the same moment."""
        if max(len(self._present(side)) for side in SIDES) >= HALL_AT_MOST:
            return
        self._last_number += 1
        sku = self._wish()
        for side in SIDES:
            visit = Visit(self._last_number, side, sku, patient_until=self._clock + PATIENCE_S)
            self.visits[side].append(visit)
            comes = (
                stand_at_one_counter(visit, client)
                if side == "one"
                else self._at_the_queue(visit, client)
            )
            visit.task = going.create_task(comes)

    async def _at_the_queue(self, visit: Visit, client: httpx.AsyncClient) -> None:
        if self._xray.ready():
            self._xray.asks(visit.number, time.time(), visit.sku)
        try:
            await take_a_number(visit, client, self._staff, self._has_number)
        finally:
            self._xray.over(visit.number)

    def _has_number(self, visit: Visit) -> None:
        text = f"201 Created, number {visit.reference}"
        self._xray.number(visit.number, visit.order_id or "", time.time(), text)

    def _wish(self) -> str:
        if random.random() * 100 < self.controls.turkeys:  # noqa: S311 - a play
            return "turkey"
        return random.choice(["garden-salad", "garden-salad", "fries-small"])  # noqa: S311

    def _look_round(self, client: httpx.AsyncClient, going: asyncio.TaskGroup) -> None:
        """Who has no patience left goes, and who is gone is forgotten."""
        self._call_out()
        for visit in self._present("one"):
            visit.place = "pot" if visit.number == self._served else "line"
        for visit in self._present("one") + self._present("queue"):
            if self._clock > visit.patient_until and visit.place in {"line", "seat"}:
                going.create_task(walk_out(visit, client, self._staff))
        for side in SIDES:
            for visit in self.visits[side]:
                if visit.over and not visit.noted:
                    visit.noted = True
                    self.figures[side].take(visit)
            self.visits[side] = [visit for visit in self.visits[side] if not _is_gone(visit)]

    def _see(self, tickets: Tickets, whole: bool) -> None:
        """The display shows this."""
        if whole:  # what was on it and is not any more went unseen
            self._display = dict.fromkeys(self._display, "REVOKED")
        self._display |= {ticket["reference"]: ticket["status"] for ticket in tickets}
        for visit in self.visits["queue"]:
            if visit.number == self._xray.customer and visit.reference in self._display:
                text = f"{visit.reference} {self._display[visit.reference]}"
                self._xray.frame(visit.number, time.time(), text)
        self._call_out()
        self._display = {n: status for n, status in self._display.items() if status not in FINISHED}

    def _call_out(self) -> None:
        """Everybody who sits reads his number."""
        for visit in self._present("queue"):
            match self._display.get(visit.reference or ""):
                case "STARTED":
                    visit.place = "pot"
                case "PENDING" | "RETRY":
                    visit.place = "seat"
                case "SUCCESS" | "COLLECTED":
                    visit.place = "ready"
                    visit.called.set()
                case "FAILURE" | "REVOKED":
                    visit.called.set()

    def _present(self, side: Side) -> list[Visit]:
        return [visit for visit in self.visits[side] if not visit.over]


def _is_gone(visit: Visit) -> bool:
    return visit.left is not None and time.monotonic() - visit.left > AFTERGLOW_S
