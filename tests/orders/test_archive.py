"""The archive: looking through all orders, page by page, and erasing what is over."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from orders import archive
from orders.archive import BadCursor, Filter
from orders.book import OrderBook
from orders.errors import BookBroken, KeyOfErased, NotFinished, OrderMovedOn, OrderNotFound
from orders.model import Order, OrderLine, OrderRequest
from orders.settings import Settings
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, changed, eventually
from tests.receiver import SECRET

SPY = OrderRequest(items=(OrderLine(sku="hamburger", quantity=1, note='"sku":"water",'),))


async def all_pages(book: OrderBook, wanted: Filter, limit: int = 3) -> list[str]:
    """The ids on all pages, one after the other."""
    found, cursor = list[str](), None
    while True:
        page = await book.archive.page(wanted, limit, cursor)
        assert len(page.orders) <= limit
        found += [order.id for order in page.orders]
        if (cursor := page.next) is None:
            return found


async def some_orders(book: OrderBook, how_many: int = 10) -> list[Order]:
    """Some of them placed in the same ms. Newest first, as the archive has them."""
    orders = await asyncio.gather(*(book.place(NUGGETS) for _ in range(how_many)))
    return sorted(orders, key=lambda order: (order.placed_ms, order.id.encode()), reverse=True)


async def a_moment_later(book: OrderBook) -> None:
    """Wait until what is placed next is newer: orders of one ms stand in no order of their coming."""
    before_ms = await book.diary.now_ms()

    async def it_is() -> bool:
        return await book.diary.now_ms() > before_ms

    await eventually(it_is)


async def test_every_order_is_on_one_page_the_newest_first(book: OrderBook) -> None:
    """Also those placed in the same moment, and whatever has become of them."""
    orders = await some_orders(book)
    await book.set_status(orders[3].id, Status.REVOKED, Actor.STAFF)
    assert [order.id for order in orders] == await all_pages(book, Filter())


async def test_orders_that_come_or_go_in_between_shift_no_page(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """Nothing is shown twice and nothing left out, even if the order where we stopped is gone."""
    orders = await some_orders(book)
    first = await book.archive.page(Filter(), 4)
    await a_moment_later(book)
    await book.place(NUGGETS)
    await raw.zrem(book.keys.placed, first.orders[-1].id)
    await raw.delete(f"{settings.key_prefix}order:{orders[6].id}")  # expired
    rest = await book.archive.page(Filter(), 20, first.next)
    found = [order.id for order in (*first.orders, *rest.orders)]
    assert [o.id for o in orders if o is not orders[6]] == found
    assert rest.next is None


async def test_a_search_finds_what_was_asked_for_and_nothing_else(book: OrderBook) -> None:
    """By status, number and item, alone and together."""
    nuggets, water = await book.place(NUGGETS), await book.place(WATER)
    await a_moment_later(book)
    spy = await book.place(SPY)
    await book.set_status(water.id, Status.COLLECTED, Actor.STAFF)
    for wanted, found in (
        (Filter(frozenset({Status.COLLECTED})), [water]),
        (Filter(frozenset({Status.PENDING, Status.RETRY})), [spy, nuggets]),
        (Filter(reference=nuggets.reference), [nuggets]),
        (Filter(reference="999"), []),
        (Filter(sku="water"), [water]),
        (Filter(sku="hamburger"), [spy]),
        (Filter(frozenset({Status.PENDING}), sku="water"), []),
    ):
        assert [order.id for order in found] == await all_pages(book, wanted)


async def test_a_search_by_time_has_its_beginning_and_not_its_end(book: OrderBook) -> None:
    """`from_ms` ≤ time placed < `until_ms`."""
    orders = await some_orders(book, 3)
    first, last = orders[-1].placed_ms, orders[0].placed_ms
    everything = [order.id for order in orders]
    assert everything == await all_pages(book, Filter(from_ms=first, until_ms=last + 1), 2)
    before = [order.id for order in orders if order.placed_ms < last]
    assert before == await all_pages(book, Filter(until_ms=last), 2)
    assert [] == await all_pages(book, Filter(from_ms=last + 1))


async def test_a_rare_order_is_found_some_pages_on(
    book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question looks at so many orders and no more: it answers what it found, and where to go on."""
    monkeypatch.setattr(archive, "SCAN", 3)
    monkeypatch.setattr(archive, "SCANS_A_PAGE", 2)
    rare = await book.place(WATER)
    await a_moment_later(book)
    await some_orders(book, 8)
    page = await book.archive.page(Filter(sku="water"))
    assert ((), True) == (page.orders, page.next is not None)
    assert [rare.id] == await all_pages(book, Filter(sku="water"))
    found, more = await book.archive.find(Filter(sku="nuggets-6"), 5)
    assert (5, True) == (len(found), more)
    found, more = await book.archive.find(Filter(sku="nuggets-6"), 8)
    assert (8, False) == (len(found), more)


