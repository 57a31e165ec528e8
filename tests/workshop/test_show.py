"""The play stops by itself, and never fills the house."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from orders.keys import Keys
from web.workshop import show
from web.workshop.show import Show
from web.workshop.visits import Visit
from web.workshop.xray import Xray


@pytest.fixture
def play(tmp_path: Path) -> Show:
    """A play whose doors are open."""
    xray = Xray("redis://127.0.0.1:1/0", Keys("orderup:workshop:"))
    play = Show({}, tmp_path / "directions.json", xray)
    play.direct({"doors_open": "true"})
    return play


async def let_in(play: Show) -> None:
    """One look at the door; whoever comes finds nobody at this address."""
    async with (
        httpx.AsyncClient(base_url="http://127.0.0.1:1") as client,
        asyncio.TaskGroup() as going,
    ):
        play._let_in(client, going)
        for visit in play.visits["one"] + play.visits["queue"]:
            if visit.task is not None:
                visit.task.cancel()


async def test_a_customer_comes_to_both_counters(play: Show) -> None:
    """The same number and the same dish."""
    await let_in(play)
    (one,), (queue,) = play.visits["one"], play.visits["queue"]
    assert (one.number, one.sku) == (queue.number, queue.sku)


async def test_nobody_comes_when_the_presenter_has_gone(
    play: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while without a touch the doors are closed, and the page says why; a touch ends that."""
    monkeypatch.setattr(show, "ALONE_S", 0)
    await let_in(play)
    assert not play.controls.doors_open
    assert play.told()["stopped_alone"]
    assert [] == play.visits["one"]
    play.direct({"doors_open": "true"})
    assert not play.told()["stopped_alone"]


async def test_the_hall_has_room_for_so_many(play: Show) -> None:
    """Also when a bus arrives, nobody comes into a full hall."""
    full = [Visit(number, "one", "turkey") for number in range(show.HALL_AT_MOST)]
    play.visits["one"] = list(full)
    play.rush()
    await let_in(play)
    assert full == play.visits["one"]
    assert [] == play.visits["queue"]


def sits(play: Show, reference: str) -> Visit:
    """A customer at the queue, with this number."""
    visit = Visit(1, "queue", "turkey", place="seat", reference=reference)
    play.visits["queue"].append(visit)
    return visit


def ticket(reference: str, status: str) -> dict[str, str]:
    return {"reference": reference, "status": status}


async def test_whose_order_is_revoked_is_called_and_fails(play: Show) -> None:
    """Staff have taken it off the board, though nobody's patience was over."""
    visit = sits(play, "101")
    play._see([ticket("101", "STARTED")], whole=True)
    assert "pot" == visit.place
    play._see([ticket("101", "REVOKED")], whole=False)
    assert visit.called.is_set()
    assert not visit.may_fetch


async def test_whose_order_is_collected_has_eaten(play: Show) -> None:
    """Staff have handed it over before the display said that it is ready."""
    visit = sits(play, "101")
    play._see([ticket("101", "COLLECTED")], whole=False)
    assert visit.called.is_set()
    assert visit.may_fetch


async def test_a_number_that_is_off_the_board_is_gone(play: Show) -> None:
    """Also when it went during a cut: the board begins with all that is on it. One that was not on it
    yet may be too new for it.
    """
    gone, new = sits(play, "101"), sits(play, "102")
    play._see([ticket("101", "STARTED")], whole=True)
    play._see([], whole=True)
    assert gone.called.is_set()
    assert not gone.may_fetch
    assert not new.called.is_set()


async def test_a_number_that_is_given_out_again_is_another_one(play: Show) -> None:
    """What became of its first owner is nothing to the next."""
    sits(play, "101").end("ate")
    play._see([ticket("101", "COLLECTED")], whole=False)
    visit = sits(play, "101")
    play._call_out()
    assert not visit.called.is_set()
