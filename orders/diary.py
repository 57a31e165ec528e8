"""The diary of the schedule: which task ran when, how it went, and what is due.

Every kitchen looks; of those that want to run the same occurrence one begins, and that is decided in the
book. An occurrence that was missed (nobody there, or Redis away) stays due until it is done, and then
once: what is due is always the last occurrence, however many came before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orders.business_day import BusinessDays
from orders.gateway import Gateway
from orders.keys import Keys
from orders.schedule import TASKS, Task
from orders.settings import Settings
from orders.wire import pairs

LONGEST_RUN_S = 50.0


@dataclass(frozen=True, slots=True)
class Entry:
    """What the diary says of one task; `due_ms` is its last occurrence, `next_ms` the one to come,
    `None` for what is done all the time.
    """

    task: Task
    due_ms: int | None
    next_ms: int | None
    done_ms: int  # the last occurrence that was done, 0: none
    last_ms: int | None  # when it ran last, whoever asked for it
    last_result: str | None
    last_ok: bool | None
    running: bool

    @property
    def is_due(self) -> bool:
        return self.due_ms is not None and self.done_ms < self.due_ms

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.task.name,
            "what": self.task.what,
            "every": self.task.every or "always",
            "last_ms": self.last_ms,
            "last_result": self.last_result,
            "last_ok": self.last_ok,
            "running": self.running,
            "next_ms": self.next_ms,
        }


class Diary:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway, keys: Keys, settings: Settings) -> None:
        self._gateway = gateway
        self._keys = keys
        self._settings = settings

    @cached_property
    def days(self) -> BusinessDays:
        return BusinessDays.of(self._settings)

    async def now_ms(self) -> int:
        """Redis's clock, by which everything is due."""
        seconds, micros = await self._gateway.command("TIME")
        return int(seconds) * 1000 + int(micros) // 1000

    async def read(self) -> tuple[Entry, ...]:
        """The whole schedule, of one moment."""
        asked = [("HGETALL", self._keys.diary(task.name)) for task in TASKS]
        (seconds, micros), *told = await self._gateway.together(("TIME",), *asked)
        now_ms = int(seconds) * 1000 + int(micros) // 1000
        return tuple(
            self._entry(task, pairs(fields), now_ms)
            for task, fields in zip(TASKS, told, strict=True)
        )

    async def put(self, task: str, due_ms: int | None = None) -> int:
        """Let the errands run a task: the occurrence due then, or (`None`) because somebody asks for it.

        To ask again while it waits is fine, and is one run. When it was asked for, in ms.
        """
        ask = {"task": task, "step": "put"} | _due(due_ms)
        return int(await self._gateway.script("diary", ask))

    async def begin(self, task: str, due_ms: int | None) -> bool:
        """Whether the caller is the one who runs it now."""
        ask = {"task": task, "step": "begin", "lasts_ms": int(LONGEST_RUN_S * 1000)}
        return bool(await self._gateway.script("diary", ask | _due(due_ms)) == "begun")

    async def end(self, task: str, result: str, due_ms: int | None = None, *, ok: bool) -> None:
        """How it went, in a sentence. What did not go well stays due."""
        ask = {"task": task, "step": "end", "result": result, "fine": ok}
        await self._gateway.script("diary", ask | _due(due_ms))

    def _entry(self, task: Task, fields: dict[str, str], now_ms: int) -> Entry:
        last_ms = fields.get("last_ms")
        return Entry(
            task,
            due_ms=task.every and self.days.last(task.every, now_ms),
            next_ms=task.every and self.days.next(task.every, now_ms),
            done_ms=int(fields.get("done_ms", 0)),
            last_ms=int(last_ms) if last_ms else None,
            last_result=fields.get("result"),
            last_ok=fields["fine"] == "1" if "fine" in fields else None,
            running=int(fields.get("until_ms", 0)) > now_ms,
        )


def _due(due_ms: int | None) -> dict[str, int]:
    return {} if due_ms is None else {"due_ms": due_ms}
