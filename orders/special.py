"""The special of the day: one item of the menu that the counter recommends, until the day is over."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from orders.business_day import BusinessDays
from orders.gateway import Gateway
from orders.keys import Keys
from orders.menu import Menu
from orders.settings import Settings
from orders.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a business day; `sku` is `None` where the staff want no special."""

    day: str
    sku: str | None

    @classmethod
    def parse(cls, text: str | None) -> Choice | None:
        """Read `2026-11-21 nuggets-6`; what is no choice at all is `None`."""
        day, _, sku = (text or "").partition(" ")
        return cls(day, sku or None) if day else None


class Special:
    """Every method that awaits raises BookUnavailable while Redis is away."""

    def __init__(
        self, gateway: Gateway, keys: Keys, shelf: Shelf, menu: Menu, settings: Settings
    ) -> None:
        self._gateway = gateway
        self._keys = keys
        self._shelf = shelf
        self._menu = menu
        self._settings = settings

    @cached_property
    def days(self) -> BusinessDays:
        return BusinessDays.of(self._settings)

    async def read(self) -> Choice | None:
        """What was chosen last, of whatever day."""
        return Choice.parse(await self._gateway.command("GET", self._keys.special))

    async def today(self) -> str | None:
        """The sku of today's special, or `None`."""
        return self.now(await self.read())

    def now(self, choice: Choice | None) -> str | None:
        """What that choice means at this moment: nothing, once its day is over."""
        if choice is None or choice.sku not in self._menu.items:
            return None
        return choice.sku if choice.day == self.business_day().isoformat() else None

    async def choose(self, sku: str | None) -> None:
        """The staff choose, for today; the schedule leaves it so."""
        ask = {"day": self.business_day().isoformat()} | ({} if sku is None else {"sku": sku})
        await self._gateway.script("special", ask)

    async def roll(self, day: date) -> str | None:
        """Choose for a day by its date, unless somebody has: another one than last time, and one that is
        to be had. The sku.
        """
        last = await self.read()
        sold_out = await self._shelf.sold_out()
        there = [item for sku, item in sorted(self._menu.items.items()) if sku not in sold_out]
        cooked = [item.sku for item in there if item.served == "kitchen"]
        candidates = cooked or [item.sku for item in there]
        if last and last.day != day.isoformat() and len(candidates) > 1:
            candidates = [sku for sku in candidates if sku != last.sku]
        if not candidates:
            return None
        digest = hashlib.sha256(f"{self._settings.store} {day}".encode()).digest()
        sku = candidates[int.from_bytes(digest[:8]) % len(candidates)]
        ask = {"day": day.isoformat(), "sku": sku, "unless_chosen": True}
        chosen = Choice.parse(await self._gateway.script("special", ask))
        return chosen.sku if chosen else None

    def business_day(self) -> date:
        """Today, by the shop's own clock."""
        return self.days.of_ms(int(time.time() * 1000))
