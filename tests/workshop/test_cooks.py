"""The cooks of the play are processes, and only those of this play are killed."""

from __future__ import annotations

import asyncio
import os
import platform
import sys

import pytest

from orders.upkeep import Part
from tests.conftest import eventually
from web.workshop.cooks import Cooks

READS = "import sys; sys.stdin.read()"  # until its lifeline is cut


async def test_only_a_cook_of_this_machine_is_killed() -> None:
    """One on a laptop may have the same process id: its name says where it is."""
    part = Part(
        name="kitchen",
        command=(sys.executable, "-c", READS),
        environment=dict(os.environ),
        descriptors=(),
        stop_s=1,
    )
    said: list[str] = []
    cooks = Cooks(part, said.append)

    def pid() -> int | None:
        told: int | None = cooks.told()[0]["pid"]
        return told

    async with asyncio.TaskGroup() as going:
        cooks.hire(going)
        first = await eventually(pid)
        assert cooks.kill(f"laptop-{first}-ab12") is None
        assert cooks.kill("") is None
        os.kill(first, 0)  # raises if it is gone
        here = platform.node().replace(" ", "-")
        assert first == cooks.kill(f"{here}-{first}-ab12")
        await eventually(lambda: pid() != first)
        cooks.set_number(0, going)
    assert "Cook 1 has gone home." == said[-1]
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
