"""Customers who tap twice, many cashiers at once, and a kitchen that cannot keep up."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter

from orders.book import OrderBook
from tests.machine import within

from .house import House, RedisServer, Web, eventually, fill, order_for

OPEN_ORDERS = 5_000
AT_ONCE = 50


async def test_a_hundred_requests_with_one_key_create_one_order(house: House) -> None:
    """However many come at once, through two web processes, all get the same number."""
    webs = await asyncio.gather(house.web(), house.web())
    key = secrets.token_hex(8)
    orders = await asyncio.gather(*(webs[n % 2].place("quick", key) for n in range(100)))
    assert len({(order["id"], order["reference"]) for order in orders}) == 1
    assert await webs[0].board() == {orders[0]["reference"]: "PENDING"}


async def test_a_used_key_is_answered_with_the_order_as_it_is_now(house: House) -> None:
    """The same request later: 201, the same order, its present status. Another one: 422."""
    web, _ = await house.web_and_kitchen()
    first = await web.place("quick", "my-key")
    await web.until(first["id"], "SUCCESS")
    again = await web.place("quick", "my-key")
    assert (again["id"], again["reference"]) == (first["id"], first["reference"])
    assert again["status"] == "SUCCESS"
    other = await web.post(
        "/api/orders", json=order_for("water"), headers={"Idempotency-Key": "my-key"}
    )
    assert other.status_code == 422
    assert other.json()["reference"] == first["reference"]


async def test_the_same_form_sent_by_everybody_orders_once(house: House) -> None:
    """A double tap, a reload, a proxy that retries: always the ticket of the first."""
    webs = await asyncio.gather(house.web(), house.web())
    form = {"quantity.quick": "1", "idempotency_key": secrets.token_hex(8)}
    sent = await asyncio.gather(*(webs[n % 2].post("/orders", data=form) for n in range(20)))
    assert Counter({303: 20}) == Counter(answer.status_code for answer in sent)
    assert len({answer.headers["Location"] for answer in sent}) == 1
    assert len(await webs[0].board()) == 1


async def test_a_key_survives_a_redis_that_is_killed(house: House, redis: RedisServer) -> None:
    """Whoever got no answer repeats it after the restart, and has one order."""
    web = await house.web()
    key = secrets.token_hex(8)
    first = await web.place("quick", key)
    redis.kill()
    redis.start()
    assert (await web.place("quick", key))["id"] == first["id"]
    assert len(await web.board()) == 1


async def test_no_number_is_twice_on_a_board_of_five_thousand(
    house: House, book: OrderBook
) -> None:
    """Fifty cashiers in three processes, and the range widens long before it is full."""
    webs = await asyncio.gather(*(house.web() for _ in range(3)))
    await fill(book, OPEN_ORDERS)
    placed: list[str] = []

    async def cashier(web: Web) -> None:
        for _ in range(6):
            placed.append((await web.place())["reference"])  # noqa: PERF401 - others come in between

    await asyncio.gather(*(cashier(webs[n % 3]) for n in range(AT_ONCE)))
    snapshot = await book.snapshot()
    numbers = Counter(ticket.reference for ticket in snapshot.tickets.values())
    assert len(numbers) == OPEN_ORDERS + 6 * AT_ONCE
    assert numbers.most_common(1)[0][1] == 1
    assert set(placed) <= set(numbers)
    assert {len(reference) for reference in placed} == {5}  # half of all with four are in use


async def test_a_full_kitchen_turns_customers_away_in_words(house: House) -> None:
    """With too many orders waiting: 503, a text that says so, and nothing is taken. Drinks are."""
    web = await house.web(waiting_limit=3)
    await web.place_many(3, "quick")
    refused = await web.post("/api/orders", json=order_for("quick"))
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:orderup:problem:too-many-waiting"
    assert int(refused.headers["Retry-After"]) > 0
    page = await web.post("/orders", data={"quantity.quick": "2", "idempotency_key": "k"})
    assert page.status_code == 503
    assert "we take no more right now" in page.text
    assert 'value="2"' in page.text
    assert len(await web.board()) == 3
    assert (await web.place("water"))["status"] == "SUCCESS"
    await house.kitchen()
    await eventually(lambda: _takes(web))


async def test_an_answer_is_quick_however_many_wait(house: House, book: OrderBook) -> None:
    """With thousands in the queue, placing and starting an order take as long as with none."""
    await fill(book, OPEN_ORDERS)
    web = await house.web(speed=1000)
    await house.kitchen(cooks=2, speed=1000)
    async with within(5):  # for ten, which would be seconds each if anything was scanned
        await web.place_many(10, "quick")


async def test_the_kiosk_says_that_nobody_cooks(house: House) -> None:
    """Before the order is taken; with a cook on shift it says nothing, also after he is killed it
    says it again.
    """
    web = await house.web()
    assert NOBODY in (await web.get("/")).text
    assert (await web.place())["status"] == "PENDING"  # taken all the same, by default
    kitchen = await house.kitchen()
    await eventually(lambda: _says_nothing(web))
    kitchen.kill()
    await eventually(lambda: _says_that_nobody_cooks(web))


async def test_a_counter_may_take_nothing_while_nobody_cooks(house: House) -> None:
    """With `without_crew=refuse`: 503 in words for what has to be cooked, drinks are sold."""
    web = await house.web(without_crew="refuse")
    assert "we can only take orders for drinks" in (await web.get("/")).text
    refused = await web.post("/api/orders", json=order_for("quick"))
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:orderup:problem:nobody-cooks"
    page = await web.post("/orders", data={"quantity.quick": "1", "idempotency_key": "k"})
    assert page.status_code == 503
    assert "There is nobody to cook this right now" in page.text
    assert (await web.place("water"))["status"] == "SUCCESS"
    await house.kitchen()
    await eventually(lambda: _takes(web))


NOBODY = "cook is on shift"


async def _says_that_nobody_cooks(web: Web) -> bool:
    return NOBODY in (await web.get("/")).text


async def _says_nothing(web: Web) -> bool:
    return not await _says_that_nobody_cooks(web)


async def _takes(web: Web) -> bool:
    return (await web.post("/api/orders", json=order_for("quick"))).status_code == 201
