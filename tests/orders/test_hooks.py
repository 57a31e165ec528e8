"""Web hooks in the book: written with the change itself, and nothing where nobody wants to hear."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.errors import HookNotFound
from orders.hooks import PAUSES, Attempt, Delivery
from orders.model import OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, changed
from tests.receiver import SECRET

PRIVATE = OrderRequest(
    items=(OrderLine(sku="nuggets-6", quantity=2, note="allergic to nuts"),), name="Zoë"
)


@pytest.fixture
async def telling(settings: Settings) -> AsyncIterator[OrderBook]:
    """A book that tells of every change."""
    events = ",".join(Status)
    async with changed(
        settings, hook_url="https://hooks.example", hook_secret=SECRET, hook_events=events
    ) as book:
        yield book


async def told(book: OrderBook) -> list[tuple[str, str]]:
    """Event and number of all deliveries, the oldest first."""
    return [(one.type, one.order.reference) for one in reversed(await book.hooks.latest(1000))]


async def test_every_chosen_change_is_told(telling: OrderBook, raw: Redis) -> None:
    """Each by one delivery and one errand, in the order in which they happened."""
    order = await telling.place(NUGGETS)
    await telling.start(order.id, 1, "anna")
    await telling.retry(order.id, 1, "anna", "burnt", 0)
    await telling.claim("anna", 1, 1000)
    await telling.finish(order.id, 2, "anna")
    await telling.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    await telling.set_status(order.id, Status.SUCCESS, Actor.STAFF, Status.COLLECTED)
    events = ["placed", "started", "retried", "started", "ready", "collected", "ready"]
    assert [(f"order.{event}", order.reference) for event in events] == await told(telling)
    jobs = await raw.zrange(telling.keys.errands, 0, -1)
    assert len(events) == len(set(jobs)) == await raw.exists(*(f"arq:job:{job}" for job in jobs))
    assert await raw.llen(telling.keys.errand_bell) == len(events)


async def test_many_changes_of_one_moment_are_all_told(telling: OrderBook) -> None:
    """Each order of a batch has its own delivery, and each delivery an id of its own."""
    orders = await asyncio.gather(*(telling.place(WATER) for _ in range(50)))
    assert sorted(("order.ready", order.reference) for order in orders) == sorted(
        await told(telling)
    )
    assert 50 == len({one.id for one in await telling.hooks.latest(1000)})


async def test_without_an_address_nothing_is_written(
    book: OrderBook, raw: Redis, settings: Settings
) -> None:
    """Not a key."""
    order = await book.place(NUGGETS)
    await book.set_status(order.id, Status.REVOKED, Actor.STAFF)
    keys = [key async for key in raw.scan_iter(f"{settings.key_prefix}*")]
    assert [] == [key for key in keys if "hook" in key or "errand" in key]


async def test_only_what_is_chosen_is_told(settings: Settings) -> None:
    """By default what ends the wait: ready, failed, collected, cancelled."""
    async with changed(settings, hook_url="https://hooks.example", hook_secret=SECRET) as book:
        order = await book.place(NUGGETS)
        await book.start(order.id, 1, "anna")
        await book.finish(order.id, 1, "anna")
        assert [("order.ready", order.reference)] == await told(book)


async def test_what_is_private_is_not_told(telling: OrderBook, raw: Redis) -> None:
    """Neither name nor note, and neither stands in the delivery's key, where nobody would erase it."""
    order = await telling.place(PRIVATE)
    (delivery,) = await telling.hooks.latest(1)
    stored = json.dumps(await raw.hgetall(telling.keys.hook(delivery.id)), ensure_ascii=False)
    for text in (delivery.body(), stored):
        assert "Zoë" not in text
        assert "allergic" not in text
    data = json.loads(delivery.body())["data"]
    assert (order.id, [{"sku": "nuggets-6", "quantity": 2}]) == (data["id"], data["items"])
    assert "name" not in data


