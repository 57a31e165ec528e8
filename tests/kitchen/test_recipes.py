"""The recipes that come along, each with the real thing: a book, a process pool, a mail server."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kitchen import processes, recipes
from kitchen.cook import Cook, cook_order
from kitchen.postbox import Postbox
from kitchen.recipes import feast, lucky, timed
from kitchen.recipes.daily_special import SPECIALS, special_of
from orders.book import OrderBook
from orders.model import Meal, Order, OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Status
from tests.conftest import PATIENCE_S, eventually

MENU = Path(__file__).parents[2] / "docs" / "workshop" / "menu.toml"

# Charges, then fails in the first attempt; what it did stands in a list of its own.
CHARGING = """
done = []

async def cook(dish):
    async def work():
        done.append(dish.attempt)
        return {"in": dish.attempt}

    charged = await dish.step("charge", work)
    assert dish.attempt > 1, "the oven is cold"
    return charged
"""

DISH = """
[[categories.items]]
sku = "charging"
price_cents = 100
cooking_ms = 1000
recipe = "charging"
picture = "bell"
name = { en = "Dish" }
"""


class StrictPostbox(Postbox):
    """Knows nobody by the name on the letter, and says so for good."""

    async def handle_RCPT(self, *_: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return "550 No such user"


@pytest.fixture
async def cook(settings: Settings, tmp_path: Path, folder: Path) -> AsyncIterator[Cook]:
    """A cook with the menu of the workshop, and one dish more."""
    (folder / "charging.py").write_text(CHARGING)
    menu = tmp_path / "menu.toml"
    menu.write_text(MENU.read_text() + DISH)
    settings = settings.model_copy(update={"menu": menu})
    async with OrderBook(settings) as book:
        yield Cook("anna", book, settings)


async def placed(cook: Cook, *skus: str) -> Order:
    lines = tuple(OrderLine(sku=sku, quantity=2) for sku in skus)
    return await cook.book.place(OrderRequest(items=lines))


async def attempted(cook: Cook, order: Order, attempt: int) -> Order:
    await cook_order({"cook": cook}, order.id, attempt)
    return await cook.book.order(order.id)


async def test_the_plainest_recipe_takes_as_long_as_the_menu_says() -> None:
    """No less, whatever the quantity, and not much more."""
    began = time.monotonic()
    cooking = asyncio.create_task(timed.cook(recipes.Dish("nuggets-6", 9, 0.2, "order", 1)))
    much_more = asyncio.create_task(asyncio.sleep(1.5))
    done, _ = await asyncio.wait({cooking, much_more}, return_when=asyncio.FIRST_COMPLETED)
    assert cooking in done
    assert time.monotonic() - began > 0.19
    much_more.cancel()


async def test_work_on_the_loop_is_done_here_and_elsewhere_is_not(cook: Cook) -> None:
    """Both compress the same; the result names the process in which it was done."""
    order = await attempted(cook, await placed(cook, "squeeze-here", "squeeze-elsewhere"), 1)
    here, elsewhere = order.result["squeeze-here"], order.result["squeeze-elsewhere"]
    assert os.getpid() == here.pop("process")
    assert os.getpid() != elsewhere.pop("process")
    assert here == elsewhere
    assert here["squeezed"] < here["bytes"]


@pytest.mark.usefixtures("folder")
async def test_a_pool_process_that_was_killed_is_replaced() -> None:
    """The attempt in which it happens fails; the next one gets new processes."""
    with pytest.raises(Exception, match="terminated abruptly"):
        await processes.elsewhere(os.abort)
    assert os.getpid() != await processes.elsewhere(os.getpid)


async def test_a_letter_arrives_once_though_it_was_turned_away(cook: Cook) -> None:
    """RETRY while the mail server says "later", then SUCCESS; the same Message-ID each time."""
    told: list[str] = []
    box = Postbox(told.append, refuses=1)
    async with box.opened("127.0.0.1", 0) as port:
        cook = mailing(cook, port)
        order = await attempted(cook, await placed(cook, "letter"), 1)
        assert Status.RETRY == order.status
        assert "451" in (order.error or "")
        order = await attempted(cook, order, 2)
    assert Status.SUCCESS == order.status
    assert [f"<{order.id}.letter@orderup.example>"] == box.letters
    assert box.letters[0] == order.result["letter"]["message"]
    assert 2 == len(told)


async def test_a_letter_to_nobody_is_not_tried_again(cook: Cook) -> None:
    """A refusal for good is a FAILURE at once, with the server's words."""
    async with StrictPostbox(lambda _: None).opened("127.0.0.1", 0) as port:
        cook = mailing(cook, port)
        order = await placed(cook, "letter")
        failed = await attempted(cook, order, 1)
    assert Status.FAILURE == failed.status
    assert "550" in (failed.error or "")


def mailing(cook: Cook, port: int) -> Cook:
    settings = cook.settings.model_copy(update={"mail_server": f"127.0.0.1:{port}"})
    return Cook("anna", cook.book, settings)


async def test_luck_is_the_same_in_a_kitchen_opened_anew() -> None:
    """Thirty dishes: some burn, most do not, and the same ones do the next time."""

    async def thirty() -> list[bool]:
        lucky.luck.seed(lucky.SEED)
        dish = recipes.Dish("lucky", 1, 0.0, "order", 1)
        outcomes = await asyncio.gather(
            *(lucky.cook(dish) for _ in range(30)), return_exceptions=True
        )
        return [outcome is None for outcome in outcomes]

    first = await thirty()
    assert first == await thirty()
    assert 20 == sum(first)


