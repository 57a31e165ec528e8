"""The X-ray: the way of one order through the real parts, step by step, with the place in the source.

What Redis did is observed (`orders/monitor.py`); what the customer sent and heard he tells himself. Who
called a script stands in CALLERS, and a test looks whether that is still true.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from orders.errors import BookUnavailable
from orders.keys import Keys
from orders.monitor import Told, commands

STEPS_AT_MOST = 120
SHOWN = 160  # characters of a command
AGAIN_S = 0.3
AFTER_S = 1.5

# Script → the file and the function in this source that calls it.
CALLERS = {
    "place": ("orders/book.py", "OrderBook._place_all"),
    "claim": ("orders/cooking.py", "Cooking.claim"),
    "move": ("orders/moves.py", "Moves._move_all"),
    "report": ("orders/cooking.py", "Cooking.report"),
    "read": ("orders/reading.py", "Reading.orders"),
}
# What the customer does → the route that answers him.
ROUTES = {
    "asks": ("client", "web/api.py", "place_order"),
    "number": ("application", "web/api.py", "place_order"),
    "frame": ("application", "web/screen.py", "Screen._send_next"),
}
WRITES = "orders/scripts/{}.lua"


@dataclass(frozen=True)
class Step:
    """`at_s`: the machine's clock. `who` acts: client, application, worker or database."""

    at_s: float
    who: str
    what: str
    file: str
    function: str


class Xray:
    """Follows one order at a time, from the moment it is asked for."""

    def __init__(self, url: str, keys: Keys) -> None:
        self.customer: int | None = None  # whose order it is
        self.wanted = False  # the next customer's is to be followed
        self._url, self._keys = url, keys
        self._steps: list[Step] = []
        self._order_id: str | None = None
        self._waiting: list[list[Told]] = []  # blocks heard before the order's id was known
        self._looking: asyncio.Task[None] | None = None
        self._hears = False

    def begin(self) -> None:
        """Follow the next customer who comes."""
        self.end()
        self.wanted = True
        self._looking = asyncio.create_task(self._look())

    def end(self) -> None:
        """Look no more; what was seen stays until the next one."""
        self.wanted = self._hears = False
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def ready(self) -> bool:
        """Whether the next customer may be the one."""
        return self.wanted and self._hears

    def asks(self, customer: int, at_s: float, text: str) -> None:
        self.wanted, self.customer, self._order_id = False, customer, None
        self._steps, self._waiting = [], []
        self._add(at_s, "asks", f"POST /api/orders {text}")

    def number(self, customer: int, order_id: str, at_s: float, text: str) -> None:
        if customer == self.customer and self._order_id is None:
            self._order_id = order_id
            self._add(at_s, "number", text)
            for block in self._waiting:
                self._take(block)
            self._waiting = []

    def frame(self, customer: int, at_s: float, text: str) -> None:
        """The display has shown his number; the same again is no step."""
        what = f"event on /board/events: {text}"
        if customer == self.customer and what not in (step.what for step in self._steps):
            self._add(at_s, "frame", what)

    def over(self, customer: int) -> None:
        """He has eaten, or gone: what is on its way is still taken, and then nobody looks any more."""
        if customer == self.customer and not self.wanted:
            looking = self._looking
            asyncio.get_running_loop().call_later(
                AFTER_S, lambda: self.end() if self._looking is looking else None
            )

    def told(self) -> dict[str, Any]:
        steps = sorted(self._steps, key=lambda step: step.at_s)
        began = steps[0].at_s if steps else 0.0
        return {
            "looking": self._hears,
            "customer": self.customer,
            "steps": [
                {
                    "ms": round((s.at_s - began) * 1000, 1),
                    "who": s.who,
                    "what": s.what[:SHOWN],
                    "source": f"{s.file} {s.function}".strip(),
                }
                for s in steps
            ],
        }

    async def _look(self) -> None:
        block: list[Told] = []
        while True:
            with suppress(BookUnavailable):
                async for told in commands(self._url, self._keys):
                    self._hears = True
                    if not told.by_script:  # a script's own commands come right after it
                        self._heard(block)
                        block = []
                    block.append(told)
                    if not told.by_script and told.script is None:
                        self._heard(block)
                        block = []
            await asyncio.sleep(AGAIN_S)

    def _heard(self, block: list[Told]) -> None:
        if not block or self.customer is None or self.wanted:
            return
        if self._order_id is None:
            self._waiting = [*self._waiting[-50:], block]
        else:
            self._take(block)

    def _take(self, block: list[Told]) -> None:
        """A command, or a script with all it did, if it is about our order."""
        first, *rest = block
        about = [told for told in rest if _names(told, self._order_id)]
        if first.script not in CALLERS or not (about or _names(first, self._order_id)):
            return
        rings = [told for told in rest if self._keys.bell in told.words and about]
        who = "worker" if any("cook:" in word for word in first.words) else "application"
        text = f"EVALSHA {first.script}: one round trip, all or nothing"
        self._step(first.at_s, who, text, *CALLERS[first.script])
        for told in (*about, *rings):
            self._step(told.at_s, "database", " ".join(told.words), WRITES.format(first.script), "")

    def _add(self, at_s: float, what: str, text: str) -> None:
        self._step(at_s, ROUTES[what][0], text, *ROUTES[what][1:])

    def _step(self, at_s: float, who: str, what: str, file: str, function: str) -> None:
        if len(self._steps) < STEPS_AT_MOST:
            self._steps.append(Step(at_s, who, what, file, function))


def _names(told: Told, order_id: str | None) -> bool:
    return order_id is not None and any(order_id in word for word in told.words)
