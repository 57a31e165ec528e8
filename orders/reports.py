"""Reports: what was counted in each business day that is over, and sold in each week of such days.

A report is written once and stays as it is. Days on which nothing happened have none.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cached_property
from typing import Any

from orders.business_day import DAY, BusinessDays, first
from orders.counts import Counts
from orders.gateway import Gateway
from orders.keys import Keys
from orders.settings import Settings
from orders.tally import Tally
from orders.wire import pairs

KEPT_DAYS = 400
COUNTED_DAYS = 39  # so far back the tally knows; a report missed for longer is lost
COUNTED = ("placed", "at_once", "ready", "collected", "failed", "retried", "revoked")

Report = dict[str, Any]


class Reports:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway, keys: Keys, tally: Tally, settings: Settings) -> None:
        self._gateway = gateway
        self._keys = keys
        self._tally = tally
        self._settings = settings

    @cached_property
    def zone(self) -> BusinessDays:
        return BusinessDays.of(self._settings)

    async def write_days(self, now_ms: int) -> list[str]:
        """Write the report of every business day that is over and has none; those days."""
        today = self.zone.of_ms(now_ms)
        there = set(await self._gateway.command("HKEYS", self._keys.reports))
        days = [today - back * DAY for back in range(COUNTED_DAYS, 0, -1)]
        missing = [day for day in days if day.isoformat() not in there]
        counts = await self._tally.each([self.zone.span(day) for day in missing]) if missing else []
        reports = [self._report(day, of_day) for day, of_day in zip(missing, counts, strict=True)]
        written = [r for r in reports if r["placed"] or r["collected"] or r["revoked"]]
        for report in written:
            await self._keep(self._keys.reports, report["day"], report)
        return [report["day"] for report in written]

    async def write_weeks(self, now_ms: int) -> list[str]:
        """Write what was sold in every week that is over and has no report; those weeks."""
        await self.write_days(now_ms)
        days = {report["day"]: report for report in await self.days(COUNTED_DAYS)}
        there = set(await self._gateway.command("HKEYS", self._keys.weeks))
        this_week = first("week", self.zone.of_ms(now_ms))
        written = []
        for back in range(COUNTED_DAYS // 7, 0, -1):
            report = _week(this_week - 7 * back * DAY, days)
            if report["items"] and report["week"] not in there:
                await self._keep(self._keys.weeks, report["week"], report)
                written.append(report["week"])
        return written

    async def days(self, at_most: int) -> list[Report]:
        """The reports of the last business days, the newest first."""
        return await self._last(self._keys.reports, at_most)

    async def weeks(self, at_most: int) -> list[Report]:
        """What was sold in the last weeks, the newest first."""
        return await self._last(self._keys.weeks, at_most)

    async def erase_old(self, now_ms: int) -> int:
        """Erase what is older than KEPT_DAYS; how many reports."""
        oldest = self.zone.of_ms(now_ms) - KEPT_DAYS * DAY
        erased = 0
        for key, last in (
            (self._keys.reports, oldest.isoformat()),
            (self._keys.weeks, _name(oldest)),
        ):
            old = [name for name in await self._gateway.command("HKEYS", key) if name < last]
            if old:
                erased += int(await self._gateway.command("HDEL", key, *old))
        return erased

    def _report(self, day: date, counts: Counts) -> Report:
        from_ms, until_ms = self.zone.span(day)
        skus = sorted(set(counts.ordered) | set(counts.cancelled))
        sold = {sku: counts.ordered.get(sku, 0) - counts.cancelled.get(sku, 0) for sku in skus}
        times = {f"ready_p{share}_ms": counts.ready_ms.quantile(share / 100) for share in (50, 90)}
        return {
            "day": day.isoformat(),
            "from_ms": from_ms,
            "until_ms": until_ms,
            **{name: getattr(counts, name) for name in COUNTED},
            **{name: None if ms is None else round(ms) for name, ms in times.items()},
            "items": {sku: number for sku, number in sold.items() if number},
        }

    async def _keep(self, key: str, name: str, report: Report) -> None:
        """Keep it, unless somebody else was quicker."""
        await self._gateway.command("HSETNX", key, name, json.dumps(report))

    async def _last(self, key: str, at_most: int) -> list[Report]:
        kept = pairs(await self._gateway.command("HGETALL", key))
        return [json.loads(kept[name]) for name in sorted(kept, reverse=True)[:at_most]]


def _week(monday: date, days: dict[str, Report]) -> Report:
    sold: dict[str, int] = {}
    for number in range(7):
        report = days.get((monday + number * DAY).isoformat(), {"items": {}})
        for sku, count in report["items"].items():
            sold[sku] = sold.get(sku, 0) + count
    return {
        "week": _name(monday),
        "from_day": monday.isoformat(),
        "until_day": (monday + 6 * DAY).isoformat(),
        "items": dict(sorted(sold.items())),
    }


def _name(day: date) -> str:
    """ISO 8601's name of the week, `2026-W47`: it sorts by time."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