async def test_an_order_that_somebody_damaged_hides_no_others(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """It is left out."""
    orders = await some_orders(book, 5)
    await raw.set(f"{settings.key_prefix}order:{orders[1].id}", "no JSON")
    for order, field in ((orders[2], "items"), (orders[3], "placed_ms")):
        await raw.hset(f"{settings.key_prefix}order:{order.id}", field, '[{"note": "nuts"}]')
        with pytest.raises(BookBroken, match=r"^an order was damaged: [A-Za-z]+$"):
            await book.order(order.id)
    assert [orders[0].id, orders[4].id] == await all_pages(book, Filter())
    assert {orders[0].id, orders[4].id} == set(
        await book.orders([o.id for o in orders if o is not orders[1]])
    )


@pytest.mark.parametrize("cursor", ["", "x", "!", "1", "1.", ".a", "-1.a", "1.é", "1.a\n", "1.a.b"])
async def test_a_cursor_that_is_none_is_refused(book: OrderBook, cursor: str) -> None:
    """Only what an answer had as `next` is one."""
    with pytest.raises(BadCursor):
        await book.archive.page(Filter(), 20, cursor)


# -- erasing -----------------------------------------------------------------------------------------


async def keys_that_know(raw: Redis, settings: Settings, *words: str) -> set[str]:
    """The keys of the store in whose name or value one of the words stands."""
    found = set()
    async for name in raw.scan_iter(f"*{settings.store}*", count=1000):
        kind = await raw.type(name)
        value = await {
            "string": raw.get,
            "hash": raw.hgetall,
            "zset": lambda n: raw.zrange(n, 0, -1),
            "set": raw.smembers,
            "list": lambda n: raw.lrange(n, 0, -1),
            "stream": raw.xrange,
        }[kind](name)
        if any(word in f"{name} {value}" for word in words):
            found.add(name.removeprefix(settings.key_prefix))
    return found


@pytest.mark.parametrize("status", [Status.COLLECTED, Status.REVOKED])
async def test_what_is_erased_stands_nowhere_any_more(
    book: OrderBook, settings: Settings, raw: Redis, status: Status
) -> None:
    """Neither the order, nor its number, nor who it was for; its number is free again."""
    wanted = OrderRequest(items=NUGGETS.items, name="Zebulon", language="de")
    order = await book.place(wanted)
    if status is Status.COLLECTED:
        await book.set_status(order.id, Status.STARTED, Actor.STAFF)
        await book.set_status(order.id, Status.SUCCESS, Actor.STAFF)
    await book.set_status(order.id, status, Actor.STAFF)
    assert await keys_that_know(raw, settings, "Zebulon")
    await book.archive.erase(order.id)
    assert set() == await keys_that_know(raw, settings, "Zebulon", order.id)
    with pytest.raises(OrderNotFound):
        await book.archive.erase(order.id)
    with pytest.raises(OrderNotFound):
        await book.order(order.id)


async def test_what_cooks_and_others_were_told_of_it_is_erased_too(
    settings: Settings, raw: Redis
) -> None:
    """Web hooks, sent or not, and the slip in a cook's last answer; what belongs to others stays."""
    told = {"hook_url": "https://hooks.example", "hook_secret": SECRET}
    async with changed(settings, **told) as book:
        order, other = [await book.place(NUGGETS, idempotency_key=key) for key in "ab"]
        await book.claim("anna", 2, 60_000, 1)
        for cooked in (order, other):
            await book.finish(cooked.id, 1, "anna")
            await book.set_status(cooked.id, Status.COLLECTED, Actor.STAFF)
        assert len(await keys_that_know(raw, settings, order.id)) > 5
        await book.archive.erase(order.id)
        assert {"idempotency:a"} == await keys_that_know(raw, settings, order.id)
        assert {other.id} == {one.order.id for one in await book.hooks.latest(10)}
        again = await book.claim("anna", 2, 60_000, 1)
        assert [other.id] == [slip.job_id.split(":")[1] for slip in again.slips]


async def test_an_open_order_is_not_erased(book: OrderBook) -> None:
    """Whatever its state on the board is."""
    order = await book.place(NUGGETS)
    for status in (None, Status.STARTED, Status.SUCCESS):
        if status:
            await book.set_status(order.id, status, Actor.STAFF)
        with pytest.raises(NotFinished):
            await book.archive.erase(order.id)
    assert Status.SUCCESS == (await book.order(order.id)).status


async def test_who_has_seen_another_state_erases_nothing(book: OrderBook) -> None:
    """A wish that names how long the history was comes too late when it has grown."""
    order = await book.place(NUGGETS)
    revoked = await book.set_status(order.id, Status.REVOKED, Actor.STAFF)
    with pytest.raises(OrderMovedOn):
        await book.archive.erase(order.id, after=1)
    assert revoked == await book.order(order.id)
    await book.archive.erase(order.id, after=2)


async def test_the_key_of_an_erased_order_orders_nothing_again(book: OrderBook) -> None:
    """A program that repeats its request late gets no second meal."""
    order = await book.place(NUGGETS, idempotency_key="k")
    await book.set_status(order.id, Status.REVOKED, Actor.STAFF)
    await book.archive.erase(order.id)
    for wanted in (NUGGETS, WATER):
        with pytest.raises(KeyOfErased):
            await book.place(wanted, idempotency_key="k")
    assert {} == (await book.snapshot()).tickets


async def test_the_number_of_another_order_stays_when_an_old_one_is_erased(
    book: OrderBook, settings: Settings, raw: Redis
) -> None:
    """A number that has been given out again belongs to who has it now."""
    order = await book.place(WATER)
    await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)
    await raw.hset(f"{settings.key_prefix}references", order.reference, "somebody else")
    await book.archive.erase(order.id)
    assert "somebody else" == await raw.hget(f"{settings.key_prefix}references", order.reference)
