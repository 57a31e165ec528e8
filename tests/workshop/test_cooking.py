"""Cooking in the workshop: one function for both counters, with the speed and mishaps directed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import orderup
from kitchen import recipes
from kitchen.recipes import as_directed
from orders import directions
from orders.directions import Directions, give
from orders.menu import load_menu
from orders.settings import Settings
from web.workshop import counter, opening
from web.workshop.counter import LineTooLong, OneCounter, Plate, Spoilt

SALAD = Plate("garden-salad", 0.1)
FRIES = Plate("fries-small", 0.1)


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the directions, which everybody who cooks in this process follows."""
    path = tmp_path / "directions.json"
    monkeypatch.setenv(directions.VARIABLE, str(path))
    return path


class Clock:
    """Time passes when somebody sleeps, and then at once."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)  # the others have their turn
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What recipe and cashier go by."""
    clock = Clock()
    for module, name in ((as_directed, "time"), (as_directed, "asyncio"), (counter, "time")):
        monkeypatch.setattr(module, name, clock)
    return clock


async def seconds(plate: Plate, clock: Clock) -> float:
    began = clock.now
    await as_directed.cook(plate)
    return clock.now - began


def test_both_counters_cook_by_the_same_function(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the crew finds under the name in the menu is what the cashier is given."""
    monkeypatch.setenv(opening.INVITATION, "as the launcher sets it")
    cashier = OneCounter(orderup._staging(0).cook, lambda _: None)
    for item in load_menu(opening.for_workshop(settings).menu).items.values():
        assert cashier.cook is recipes.find(item.recipe)


async def test_the_play_can_go_faster(script: Path, clock: Clock) -> None:
    """At speed 10 a dish takes a tenth."""
    give(script, Directions(speed=10))
    assert pytest.approx(0.01) == await seconds(SALAD, clock)


async def test_a_slow_fryer_slows_only_what_is_fried(script: Path, clock: Clock) -> None:
    """Fries take five times as long, a salad as long as ever."""
    give(script, Directions(slow_fryer=True))
    assert pytest.approx(0.1) == await seconds(SALAD, clock)
    assert pytest.approx(0.5) == await seconds(FRIES, clock)


async def test_a_pause_is_not_cooked(script: Path) -> None:
    """Nothing gets ready while the play is paused, and all goes on after it."""
    give(script, Directions(paused=True))
    cooked = asyncio.create_task(as_directed.cook(SALAD))
    assert (set(), {cooked}) == await asyncio.wait({cooked}, timeout=0.3)
    give(script, Directions())
    await asyncio.wait_for(cooked, 15)


async def test_one_dish_in_three_burns_when_directed(script: Path) -> None:
    """Of many dishes some burn and more do not; none burns without that direction."""
    give(script, Directions(failing=True, speed=1000))
    ends = await asyncio.gather(
        *(as_directed.cook(SALAD) for _ in range(200)), return_exceptions=True
    )
    burnt = sum(isinstance(end, as_directed.Burnt) for end in ends)
    assert 30 < burnt < 110
    give(script, Directions(speed=1000))
    await asyncio.gather(*(as_directed.cook(SALAD) for _ in range(20)))


async def test_the_cashier_of_the_first_restaurant_has_two_hands(clock: Clock) -> None:
    """One customer after the other: the second waits as long as the first is cooked for."""
    heard: list[str | None] = []
    cashier = OneCounter(as_directed.cook, heard.append)
    first, second = await asyncio.gather(
        cashier.serve("first", [SALAD]), cashier.serve("second", [SALAD])
    )
    assert ["first", None, "second", None] == heard
    assert (0, 100, 100) == (first.waited_ms, first.cooked_ms, second.waited_ms)
    assert pytest.approx(0.2) == clock.now


async def test_who_walks_away_is_not_cooked_for() -> None:
    """A customer who loses his patience in the line leaves his place to those behind."""
    heard: list[str | None] = []
    cashier = OneCounter(as_directed.cook, heard.append)
    serving = asyncio.create_task(cashier.serve("first", [SALAD]))
    waiting = asyncio.create_task(cashier.serve("second", [Plate("turkey", 60)]))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait_for(cashier.serve("third", [SALAD]), 15)
    await serving
    assert ["first", None, "third", None] == heard


async def test_the_line_of_the_first_restaurant_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody can fill the web server with people in line."""
    monkeypatch.setattr(counter, "LINE_AT_MOST", 1)
    cashier = OneCounter(as_directed.cook, lambda _: None)
    serving = asyncio.create_task(cashier.serve("first", [SALAD]))
    await asyncio.sleep(0)
    with pytest.raises(LineTooLong):
        await cashier.serve("second", [SALAD])
    await serving


async def test_a_failed_recipe_spoils_the_order_at_the_one_counter() -> None:
    """Whatever the recipe raises, the cashier says so and has his hands free for the next."""

    async def fail(_: Plate) -> None:
        raise ZeroDivisionError("the pan is gone")

    heard: list[str | None] = []
    cashier = OneCounter(fail, heard.append)
    for customer in ("first", "second"):
        with pytest.raises(Spoilt, match="the pan is gone"):
            await asyncio.wait_for(cashier.serve(customer, [SALAD, FRIES]), 15)
    assert ["first", None, "second", None] == heard
