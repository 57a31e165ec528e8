"""What the crew does with the book: claims, fences, who cooks."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.claims import Slip
from orders.errors import TransitionRefused
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, changed, eventually

LASTS_MS = 60_000


async def test_a_claim_takes_the_longest_waiting_and_starts_them(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """A cook with two free hands gets the two oldest slips; these orders are STARTED by him."""
    orders = [await book.place(NUGGETS) for _ in range(3)]
    for age, order in enumerate(reversed(orders)):  # the same millisecond has no order
        await raw.zadd(book.keys.queue, {f"{settings.store}:{order.id}:1": 1000 + age})
    claim = await book.claim("anna", 2, LASTS_MS)
    first, second = orders[2], orders[1]
    assert (
        Slip(f"{settings.store}:{first.id}:1", 1000, (await book.order(first.id)).meal),
        Slip(f"{settings.store}:{second.id}:1", 1001, (await book.order(second.id)).meal),
    ) == claim.slips
    assert {first.id: "anna", second.id: "anna"} == await book.crew.cooking()
    assert Status.PENDING == (await book.order(orders[0].id)).status


async def test_no_slip_is_claimed_twice(book: OrderBook) -> None:
    """What one cook has claimed, the next one does not get, though it stays in the queue as arq's do."""
    await book.place(NUGGETS)
    assert 1 == len((await book.claim("anna", 5, LASTS_MS)).slips)
    assert () == (await book.claim("bob", 5, LASTS_MS)).slips


async def test_a_claim_reads_on_behind_what_is_in_work(book: OrderBook) -> None:
    """However many slips are being cooked, the one that waits behind them is found."""
    for _ in range(150):
        await book.place(NUGGETS)
    assert 150 == len((await book.claim("anna", 1000, LASTS_MS)).slips)
    last = await book.place(NUGGETS)
    [slip] = (await book.claim("bob", 1, LASTS_MS)).slips
    assert f":{last.id}:" in slip.job_id


async def test_a_claim_tells_when_the_next_slip_is_due(book: OrderBook) -> None:
    """A slip that waits for its time is not claimed; the cook learns how long it has to wait."""
    order = await book.place(NUGGETS)
    assert (await book.claim("anna", 1, LASTS_MS)).next_s is None
    failed = await book.retry(order.id, 1, "anna", "burnt", 30_000)
    due_ms = failed.history[-1].at_ms + 30_000
    earlier_ms = await book.diary.now_ms()
    claim = await book.claim("anna", 1, LASTS_MS)
    later_ms = await book.diary.now_ms()
    assert () == claim.slips
    assert due_ms - later_ms <= 1000 * (claim.next_s or 0) <= due_ms - earlier_ms


async def test_a_strangers_job_in_the_queue_is_claimed_as_arq_would(
    book: OrderBook, raw: Redis
) -> None:
    """A slip that is no order's goes to arq like any other, and changes no order."""
    await raw.zadd(book.keys.queue, {"somebody:else": 5})
    assert (Slip("somebody:else", 5, None),) == (await book.claim("anna", 1, LASTS_MS)).slips
    assert "1" == await raw.get("arq:in-progress:somebody:else")
    await raw.delete("arq:in-progress:somebody:else")
    assert {} == await book.crew.cooking()


async def test_a_cook_who_was_given_up_can_do_nothing_any_more(book: OrderBook) -> None:
    """After a hand-over the old cook cannot finish, fail, retry, put back or report; the new one can."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.give_up(order.id, "anna")
    await book.start(order.id, 2, "bob")
    mine = (order.id, 1, "anna")
    assert False is await book.report(*mine, 1, 2)
    for call in (
        lambda: book.start(*mine),
        lambda: book.finish(*mine),
        lambda: book.retry(*mine, "burnt", 0),
        lambda: book.fail(*mine, "burnt"),
        lambda: book.put_back(*mine),
        lambda: book.give_up(order.id, "anna"),
    ):
        with pytest.raises(TransitionRefused):
            await call()
    await book.finish(order.id, 2, "bob")
    done = await book.order(order.id)
    assert (Status.SUCCESS, "bob") == (done.status, done.cook)


async def test_a_cook_who_has_it_again_cannot_end_it_with_the_old_attempt(book: OrderBook) -> None:
    """The fence is the attempt, not only the name: what the first pan yields is nothing any more."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.give_up(order.id, "anna")
    again = await book.start(order.id, 2, "anna")
    with pytest.raises(TransitionRefused):
        await book.finish(order.id, 1, "anna")
    with pytest.raises(TransitionRefused):
        await book.retry(order.id, 1, "anna", "burnt", 0)
    assert again == await book.order(order.id)


async def test_a_robot_whose_order_staff_finished_is_fenced(book: OrderBook) -> None:
    """Staff tap Ready while a robot cooks; whatever the robot says after that changes nothing."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    ready = await book.set_status(order.id, Status.SUCCESS, Actor.STAFF)
    with pytest.raises(TransitionRefused):
        await book.retry(order.id, 1, "anna", "burnt", 0)
    assert ready == await book.order(order.id)


async def test_where_people_cook_no_slip_is_due(book: OrderBook) -> None:
    """In `people` mode robots claim nothing, of what waits and of what comes; back again, all of it."""
    before = await book.place(NUGGETS)
    await book.crew.choose("people")
    after = await book.place(NUGGETS)
    assert () == (await book.claim("anna", 9, LASTS_MS)).slips
    await book.crew.choose("robots")
    await book.claim("anna", 9, LASTS_MS)
    assert {before.id: "anna", after.id: "anna"} == await book.crew.cooking()


async def test_choosing_the_same_crew_again_changes_nothing(book: OrderBook, raw: Redis) -> None:
    """Two processes that start with the same setting do not move the slips twice."""
    await book.place(NUGGETS)
    await book.crew.choose("people")
    once = await raw.zrange(book.keys.queue, 0, -1, withscores=True)
    await book.crew.choose("people")
    assert once == await raw.zrange(book.keys.queue, 0, -1, withscores=True)


async def test_the_roster_names_who_is_on_shift(book: OrderBook) -> None:
    """A cook is on the roster from arrival until leaving, with the last beat as written."""
    await book.crew.arrive("anna", {"beat": 0})
    await book.crew.beat("anna", {"beat": 1})
    await book.crew.arrive("bob", {"beat": 0})
    assert {"anna": '{"beat": 1}', "bob": '{"beat": 0}'} == await book.crew.beats()
    await book.crew.leave("anna")
    assert {"bob": '{"beat": 0}'} == await book.crew.beats()


async def test_an_order_put_back_has_as_many_attempts_left(settings: Settings) -> None:
    """Going home does not count: of two attempts two are left, and then it is a FAILURE."""
    async with changed(settings, attempts=2) as book:
        order = await book.place(NUGGETS)
        await book.start(order.id, 1, "anna")
        await book.put_back(order.id, 1, "anna")
        for attempt, status in ((2, Status.RETRY), (3, Status.FAILURE)):
            await book.start(order.id, attempt, "bob")
            failed = await book.retry(order.id, attempt, "bob", "burnt", 0)
            assert status == failed.status


async def test_a_delayed_attempt_is_claimed_when_it_is_due(book: OrderBook) -> None:
    """After its delay the next attempt is on offer."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.retry(order.id, 1, "anna", "burnt", 20)

    async def claimed() -> bool:
        return bool((await book.claim("bob", 1, LASTS_MS)).slips)

    await eventually(claimed)
    assert {order.id: "bob"} == await book.crew.cooking()
