"""What is told of a bad hour is what the orders themselves tell, whoever died in it."""

from __future__ import annotations

import asyncio
from typing import Any

from orders.book import OrderBook
from tests.recount import EVENTS, Recount, assert_agree

from .house import STAFF, House, RedisServer, Web, eventually

OVER = {"SUCCESS", "FAILURE", "REVOKED", "COLLECTED"}


async def test_the_statistics_of_a_bad_hour_agree_with_its_orders(
    house: House, book: OrderBook, redis: RedisServer
) -> None:
    """A cook is killed with orders in hand, dishes burn, Redis is killed, orders are cancelled and
    cooked again: each number of the totals is what the histories of the orders say.
    """
    web, dying = await house.web_and_kitchen(cooks=4)
    ids = [order["id"] for order in await web.place_many(6, "gated")]
    await eventually(lambda: len(house.diary()) == 4)
    for sku in ("quick", "flaky", "broken", "water", "quick"):
        ids += [order["id"] for order in await web.place_many(3, sku)]
    await web.set_status(ids[-1], "REVOKED")
    dying.kill()
    other = asyncio.create_task(house.kitchen(cooks=8))
    redis.kill()
    redis.start()
    await other
    await eventually(lambda: len(house.diary()) == 10)
    house.open_gate()
    orders = await eventually(lambda: all_over(web, ids))
    burnt = next(order for order in orders if order["status"] == "FAILURE")
    await web.set_status(burnt["id"], "PENDING", "FAILURE")
    await web.until(burnt["id"], "FAILURE" if "broken" in str(burnt["items"]) else "SUCCESS")
    water = next(order for order in orders if "water" in str(order["items"]))
    for status, said in (("COLLECTED", None), ("SUCCESS", "COLLECTED")):
        await web.set_status(water["id"], status, said)

    recount = Recount()
    for order in (await book.orders(ids)).values():
        recount.add(order)
    assert all(recount.events[name] for name in EVENTS)
    assert_agree(recount, await book.tally.ever())
    told = (await web.get("/api/totals", headers=STAFF)).json()
    assert {name: recount.events[name] for name in EVENTS} == {
        name: told["whole"][name] for name in EVENTS
    }
    assert dict(recount.ordered) == {item["sku"]: item["ordered"] for item in told["items"]}


async def all_over(web: Web, ids: list[str]) -> list[dict[str, Any]] | None:
    """The orders, once nothing more will become of any."""
    orders = [await web.order(order_id) for order_id in ids]
    return orders if {order["status"] for order in orders} <= OVER else None
