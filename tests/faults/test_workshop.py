"""The workshop's launcher while Redis is out: what the presenter set last holds afterwards."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx

from orders.settings import Settings
from orders.valkey import PrivateValkey
from tests.workshop.test_cooks import PART
from web.workshop.house import House as Workshop

from .house import PIN, STAFF, House, RedisServer


async def test_who_cooks_is_what_was_pressed_last(
    house: House, redis: RedisServer, tmp_path: Path
) -> None:
    """Let people cook, on and off again during an outage: robots cook, in whichever order the web server
    is reached again.
    """
    web = await house.web()
    settings = Settings(data_dir=tmp_path, staff_pin=PIN)
    valkey = PrivateValkey(redis.url, -1, [])
    workshop = Workshop(settings, web.url, (PART, PART), valkey)
    pressed_off, robots_cook = asyncio.Event(), asyncio.Event()

    async def before(request: httpx.Request) -> None:
        """Whoever still asks for people does it last."""
        if pressed_off.is_set() and _mode(request) == "people":
            await robots_cook.wait()

    async def after(answer: httpx.Response) -> None:
        if answer.is_success:
            robots_cook.set()
        elif not pressed_off.is_set():
            pressed_off.set()
            workshop._do({"set": {"people_cook": "false"}})

    redis.kill()
    async with httpx.AsyncClient(
        base_url=web.url, event_hooks={"request": [before], "response": [after]}
    ) as client:
        async with asyncio.timeout(30), asyncio.TaskGroup() as going:
            workshop._client, workshop._going = client, going
            workshop._do({"set": {"people_cook": "true"}})
            await pressed_off.wait()
            redis.start()
        kitchen = await web.get("/api/kitchen", headers=STAFF)
    assert "robots" == kitchen.json()["mode"]


def _mode(request: httpx.Request) -> str:
    return str(json.loads(request.content)["mode"])
