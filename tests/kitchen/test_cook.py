"""Cooking one order, with the real book: what a recipe does, and what the book says then."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kitchen import recipes
from kitchen.cook import Cook, cook_order
from orders.book import OrderBook
from orders.model import Order, OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import PATIENCE_S, eventually

MENU = """
currency = "EUR"

[[categories]]
key = "all"
name = { en = "All" }
"""

DISH = """
[[categories.items]]
sku = "%s"
price_cents = 100
cooking_ms = %d
recipe = "%s"
picture = "bell"
name = { en = "Dish" }
"""

# One folder of recipes as a learner writes them; `kitchen` finds them by the name in the menu.
RECIPES = {
    "returns": "async def cook(dish):\n    return {'quantity': dish.quantity, 'in': dish.attempt}",
    "nothing": "async def cook(dish):\n    return None",
    "burns": "async def cook(dish):\n    raise RuntimeError('the oven\\nis cold')",
    "hangs": "import asyncio\nasync def cook(dish):\n    await asyncio.sleep(3600)",
    "heaps": "async def cook(dish):\n    return 'x' * 5000",
    "odd": "async def cook(dish):\n    return object()",
    "file": "async def cook(dish):\n    raise FileNotFoundError('no \\udcff in the cupboard')",
    "mute": "async def cook(dish):\n    raise TimeoutError",
    "third": "async def cook(dish):\n    assert dish.attempt == 3, 'not yet'",
    "unfinished": "async def bake(dish):\n    return None",
    "wrong": "async def cook(dish)\n    return None",
    "blocking": "def cook(dish):\n    return None",
    "needy": "\nimport an_oven",
    "leaves": "import sys\nsys.exit('usage: leaves FILE')",
    "nul": "async def cook(dish):\n    return '\0'",
    "elsewhere": "from time import sleep as cook",
    "ends": "import sys\nasync def cook(dish):\n    sys.exit('bye')",
    "gives": (
        "from kitchen.recipes import Hopeless\n"
        "async def cook(dish):\n    raise Hopeless('sold out for good')"
    ),
}


@pytest.fixture
def _recipes(folder: Path) -> None:
    """The recipes above, for as long as the test lasts."""
    for name, text in RECIPES.items():
        (folder / f"{name}.py").write_text(text)


@pytest.fixture
async def cook(settings: Settings, tmp_path: Path, _recipes: None) -> AsyncIterator[Cook]:
    """A cook with a menu that has one dish for each recipe, and a drink."""
    menu = tmp_path / "menu.toml"
    dishes = [DISH % (name, 1000, name) for name in (*RECIPES, "timed", "missing", "tmied")]
    menu.write_text(MENU + "".join(dishes) + DISH % ("drink", 0, "timed"))
    settings = settings.model_copy(update={"menu": menu, "recipe_timeout_s": 30})
    async with OrderBook(settings) as book:
        yield Cook("anna", book, settings)


async def place(cook: Cook, *skus: str) -> Order:
    lines = tuple(OrderLine(sku=sku, quantity=2) for sku in skus)
    return await cook.book.place(OrderRequest(items=lines))


async def cooked(cook: Cook, *skus: str) -> Order:
    """An order of these dishes, after one attempt."""
    order = await place(cook, *skus)
    await cook_order({"cook": cook}, order.id, 1)
    assert set() == cook.in_hand
    return await cook.book.order(order.id)


async def test_a_cooked_order_is_ready(cook: Cook) -> None:
    """PENDING, STARTED, SUCCESS, by this cook, with the progress told."""
    order = await cooked(cook, "timed")
    assert [Status.PENDING, Status.STARTED, Status.SUCCESS] == [e.status for e in order.history]
    assert ("anna", (1, 1), None, None) == (order.cook, order.progress, order.result, order.error)


async def test_what_recipes_return_is_the_result(cook: Cook) -> None:
    """By dish; a recipe that returns nothing adds nothing."""
    order = await cooked(cook, "returns", "nothing")
    assert {"returns": {"quantity": 2, "in": 1}} == order.result


async def test_only_what_is_cooked_is_cooked(cook: Cook) -> None:
    """A drink in the order is handed out, and the progress counts dishes only."""
    order = await cooked(cook, "timed", "drink")
    assert (Status.SUCCESS, (1, 1)) == (order.status, order.progress)


async def test_dishes_are_cooked_side_by_side(cook: Cook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three dishes of one order are all on the fire before the first one is done."""
    on_the_fire = asyncio.Barrier(3)

    async def wait_for_the_others(_dish: recipes.Dish) -> None:
        await on_the_fire.wait()

    monkeypatch.setattr(import_module("kitchen.recipes.timed"), "cook", wait_for_the_others)
    async with asyncio.timeout(PATIENCE_S):
        order = await cooked(cook, "timed", "timed", "timed")
    assert (Status.SUCCESS, (3, 3)) == (order.status, order.progress)


