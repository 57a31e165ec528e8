"""The faults of the play: each breaks what it is to break, and never the play."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx

from orders.keys import Keys
from orders.valkey import PrivateValkey, private_valkey
from tests.conftest import eventually
from tests.workshop.test_cooks import PART
from web.workshop.cooks import Cooks
from web.workshop.faults import Faults
from web.workshop.show import Show
from web.workshop.xray import Xray

NOBODY = "http://127.0.0.1:1"


class Play:
    """A play without a counter: nobody answers at its address."""

    def __init__(self, valkey: PrivateValkey, folder: Path, web_pid: int | None = None) -> None:
        self.said: list[str] = []
        show = Show({}, folder / "directions.json", Xray(valkey.url, Keys("orderup:workshop:")))
        self.faults = Faults(
            show,
            Cooks(PART, self.said.append),
            valkey,
            staff={},
            web_pid=lambda: web_pid,
            tell=self.said.append,
        )

    async def happens(self, fault: str) -> str:
        """What is said in the end."""
        async with httpx.AsyncClient(base_url=NOBODY) as client:
            await self.faults.happen(fault, client)
        return self.said[-1]


def nowhere() -> PrivateValkey:
    return PrivateValkey("redis://127.0.0.1:1/0", -1, [])


async def test_a_web_server_that_is_dead_already_is_not_killed_again(tmp_path: Path) -> None:
    """The second click of two finds a process id that is nobody's."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(timeout=20)
    said = await Play(nowhere(), tmp_path, web_pid=dead.pid).happens("web")
    assert "The web server is dead already; another one starts." == said


async def test_a_counter_that_cannot_say_is_told(tmp_path: Path) -> None:
    """It is not the same as a kitchen in which nobody has an order in hand."""
    said = await Play(nowhere(), tmp_path).happens("cook")
    assert "The counter cannot say at present who has an order in hand. Try again." == said


async def test_a_fault_that_goes_wrong_ends_no_play(tmp_path: Path) -> None:
    """It is told, and the notice that it is being counted goes."""
    play = Play(nowhere(), tmp_path)
    client = httpx.AsyncClient(base_url=NOBODY)
    await client.aclose()  # who asks now is answered by an error that nobody foresees
    play.faults.counted = {"fault": "web", "numbers": 1, "there": None, "in_line": None}
    await play.faults.happen("cook", client)
    assert play.faults.counted is None
    assert ["What was lost could not be counted."] == play.said


async def test_a_fault_that_goes_on_does_not_happen_again(tmp_path: Path) -> None:
    """Who presses twice is told so; afterwards it can happen once more."""
    async with private_valkey(tmp_path) as valkey, asyncio.TaskGroup() as going:
        play = Play(valkey, tmp_path)
        for _ in range(2):
            first = going.create_task(play.happens("redis"))
            await eventually(lambda: play.faults.redis_is_out)
            assert "Wait: what you broke is not over, or is being counted." == await play.happens(
                "redis"
            )
            await play.happens("redis-back")
            assert "Redis is put back, on the file that it had written." == await first
