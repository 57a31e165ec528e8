"""Orders that are over, what they leave behind, and how they come back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.errors import TransitionRefused
from orders.model import MAX_RESULT_BYTES, Order
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, changed, eventually, kept_s


async def ready(book: OrderBook, result: object = None) -> Order:
    """An order that was cooked."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.finish(order.id, 1, "anna", result)
    return await book.order(order.id)


async def test_a_finished_order_is_packed_and_reads_as_before(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """One JSON string instead of a hash, kept for thirty days, and nothing is lost but what to cook."""
    before = await ready(book, {"temperature": 74.5})
    collected = await book.set_status(before.id, Status.COLLECTED, Actor.STAFF)
    key = f"{settings.key_prefix}order:{before.id}"
    assert "string" == await raw.type(key)
    assert 30 * 24 * 3600 == await kept_s(raw, key, collected.finished_ms)
    assert collected == await book.order(before.id)
    end = collected.history[-1]
    assert replace(before, portions=()) == replace(
        collected, status=Status.SUCCESS, finished_ms=None, history=collected.history[:-1]
    )
    assert (Status.COLLECTED, collected.finished_ms) == (end.status, end.at_ms)


async def test_a_recalled_order_is_open_again(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """Recall brings back the hash, the number and the ticket, and the order can be collected again."""
    order = await ready(book)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    back = await book.set_status(order.id, Status.SUCCESS, Actor.STAFF, Status.COLLECTED)
    key = f"{settings.key_prefix}order:{order.id}"
    assert ("hash", -1) == (await raw.type(key), await raw.ttl(key))
    assert (order.reference, None) == (back.reference, back.finished_ms)
    assert Status.SUCCESS == (await book.snapshot()).tickets[order.id].status
    again = await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    assert [Status.COLLECTED, Status.SUCCESS, Status.COLLECTED] == [
        entry.status for entry in again.history[-3:]
    ]


async def test_a_recall_that_comes_too_late_is_refused(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """After the recall window the order stays COLLECTED, though its number was not freed yet."""
    order = await book.place(WATER)
    collected = await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)

    async def a_moment_has_passed() -> bool:
        seconds, micros = await raw.time()
        return seconds * 1000 + micros // 1000 > (collected.finished_ms or 0)

    await eventually(a_moment_has_passed)
    async with changed(settings, recall_s=0) as later:
        with pytest.raises(TransitionRefused):
            await later.set_status(order.id, Status.SUCCESS, Actor.STAFF, Status.COLLECTED)
    assert collected == await book.order(order.id)


async def test_a_recall_must_say_from(book: OrderBook) -> None:
    """A stale screen that only says SUCCESS brings no collected order back."""
    order = await book.place(WATER)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    with pytest.raises(TransitionRefused):
        await book.set_status(order.id, Status.SUCCESS, Actor.STAFF)


@pytest.mark.parametrize(
    "result",
    [
        0,
        False,
        "",
        [],
        {},
        {"empty": [], "none": None},
        12345678901234567890,
        0.1,
        '日本 "\\\n\x7f',
    ],
)
async def test_a_result_is_read_as_it_was_returned(book: OrderBook, result: object) -> None:
    """Empty lists, long numbers and any text survive the book, finished orders included."""
    order = await ready(book, result)
    assert result == order.result
    assert result == (await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)).result
    assert result == (await book.order(order.id)).result


async def test_a_result_may_have_four_kibibytes_and_no_more(book: OrderBook) -> None:
    """The limit counts bytes of JSON; one more is refused and the order goes on cooking."""
    most = "é" * ((MAX_RESULT_BYTES - 2) // 2)
    assert most == (await ready(book, most)).result
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    with pytest.raises(ValueError, match="larger than 4096 bytes"):
        await book.finish(order.id, 1, "anna", most + "e")
    assert Status.STARTED == (await book.order(order.id)).status


@pytest.mark.parametrize("result", [object(), float("nan"), {1, 2}, b"bytes", "\ud83d"])
async def test_a_result_that_is_not_json_is_refused(book: OrderBook, result: object) -> None:
    """What cannot be written as JSON is a ValueError, and the order goes on cooking."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    with pytest.raises(ValueError, match=r"result|surrogates"):
        await book.finish(order.id, 1, "anna", result)
    assert Status.STARTED == (await book.order(order.id)).status


@pytest.mark.parametrize("error", ["", "Zwiebel: \u2028 \"'\\", "🔥" * 300, "two\nlines"])
async def test_an_errors_text_is_kept_as_it_was_told(book: OrderBook, error: str) -> None:
    """The text of the last failed attempt stands with the order until it succeeds."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    assert error == (await book.retry(order.id, 1, "anna", error, 0)).error
    assert error == (await book.start(order.id, 2, "anna")).error
    await book.finish(order.id, 2, "anna")
    assert (await book.order(order.id)).error is None


async def test_the_history_tells_who_did_what_in_which_attempt(book: OrderBook) -> None:
    """Every transition is one entry, times never go back, and the actors are named."""
    order = await book.place(NUGGETS, by=Actor.STAFF)
    await book.start(order.id, 1, "anna")
    await book.give_up(order.id, "anna")
    await book.set_status(order.id, Status.STARTED, Actor.STAFF)
    done = await book.set_status(order.id, Status.SUCCESS, Actor.STAFF)
    assert [
        ("PENDING", 1, "staff"),
        ("STARTED", 1, "cook:anna"),
        ("RETRY", 2, "crew"),
        ("STARTED", 2, "staff"),
        ("SUCCESS", 2, "staff"),
    ] == [(entry.status, entry.attempt, entry.by) for entry in done.history]
    times = [entry.at_ms for entry in done.history]
    assert sorted(times) == times