async def test_progress_does_not_go_back(cook: Cook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dishes done at the same moment are told one after the other, however slow the first report is."""
    told: list[int] = []
    overtaken = asyncio.Event()
    report = cook.book.report

    async def slow_at_first(*arguments: Any) -> bool:
        done = arguments[-2]
        if done == 1:
            with suppress(TimeoutError):
                await asyncio.wait_for(overtaken.wait(), 0.2)
        overtaken.set()
        told.append(done)
        return await report(*arguments)

    monkeypatch.setattr(cook.book, "report", slow_at_first)
    order = await cooked(cook, "timed", "timed", "timed")
    assert [1, 2] == told  # the last one is told by the end
    assert (3, 3) == order.progress


@pytest.mark.parametrize(
    ("sku", "error"),
    [
        ("burns", "RuntimeError: the oven is cold"),
        ("heaps", "ValueError: The result is larger than 4096 bytes."),
        ("odd", "ValueError: The result is not JSON: "),
        ("file", "FileNotFoundError: no "),
        ("mute", "not done within 30 s"),
        ("ends", "RuntimeError: the recipe called sys.exit('bye')"),
    ],
)
async def test_a_recipe_that_fails_is_tried_again(cook: Cook, sku: str, error: str) -> None:
    """RETRY with the error in one line, as a new attempt that waits for its time."""
    order = await cooked(cook, sku)
    assert (Status.RETRY, 2) == (order.status, order.attempt)
    assert (order.error or "").startswith(error)
    assert "\n" not in (order.error or "")


@pytest.mark.parametrize(
    ("sku", "error"),
    [
        ("missing", "kitchen/recipes/missing.py has no recipe: there is no such file"),
        (
            "tmied",
            "kitchen/recipes/tmied.py has no recipe: there is no such file; did you mean timed?",
        ),
        (
            "unfinished",
            "/unfinished.py has no recipe: there is no `async def cook(dish)`",
        ),
        ("blocking", "/blocking.py, line 1: its `cook` has to be an `async def`."),
        ("elsewhere", "/elsewhere.py: its `cook` has to be an `async def`."),
        ("leaves", "/leaves.py, line 2: SystemExit: usage: leaves FILE."),
        ("nul", "source code string cannot contain null bytes."),
        ("wrong", "/wrong.py, line 1: SyntaxError: expected ':'."),
        ("needy", "/needy.py, line 2: ModuleNotFoundError: No module named 'an_oven'."),
        ("gives", "Hopeless: sold out for good"),
    ],
)
async def test_where_no_attempt_can_help_none_is_made(cook: Cook, sku: str, error: str) -> None:
    """FAILURE at once, with a sentence for whoever wrote the menu or the recipe: what, and where."""
    order = await cooked(cook, sku)
    assert (Status.FAILURE, 1) == (order.status, order.attempt)
    assert error in (order.error or "")


async def test_the_first_of_many_failures_is_told(cook: Cook) -> None:
    """When one dish burns, the others are stopped and the order is tried again as a whole."""
    order = await cooked(cook, "hangs", "burns")
    assert (Status.RETRY, "RuntimeError: the oven is cold") == (order.status, order.error)


async def test_a_recipe_that_hangs_is_cut_off(cook: Cook) -> None:
    """After its time limit it counts as failed."""
    hasty = Cook("anna", cook.book, cook.settings.model_copy(update={"recipe_timeout_s": 0.05}))
    async with asyncio.timeout(PATIENCE_S):
        order = await cooked(hasty, "hangs")
    assert (Status.RETRY, "not done within 0.05 s") == (order.status, order.error)


async def test_after_the_last_attempt_it_is_a_failure(cook: Cook) -> None:
    """As many attempts as the setting says, each seen by the recipe, then staff decide."""
    order = await place(cook, "burns")
    for attempt in (1, 2, 3):
        await cook_order({"cook": cook}, order.id, attempt)
    failed = await cook.book.order(order.id)
    assert (Status.FAILURE, 3) == (failed.status, failed.attempt)


async def test_a_later_attempt_may_succeed(cook: Cook) -> None:
    """The error of the earlier ones is forgotten then, the history is not."""
    order = await place(cook, "third")
    for attempt in (1, 2, 3):
        await cook_order({"cook": cook}, order.id, attempt)
    done = await cook.book.order(order.id)
    assert (Status.SUCCESS, None) == (done.status, done.error)
    assert 2 == [entry.status for entry in done.history].count(Status.RETRY)


@pytest.mark.parametrize("attempt", [1, 2, 3, 4])
async def test_the_wait_before_the_next_attempt_doubles(
    cook: Cook, monkeypatch: pytest.MonkeyPatch, attempt: int
) -> None:
    """Between half and all of base · 2^(attempt - 1), so that not all come back at once."""
    patient = Cook("anna", cook.book, cook.settings.model_copy(update={"retry_base_s": 100.0}))
    waits: list[int] = []
    retry = cook.book.retry

    async def note(*arguments: Any) -> Order:
        waits.append(arguments[-1])
        return await retry(*arguments[:-1], 0)

    monkeypatch.setattr(cook.book, "retry", note)
    order = await place(cook, "burns")
    for number in range(1, min(attempt, 3) + 1):
        await cook_order({"cook": patient}, order.id, number)
    longest_ms = min(100_000 * 2 ** (len(waits) - 1), 300_000)
    assert longest_ms / 2 <= waits[-1] <= longest_ms


@pytest.mark.parametrize("attempt", [0, 2])
async def test_a_void_slip_cooks_nothing(cook: Cook, attempt: int) -> None:
    """A slip of another attempt is set aside, and the order is as it was."""
    order = await place(cook, "burns")
    await cook_order({"cook": cook}, order.id, attempt)
    assert order == await cook.book.order(order.id)


async def test_a_slip_of_no_order_is_set_aside(cook: Cook) -> None:
    """An order that is not in the book is nobody's fault."""
    await cook_order({"cook": cook}, "nobody", 1)
    assert set() == cook.in_hand


async def test_an_order_that_was_taken_away_is_left_alone(
    cook: Cook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staff cancelled while it was cooked: what comes of the pan is thrown away."""
    taken_away = asyncio.Event()

    async def until_then(_dish: recipes.Dish) -> None:
        await taken_away.wait()

    monkeypatch.setattr(import_module("kitchen.recipes.timed"), "cook", until_then)
    order = await place(cook, "timed", "timed")
    cooking = asyncio.create_task(cook_order({"cook": cook}, order.id, 1))
    await eventually(cook.book.crew.cooking)
    revoked = await cook.book.set_status(order.id, Status.REVOKED, Actor.STAFF)
    taken_away.set()
    await asyncio.wait_for(cooking, PATIENCE_S)
    assert revoked == await cook.book.order(order.id)


async def test_a_cook_who_goes_home_puts_the_order_back(cook: Cook) -> None:
    """Cancelled in the middle, it is at once on offer again, and the attempt is not counted."""
    order = await place(cook, "hangs")
    cooking = asyncio.create_task(cook_order({"cook": cook}, order.id, 1))
    await eventually(cook.book.crew.cooking)
    cooking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cooking
    back = await cook.book.order(order.id)
    assert (Status.RETRY, 2, None) == (back.status, back.attempt, back.error)
    [slip] = (await cook.book.claim("bob", 1, 1000)).slips
    assert slip.job_id.endswith(f":{order.id}:2")


async def test_every_recipe_of_the_menu_is_there(book: OrderBook) -> None:
    """The menu that comes along names no recipe that cannot be found."""
    for item in book.menu.items.values():
        assert callable(recipes.find(item.recipe))


async def test_a_slip_is_plain_json() -> None:
    """What is written as a job never runs code when it is read."""
    from kitchen.shift import serialize

    job = {"t": None, "f": "cook_order", "a": ("id", 1), "k": {}, "et": 5}
    assert json.loads(serialize(job)) == {**job, "a": ["id", 1]}