async def test_it_tells_of_the_order_as_it_was_then(telling: OrderBook) -> None:
    """Whatever has become of it since; the body is the same in each attempt."""
    order = await telling.place(NUGGETS)
    (delivery,) = await telling.hooks.latest(1)
    before = delivery.body()
    await telling.set_status(order.id, Status.REVOKED, Actor.STAFF)
    again = await telling.hooks.find(delivery.id)
    assert again is not None
    assert before == again.body()
    assert "PENDING" == json.loads(before)["data"]["status"]


async def test_a_damaged_order_stops_nobody(
    telling: OrderBook, raw: Redis, settings: Settings
) -> None:
    """Nobody is told of it, and it can be cancelled all the same."""
    order = await telling.place(NUGGETS)
    await raw.hset(f"{settings.key_prefix}order:{order.id}", "items", "no JSON")
    await telling._moved(order.id, Status.REVOKED, Actor.STAFF, quiet=True)
    assert [("order.placed", order.reference)] == await told(telling)


async def failed(book: OrderBook, delivery: Delivery) -> float | None:
    """An attempt at what stands in the book, that did not succeed."""
    now = await book.hooks.find(delivery.id)
    assert now is not None
    return await book.hooks.settle(now, Attempt(1, 2, "500"), "waiting")


async def test_it_is_tried_again_for_about_a_day(telling: OrderBook, settings: Settings) -> None:
    """With growing pauses, and then it has failed; by hand the row begins anew."""
    await telling.place(NUGGETS)
    (delivery,) = await telling.hooks.latest(1)
    pauses = [await failed(telling, delivery) for _ in range(len(PAUSES) + 1)]
    assert [*(pause * settings.hook_retry_s for pause in PAUSES), None] == pauses
    assert 23 * 3600 < sum(pause or 0 for pause in pauses) < 25 * 3600
    (given_up,) = await telling.hooks.latest(1)
    assert ("failed", len(pauses)) == (given_up.state, len(given_up.attempts))
    again = await telling.hooks.send_again(delivery.id)
    assert ("waiting", 0, len(pauses)) == (again.state, again.tries, len(again.attempts))
    assert PAUSES[0] * settings.hook_retry_s == await failed(telling, delivery)


async def test_it_is_kept_for_longer_than_it_is_tried(telling: OrderBook, raw: Redis) -> None:
    """The errand that brings it too: after the last pause both are still there."""
    await telling.place(NUGGETS)
    (delivery,) = await telling.hooks.latest(1)
    (job,) = await raw.zrange(telling.keys.errands, 0, -1)
    day_s = 25 * 3600
    assert day_s < await raw.ttl(f"arq:job:{job}")
    assert day_s < await raw.ttl(telling.keys.hook(delivery.id))


async def test_an_unknown_delivery_cannot_be_sent(telling: OrderBook) -> None:
    """Neither by staff nor by an errand that comes late."""
    with pytest.raises(HookNotFound):
        await telling.hooks.send_again("msg_x_1")
    assert await telling.hooks.find("msg_x_1") is None


async def test_the_list_is_bounded_and_what_waits_is_kept(telling: OrderBook, raw: Redis) -> None:
    """A thousand are listed; beyond them only those stay that are still to be delivered."""
    first, second = await telling.place(WATER), await telling.place(WATER)
    done, waiting = reversed(await telling.hooks.latest(2))
    await telling.hooks.settle(done, Attempt(1, 2, "204"), "delivered")
    for _ in range(10):
        await asyncio.gather(*(telling.place(WATER) for _ in range(100)))
    assert 1000 == await raw.zcard(telling.keys.hooks)
    assert (first.reference, second.reference) == (done.order.reference, waiting.order.reference)
    assert await telling.hooks.find(done.id) is None
    assert await telling.hooks.find(waiting.id) is not None
    await telling.hooks.settle(waiting, Attempt(1, 2, "204"), "delivered")
    assert await telling.hooks.find(waiting.id) is None
