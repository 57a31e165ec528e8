"""Lab 11: the other kitchen runs as a process, and cooks what is ordered, also what fails once."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from orders.book import OrderBook
from orders.flags import environment
from orders.states import Status

from .bench import MENU, OWN_RECIPES, Bench, eventually, expect

ROOT = Path(__file__).parents[3]
STUBBORN = """
[[categories.items]]
sku = "stubborn"
price_cents = 100
cooking_ms = 1000
recipe = "stubborn"
picture = "wrap"
name = { en = "Fails once" }
"""


async def check(bench: Bench) -> str:
    bench = _with_stubborn_dish(bench)
    kitchen = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"docs.workshop.{bench.folder.name}.lab_11"),
        cwd=ROOT,
        env=environment(bench.settings),
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with OrderBook(bench.settings) as book:
            await _try(replace(bench, book=book), kitchen)
    finally:
        if kitchen.returncode is None:
            kitchen.kill()
        await kitchen.wait()
    return "Another kitchen, the same book: nobody at the counter has noticed."


def _with_stubborn_dish(bench: Bench) -> Bench:
    """The workshop's menu, and one dish more that fails once."""
    menu = bench.settings.data_dir / "menu.toml"
    menu.write_text(MENU.read_text(encoding="utf-8") + STUBBORN, encoding="utf-8")
    changed = {"menu": menu, "recipes": OWN_RECIPES}
    return replace(bench, settings=bench.settings.model_copy(update=changed))


async def _try(bench: Bench, kitchen: asyncio.subprocess.Process) -> None:
    async def on_shift_or_gone() -> bool:
        return bool(await bench.book.crew.beats()) or kitchen.returncode is not None

    await eventually(on_shift_or_gone)
    if kitchen.returncode is not None:
        assert kitchen.stderr is not None
        said = (await kitchen.stderr.read()).decode().strip().rpartition("\n")[2]
        expect(said is None, f"The kitchen ended: {said}")
    nuggets, stubborn = await bench.place("nuggets-6"), await bench.place("stubborn")
    first = await bench.reached(nuggets.id, Status.SUCCESS, within_s=6)
    expect(
        first.status is Status.SUCCESS,
        f"Number {first.reference} was cooked and is still {first.status}: nobody told the book.",
    )
    second = await bench.reached(stubborn.id, Status.SUCCESS, within_s=20)
    expect(
        second.status is Status.SUCCESS,
        f"Number {second.reference} failed in its first attempt and is {second.status}: a kitchen has "
        "to tell that, too, so that the book hands it over again.",
    )
    expect(
        second.result, "What the recipes return belongs into the book: it is the order's result."
    )