async def test_the_special_is_another_one_each_day_of_the_week(cook: Cook) -> None:
    """Seven days, seven dishes; the result names the shop's own day and the dish."""
    assert set(SPECIALS) == {special_of(date(2026, 3, day)) for day in range(1, 8)}
    before = cook.book.special.business_day()
    order = await attempted(cook, await placed(cook, "special"), 1)
    told = order.result["special"]
    assert date.fromisoformat(told["day"]) in {before, cook.book.special.business_day()}
    assert special_of(date.fromisoformat(told["day"])) == told["special"]


async def test_a_feast_tells_its_steps(cook: Cook) -> None:
    """First the one, then three side by side, then the last; all are kept with the order."""
    order = await attempted(cook, await placed(cook, "feast"), 1)
    names = [step.name for step in order.steps]
    assert ["season", "carve"] == [names[0], names[-1]]
    assert {"roast", "peel", "sauce"} == set(names[1:-1])
    assert {"feast"} == {step.sku for step in order.steps}
    assert order.result == {"feast": {step.name: step.result for step in order.steps}}


async def test_steps_of_a_feast_go_on_side_by_side() -> None:
    """Roast, peel and sauce have all begun before one of them is done; the first and the last wait."""
    together, going = asyncio.Barrier(3), list[str]()

    async def keep(name: str, work: recipes.Work) -> object:
        going.append(name)
        if name in feast.SIDE_BY_SIDE:
            await together.wait()
        return await work()

    async with asyncio.timeout(PATIENCE_S):
        await feast.cook(recipes.Dish("feast", 1, 0.0, "order", 1, keep=keep))
    assert ["season", *feast.SIDE_BY_SIDE, "carve"] == going


async def test_a_finished_step_is_not_done_again(cook: Cook) -> None:
    """The second attempt gets what the first one has kept."""
    order = await attempted(cook, await placed(cook, "charging"), 1)
    assert Status.RETRY == order.status
    order = await attempted(cook, order, 2)
    assert {"charging": {"in": 1}} == order.result
    assert [1] == sys.modules["kitchen.recipes.charging"].done


async def test_two_lines_of_one_dish_have_steps_of_their_own(cook: Cook) -> None:
    """They are told apart by their place in the order, not by the dish."""
    order = await attempted(cook, await placed(cook, "charging", "charging"), 1)
    order = await attempted(cook, order, 2)
    assert {0, 1} == {step.number for step in order.steps}


async def test_a_step_of_a_cook_who_was_given_up_is_not_kept(cook: Cook) -> None:
    """Fenced like all that cooks say: attempt and name have to be those of the order."""
    order = await placed(cook, "feast")
    meal: Meal = (await cook.book.start(order.id, 1, "anna")).meal
    assert await cook.book.keep_step(meal, "anna", 0, "season", "salt")
    assert await cook.book.keep_step(meal, "anna", 0, "season", "pepper")  # sent again: no change
    assert not await cook.book.keep_step(meal, "bob", 0, "roast", None)
    await cook.book.give_up(order.id, "anna")
    assert not await cook.book.keep_step(meal, "anna", 0, "roast", None)
    [step] = (await cook.book.order(order.id)).steps
    assert ("season", "salt") == (step.name, step.result)


@pytest.mark.parametrize("name", ["", "Roast", "two words", "a\nb", "x" * 41])
async def test_a_step_needs_a_plain_name(cook: Cook, name: str) -> None:
    """So that it can be told from the others, and shown."""
    meal = (await cook.book.start((await placed(cook, "feast")).id, 1, "anna")).meal
    with pytest.raises(ValueError, match="no name of a step"):
        await cook.book.keep_step(meal, "anna", 0, name, None)


async def test_steps_have_only_so_much_room(cook: Cook) -> None:
    """What does not fit into the book is refused, and what was kept stays."""
    order = await placed(cook, "feast")
    meal = (await cook.book.start(order.id, 1, "anna")).meal
    for number in range(4):
        await cook.book.keep_step(meal, "anna", 0, f"step-{number}", "x" * 4000)
    with pytest.raises(ValueError, match="The steps of an order"):
        await cook.book.keep_step(meal, "anna", 0, "one-more", "x" * 4000)
    assert 4 == len((await cook.book.order(order.id)).steps)


async def test_an_attempt_taken_away_stops_at_its_next_step(cook: Cook, folder: Path) -> None:
    """What a lost cook still does is thrown away, and the order is as the next cook left it."""
    (folder / "charging.py").write_text(CHARGING.replace("dish.attempt > 1", "True"))
    order = await placed(cook, "charging")
    keep_step = cook.book.keep_step

    async def too_late(*arguments: Any) -> bool:
        await cook.book.give_up(order.id, "anna")
        return await keep_step(*arguments)

    cook.book.keep_step = too_late  # type: ignore[method-assign]
    await cook_order({"cook": cook}, order.id, 1)
    now = await cook.book.order(order.id)
    assert (Status.RETRY, 2, ()) == (now.status, now.attempt, now.steps)
    assert await eventually(lambda: not cook.in_hand)
