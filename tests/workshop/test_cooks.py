"""The cooks of the play are processes, and only those of this play are killed."""

from __future__ import annotations

import asyncio
import os
import platform
import sys

import pytest

from orders import upkeep
from orders.upkeep import Part
from tests.conftest import eventually
from web.workshop.controls import COOKS_AT_MOST
from web.workshop.cooks import Cooks

READS = "import sys; sys.stdin.read()"  # until its lifeline is cut


PART = Part(
    name="kitchen",
    command=(sys.executable, "-c", READS),
    environment=dict(os.environ),
    descriptors=(),
    stop_s=1,
)


async def test_there_is_room_for_so_many_cooks() -> None:
    """However often the presenter presses the button; and it is said why nobody more comes."""
    said: list[str] = []
    cooks = Cooks(PART, said.append)
    async with asyncio.TaskGroup() as going:
        for _ in range(COOKS_AT_MOST + 2):
            cooks.hire(going)
        assert COOKS_AT_MOST == len(cooks.told())
        assert 2 == said.count(f"There is room for {COOKS_AT_MOST} cooks in this kitchen.")
        cooks.set_number(0, going)
    assert [] == cooks.told()


async def test_only_a_cook_of_this_machine_is_killed() -> None:
    """One on a laptop may have the same process id: its name says where it is."""
    said: list[str] = []
    cooks = Cooks(PART, said.append)

    def pid() -> int | None:
        told: int | None = cooks.told()[0]["pid"]
        return told

    async with asyncio.TaskGroup() as going:
        cooks.hire(going)
        first = await eventually(pid, 15)
        assert cooks.kill(f"laptop-{first}-ab12") is None
        assert cooks.kill("") is None
        os.kill(first, 0)  # raises if it is gone
        here = platform.node().replace(" ", "-")
        assert first == cooks.kill(f"{here}-{first}-ab12")
        await eventually(lambda: pid() != first, 15)
        cooks.set_number(0, going)
    assert "Cook 1 has gone home." == said[-1]
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


async def test_a_dead_cook_is_not_killed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before another process comes on shift, nobody is there to kill."""
    monkeypatch.setattr(upkeep, "FIRST_PAUSE_S", 60)
    cooks = Cooks(PART, print)
    async with asyncio.TaskGroup() as going:
        cooks.hire(going)
        pid = await eventually(lambda: cooks.told()[0]["pid"], 15)
        name = f"{platform.node().replace(' ', '-')}-{pid}-ab12"
        assert pid == cooks.kill(name)
        await eventually(lambda: is_gone(pid), 15)
        assert cooks.kill(name) is None
        cooks.set_number(0, going)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
