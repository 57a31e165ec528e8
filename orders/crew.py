"""The crew as the book knows it: who is on shift, who cooks at all, and who has which order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from orders.gateway import Gateway
from orders.keys import Keys
from orders.wire import pairs

SCREEN = "screen:"  # how the name of a kitchen screen on the roster begins


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
        return pairs(await self._gateway.command("HGETALL", self._keys.crew))

    async def on_duty(self) -> dict[str, str]:
        """The beats of those who cook in the present mode: the robots, or the open kitchen screens."""
        crew, mode = await self._gateway.together(
            ("HGETALL", self._keys.crew), ("GET", self._keys.mode)
        )
        people = mode == "people"
        return {n: beat for n, beat in pairs(crew).items() if n.startswith(SCREEN) == people}

    async def cooking(self) -> dict[str, str]:
        """Every STARTED order's id, and who has it."""
        return pairs(await self._gateway.command("HGETALL", self._keys.cooking))

    async def mode(self) -> str:
        """Who cooks: `robots` or `people`."""
        return str(await self._gateway.command("GET", self._keys.mode) or "robots")

    async def choose(self, mode: Literal["robots", "people"]) -> None:
        """Who cooks from now on."""
        await self._gateway.script("mode", {"mode": mode})
