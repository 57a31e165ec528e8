"""The crew as the book knows it: who is on shift, who cooks at all, and who has which order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from orders.gateway import Gateway
from orders.keys import Keys
from orders.wire import pairs

SCREEN = "screen:"  # how the name of a kitchen screen on the roster begins
EVERY_COOK = "*"  # the name on the roster under which stands what is wished of all of them
MOST_COOKS = 1000  # of one kitchen process

Mode = Literal["robots", "people"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the crew is told until it is told otherwise.

    `cooks`: so many orders each kitchen process cooks at once; `None`: as many as it was started with.
    """

    mode: str = "robots"
    paused: bool = False
    cooks: int | None = None

    @classmethod
    def parse(cls, told: Sequence[str | None], cooks: str | None) -> Standing:
        """Read what the keys `mode` and `paused` hold, and what is wished of every cook."""
        mode, paused = told
        return cls(mode or "robots", paused == "1", int(cooks) if cooks else None)


@dataclass(frozen=True, slots=True)
class Overview:
    """The kitchen at one moment: the last beat of each name on the roster, who has which order (id →
    name), and when the orders that wait for another attempt are due (id → ms, those that are known).
    """

    at_ms: int
    beats: dict[str, str]
    cooking: dict[str, str]
    standing: Standing
    due_ms: dict[str, int]


class Crew:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway, keys: Keys) -> None:
        self._gateway = gateway
        self._keys = keys

    async def arrive(self, cook: str, description: Mapping[str, object]) -> None:
        """A cook process comes on shift."""
        await self._gateway.together(
            ("HSET", self._keys.crew, cook, json.dumps(description)),
            ("PUBLISH", self._keys.changes, json.dumps({"crew": cook})),
        )

    async def beat(self, cook: str, description: Mapping[str, object]) -> None:
        """A cook process says that it lives; whatever changes in the text is the beat."""
        await self._gateway.command("HSET", self._keys.crew, cook, json.dumps(description))

    async def leave(self, cook: str) -> None:
        """A cook process goes home, or is known to be gone."""
        await self._gateway.together(
            ("HDEL", self._keys.crew, cook),
            ("HDEL", self._keys.claims, cook),
            ("PUBLISH", self._keys.changes, json.dumps({"crew": cook})),
        )

    async def beats(self) -> dict[str, str]:
        """The last beat of every cook process, by name, as written."""
        return (await self.beats_as_told())[0]

    async def beats_as_told(self) -> tuple[dict[str, str], int | None]:
        """The same, and how many orders each process is wished to cook at once, if it is."""
        beats = pairs(await self._gateway.command("HGETALL", self._keys.crew))
        cooks = beats.pop(EVERY_COOK, None)
        return beats, int(cooks) if cooks else None

    async def on_duty(self) -> dict[str, str]:
        """The beats of those who cook in the present mode: the robots, or the open kitchen screens."""
        return (await self.on_duty_as_told())[0]

    async def on_duty_as_told(self) -> tuple[dict[str, str], Standing]:
        """The same, and what the crew is told; of one moment."""
        answer, told = await self._gateway.together(
            ("HGETALL", self._keys.crew), ("MGET", *self._told)
        )
        beats = pairs(answer)
        standing = Standing.parse(told, beats.pop(EVERY_COOK, None))
        people = standing.mode == "people"
        return {n: b for n, b in beats.items() if n.startswith(SCREEN) == people}, standing

    async def cooking(self) -> dict[str, str]:
        """Every STARTED order's id, and who has it."""
        return pairs(await self._gateway.command("HGETALL", self._keys.cooking))

    async def overview(self, retrying: Sequence[str]) -> Overview:
        """One look at the kitchen; `retrying` are the orders of which it is asked when they are due."""
        crew, cooking, told, due, now = await self._gateway.script(
            "overview", {"retrying": list(retrying)}
        )
        beats = pairs(crew)
        standing = Standing.parse(told, beats.pop(EVERY_COOK, None))
        due_ms = {i: int(at_ms) for i, at_ms in zip(retrying, due, strict=True) if at_ms}
        return Overview(int(now), beats, pairs(cooking), standing, due_ms)

    async def mode(self) -> str:
        """Who cooks: `robots` or `people`."""
        return str(await self._gateway.command("GET", self._keys.mode) or "robots")

    async def standing(self) -> Standing:
        """What the crew is told."""
        told, cooks = await self._gateway.together(
            ("MGET", *self._told), ("HGET", self._keys.crew, EVERY_COOK)
        )
        return Standing.parse(told, cooks)

    async def tell(
        self, *, mode: Mode | None = None, paused: bool | None = None, cooks: int | None = None
    ) -> None:
        """Tell the crew what holds from now on; what is `None` stays as it is.

        While the kitchen is paused nothing waiting is begun, by our robots or by a stock arq worker, and
        what is in hand is finished. `cooks` of 0: each process as many as it was started with.
        """
        ask = {"mode": mode, "paused": paused, "cooks": cooks}
        told = {name: value for name, value in ask.items() if value is not None}
        await self._gateway.script("standing", told)

    async def choose(self, mode: Mode) -> None:
        """Who cooks from now on."""
        await self.tell(mode=mode)

    @property
    def _told(self) -> tuple[str, str]:
        return self._keys.mode, self._keys.paused
