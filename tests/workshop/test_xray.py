"""The X-ray tells what Redis saw, and names the places in the source that did it."""

from __future__ import annotations

import ast
import asyncio
from contextlib import aclosing
from pathlib import Path

from redis.asyncio import Redis

from orders.book import OrderBook
from orders.keys import Keys
from orders.monitor import Told, commands
from orders.settings import Settings
from tests.conftest import NUGGETS, eventually
from web.workshop.xray import CALLERS, ROUTES

ROOT = Path(__file__).parents[2]


def function(file: str, name: str) -> ast.AST:
    """The function `Class.method`, or `function`, in a file of the source."""
    found: ast.AST = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for part in name.split("."):
        found = next(n for n in ast.walk(found) if getattr(n, "name", None) == part)
    return found


def test_each_script_is_called_where_the_xray_says() -> None:
    """The named function exists, and sends this script."""
    for script, (file, name) in CALLERS.items():
        calls = [node for node in ast.walk(function(file, name)) if isinstance(node, ast.Call)]
        sent = [
            call.args[0].value
            for call in calls
            if isinstance(call.func, ast.Attribute)
            and call.func.attr == "script"
            and isinstance(call.args[0], ast.Constant)
        ]
        assert script in sent, f"{file} {name}"


def test_each_route_is_where_the_xray_says() -> None:
    """The named functions exist."""
    for _, file, name in ROUTES.values():
        assert isinstance(function(file, name), ast.AsyncFunctionDef | ast.FunctionDef)


async def heard_while_placing(settings: Settings, book: OrderBook, raw: Redis) -> list[Told]:
    """What the monitor of this store tells, until the mark that stands at the end."""
    heard: list[Told] = []

    async def listen() -> None:
        async with aclosing(commands(settings.redis_url or "", Keys(settings.key_prefix))) as told:
            async for one in told:
                heard.append(one)
                if "the end" in one.words:
                    return

    listening = asyncio.create_task(listen())
    await eventually(lambda: heard, 15)
    await raw.hset("orderup:somebody-else:board", "private", "1")
    await book.lock.secret()
    await book.lock.attempt("127.0.0.1", "a digest of a wrong PIN", right=False)
    await book.place(NUGGETS)
    await raw.echo("the end")
    await asyncio.wait_for(listening, 15)
    return heard


async def test_the_monitor_tells_what_an_order_wrote(
    settings: Settings, book: OrderBook, raw: Redis
) -> None:
    """The script by its name, and after it what it did, in whole words."""
    heard = await heard_while_placing(settings, book, raw)
    places = [n for n, told in enumerate(heard) if told.script == "place"]
    assert 1 <= len(places)
    after = heard[places[-1] + 1 :]
    done = {told.words[0] for told in after if told.by_script}
    assert {"HSET", "ZADD", "PUBLISH"} <= done
    queued = next(told for told in after if told.words[0] == "ZADD" and "queue" in told.words[1])
    assert f"{settings.key_prefix}queue" == queued.words[1]
    assert queued.words[3].startswith(f"{settings.store}:")


async def test_the_monitor_tells_nothing_private(
    settings: Settings, book: OrderBook, raw: Redis
) -> None:
    """Neither what the sessions are signed with, nor wrong PINs, nor another store's keys."""
    heard = await heard_while_placing(settings, book, raw)
    text = "\n".join(" ".join(told.words) for told in heard if told.script is None)
    assert "private" not in text
    assert "somebody-else" not in text
    assert "a digest of a wrong PIN" not in text
    assert "cookie_secret" not in text
