"""Recipe files with mistakes, recipe files that are saved anew, and recipes that hold everybody up."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kitchen import recipes
from kitchen.cook import Cook
from kitchen.cookbook import Cookbook
from kitchen.hands import Hands
from kitchen.roster import Roster
from kitchen.standstill import Standstill
from orders.book import OrderBook
from orders.settings import Settings
from tests.conftest import eventually

GOOD = "async def cook(dish):\n    return 'good'\n"
BETTER = "async def cook(dish):\n    return 'better'\n"
DISH = recipes.Dish("dish", 1, 0.0, "order", 1)

# Keeps the loop until the test has seen what it wants; a limit, should it never. One line, since the
# thread that looks on may look at any moment.
BLOCKING = """
import time

told = []

async def cook(dish):
    until = time.monotonic() + 30
    while not told and time.monotonic() < until: time.sleep(0.01)
"""


async def test_a_file_with_a_mistake_is_left_out(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named with file and line, and all others are cooked."""
    (folder / "good.py").write_text(GOOD)
    (folder / "odd.py").write_text("\n\nasync def cook(dish)\n    return 1\n")
    (folder / "needy.py").write_text("import os\nimport an_oven\n")
    cookbook = Cookbook()
    with caplog.at_level(logging.ERROR, "kitchen"):
        cookbook.read()
    needy, odd = cookbook.left_out
    assert f"{folder}/odd.py, line 3: SyntaxError: expected ':'." == odd
    assert f"{folder}/needy.py, line 2: ModuleNotFoundError: No module named 'an_oven'." == needy
    assert all(sentence in caplog.text for sentence in cookbook.left_out)
    assert "good" == await recipes.find("good")(DISH)


@pytest.mark.usefixtures("folder")
def test_the_recipes_that_come_along_have_no_mistake() -> None:
    """And so nothing is left out."""
    cookbook = Cookbook()
    cookbook.read()
    assert () == cookbook.left_out


async def test_the_crew_tells_what_it_left_out(
    settings: Settings, book: OrderBook, folder: Path
) -> None:
    """The office reads it in the cook's beat."""
    (folder / "odd.py").write_text("async def\n")
    cook = Cook("anna", book, settings)
    cook.cookbook.read()
    async with Roster(cook, Hands(1)).on_shift():
        beats = await book.crew.beats()
    [told] = json.loads(beats["anna"])["broken_recipes"]
    assert told.startswith(f"{folder}/odd.py, line 1: SyntaxError: ")


@asynccontextmanager
async def followed(cookbook: Cookbook) -> AsyncIterator[None]:
    following = asyncio.create_task(cookbook.follow())
    try:
        yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def as_of_old(path: Path, text: str) -> None:
    """Write a file that was saved before; two that are saved in one tick of the clock look the same."""
    path.write_text(text)
    os.utime(path, (0, 0))


async def cooked(name: str) -> object:
    try:
        return await recipes.find(name)(DISH)
    except recipes.RecipeMissing:
        return None


async def test_a_recipe_that_is_saved_is_used_at_once(folder: Path) -> None:
    """Also one that is new, and one that was mended; nobody has to open the kitchen anew."""
    as_of_old(folder / "old.py", GOOD)
    as_of_old(folder / "odd.py", "async def\n")
    cookbook = Cookbook()
    cookbook.read()
    assert "good" == await cooked("old")
    async with followed(cookbook):
        (folder / "old.py").write_text(BETTER)
        (folder / "odd.py").write_text(GOOD)
        (folder / "new.py").write_text(GOOD)

        async def all_new() -> bool:
            found = [await cooked(name) for name in ("old", "odd", "new")]
            return found == ["better", "good", "good"] and not cookbook.left_out

        assert await eventually(all_new)


async def test_a_recipe_that_is_removed_is_gone(folder: Path) -> None:
    """The next dish by it fails, with a sentence."""
    (folder / "old.py").write_text(GOOD)
    cookbook = Cookbook()
    cookbook.read()
    async with followed(cookbook):
        (folder / "old.py").unlink()

        async def gone() -> bool:
            return await cooked("old") is None

        assert await eventually(gone)


async def test_a_recipe_that_holds_everybody_up_is_named(folder: Path) -> None:
    """While it still does, with file and line, and with the cure."""
    (folder / "blocking.py").write_text(BLOCKING)
    cook = recipes.find("blocking")
    standstill = Standstill()
    told = cook.__globals__["told"]  # type: ignore[attr-defined]

    class Tell(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record.getMessage())

    handler = Tell()
    logging.getLogger("kitchen").addHandler(handler)
    try:
        async with standstill.watched():
            await cook(DISH)
    finally:
        logging.getLogger("kitchen").removeHandler(handler)
    assert [standstill.told] == told
    assert told[0].startswith(f"{folder}/blocking.py, line 8, holds up this whole kitchen")
    assert "asyncio.sleep" in told[0]


async def test_a_standstill_is_forgotten_when_a_recipe_is_saved(folder: Path) -> None:
    """It may be mended; if it is not, it will be told again."""
    cookbook, standstill = Cookbook(), Standstill()
    cookbook.read()
    standstill.told = "blocking.py, line 9, holds up this whole kitchen"
    following = asyncio.create_task(cookbook.follow(standstill.forget))
    try:
        (folder / "blocking.py").write_text("async def cook(dish): ...\n")
        await eventually(lambda: standstill.told is None)
    finally:
        following.cancel()


async def test_a_loop_that_is_held_up_by_somebody_else_is_not_told() -> None:
    """That a machine is busy is no recipe's mistake."""
    standstill = Standstill()
    async with standstill.watched():
        time.sleep(2.2)  # the length of the fault itself
    assert standstill.told is None
