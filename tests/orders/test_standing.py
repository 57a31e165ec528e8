"""What the crew is told: to pause, how many, who cooks; and what of it a robot can see."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.crew import Standing
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, changed

LASTS_MS = 60_000


async def claimed(book: OrderBook) -> set[str]:
    """The orders that a robot with nine free hands gets."""
    return {slip.job_id.split(":")[1] for slip in (await book.claim("anna", 9, LASTS_MS)).slips}


async def test_in_a_paused_kitchen_no_slip_is_due(book: OrderBook) -> None:
    """Not of what waits nor of what comes; resumed, all of it is, and nothing is lost."""
    before = await book.place(NUGGETS)
    await book.crew.tell(paused=True)
    after = await book.place(NUGGETS)
    assert set() == await claimed(book)
    await book.crew.tell(paused=False)
    assert {before.id, after.id} == await claimed(book)


async def test_what_is_in_hand_is_finished(book: OrderBook) -> None:
    """A pause takes no order from its cook."""
    order = await book.place(NUGGETS)
    await book.claim("anna", 1, LASTS_MS)
    await book.crew.tell(paused=True)
    await book.finish(order.id, 1, "anna")
    assert Status.SUCCESS == (await book.order(order.id)).status


@pytest.mark.parametrize("pause_ends_first", [True, False])
async def test_people_and_a_pause_hold_the_slips_together(
    book: OrderBook, pause_ends_first: bool
) -> None:
    """Only when people do not cook and there is no pause, robots begin; in whatever order that comes."""
    orders = [await book.place(NUGGETS)]
    await book.crew.tell(mode="people")
    orders.append(await book.place(NUGGETS))
    await book.crew.tell(paused=True)
    orders.append(await book.place(NUGGETS))
    ends = [{"paused": False}, {"mode": "robots"}]
    first, second = ends if pause_ends_first else ends[::-1]
    await book.crew.tell(**first)  # type: ignore[arg-type] # one of the two
    assert set() == await claimed(book)
    await book.crew.tell(**second)  # type: ignore[arg-type]
    assert {order.id for order in orders} == await claimed(book)


async def test_people_can_cook_during_a_pause(book: OrderBook) -> None:
    """The pause is for robots; who taps Start means it."""
    order = await book.place(NUGGETS)
    await book.crew.tell(paused=True)
    await book.set_status(order.id, Status.STARTED, Actor.STAFF)
    await book.crew.tell(paused=False)
    assert set() == await claimed(book)


async def test_a_retry_waits_for_its_time_after_the_pause_too(book: OrderBook) -> None:
    """The pause makes no attempt come earlier; meanwhile the office is told when it is due."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.crew.tell(paused=True)
    failed = await book.retry(order.id, 1, "anna", "burnt", 30_000)
    due_ms = failed.history[-1].at_ms + 30_000
    seen = await book.crew.overview([order.id])
    assert due_ms == seen.due_ms[order.id]
    await book.crew.tell(paused=False)
    earlier_ms = await book.diary.now_ms()
    claim = await book.claim("anna", 1, LASTS_MS)
    later_ms = await book.diary.now_ms()
    assert () == claim.slips
    assert due_ms - later_ms <= 1000 * (claim.next_s or 0) <= due_ms - earlier_ms


async def test_an_order_that_goes_first_does_so_after_the_pause(book: OrderBook) -> None:
    """Priority given during a pause holds when it ends."""
    for _ in range(3):
        last = await book.place(NUGGETS)
    await book.crew.tell(paused=True)
    await book.prioritize(last.id)
    assert set() == await claimed(book)
    await book.crew.tell(paused=False)
    [slip] = (await book.claim("anna", 1, LASTS_MS)).slips
    assert f":{last.id}:" in slip.job_id


async def test_a_pause_outlives_those_who_made_it(book: OrderBook, settings: Settings) -> None:
    """It stands in the book, with all else that the crew is told."""
    await book.crew.tell(paused=True, cooks=7, mode="people")
    async with changed(settings) as another:
        assert Standing("people", paused=True, cooks=7) == await another.crew.standing()
        await another.crew.tell(paused=False, cooks=0, mode="robots")
    assert Standing() == await book.crew.standing()


async def test_saying_the_same_again_changes_nothing(book: OrderBook, raw: Redis) -> None:
    """Two who press Pause do not move the slips twice."""
    await book.place(NUGGETS)
    await book.crew.tell(paused=True)
    once = await raw.zrange(book.keys.queue, 0, -1, withscores=True)
    await book.crew.tell(paused=True, cooks=0)
    assert once == await raw.zrange(book.keys.queue, 0, -1, withscores=True)


async def test_a_wish_is_no_cook(book: OrderBook) -> None:
    """It stands where the beats stand, and nobody takes it for one of them."""
    await book.crew.arrive("anna", {"beat": 0})
    await book.crew.tell(cooks=3)
    assert {"anna"} == (await book.crew.beats()).keys() == (await book.crew.on_duty()).keys()
    assert ({"anna": '{"beat": 0}'}, 3) == await book.crew.beats_as_told()


async def test_what_went_wrong_stays_with_its_attempt(book: OrderBook) -> None:
    """Each attempt keeps its own error in the history, for the staff; the customer sees none of them."""
    order = await book.place(NUGGETS)
    for attempt, error in ((1, "burnt\n twice"), (2, "")):
        await book.start(order.id, attempt, "anna")
        await book.retry(order.id, attempt, "anna", error, 0)
    await book.start(order.id, 3, "anna")
    await book.finish(order.id, 3, "anna")
    done = await book.order(order.id)
    assert [None, None, "burnt twice", None, None, None, None] == [
        entry.error for entry in done.history
    ]
    assert {"cook:anna"} == {entry.by for entry in done.history[1:]}
    assert "burnt twice" == done.to_json(for_staff=True)["history"][2]["error"]
    assert "burnt" not in str(done.to_json())
