"""A stock arq worker and ours serve the same queue, and each takes over from the other."""

from __future__ import annotations

import json
import sys

from orders.book import OrderBook
from orders.settings import Settings

from .house import HOME, READY_WITHIN_S, House, Process, eventually, steps


async def test_each_takes_over_the_orders_of_the_other_when_it_is_killed(house: House) -> None:
    """Ours is killed and the stock worker cooks on, then the other way round: nothing is lost, and
    nothing is cooked by two.
    """
    web, ours = await house.web_and_kitchen(cooks=2)
    first = {order["id"] for order in await web.place_many(2, "gated")}
    await eventually(lambda: len(house.diary()) == 2)
    stock = await stock_kitchen(house, cooks=6)
    ours.kill()
    await eventually(lambda: len(house.diary()) == 4)
    assert {(order_id, 2, stock.pid) for order_id in first} == set(house.diary()[2:])

    second = {order["id"] for order in await web.place_many(2, "gated")}
    await eventually(lambda: len(house.diary()) == 6)
    assert {(order_id, 1, stock.pid) for order_id in second} == set(house.diary()[4:])
    next_ours = await house.kitchen(cooks=6)
    stock.kill()
    await eventually(lambda: len(house.diary()) == 10)
    pid = next_ours.pid
    again = {(order_id, 3, pid) for order_id in first} | {(order_id, 2, pid) for order_id in second}
    assert again == set(house.diary()[6:])

    house.open_gate()
    for order_id in first | second:
        done = await web.until(order_id, "SUCCESS")
        starts = [attempt for status, attempt in steps(done) if status == "STARTED"]
        assert starts == list(range(1, len(starts) + 1))
        assert 1 == steps(done).count(("SUCCESS", starts[-1]))
    assert 10 == len(house.diary())


async def test_together_they_cook_each_order_once(house: House) -> None:
    """Both are at work on one full queue, and every order is started and finished exactly once."""
    web = await house.web()
    orders = await web.place_many(20, "quick")
    for_the_stock = await stock_kitchen(house, cooks=2)
    ours = await house.kitchen(cooks=2)
    cooks = set()
    for order in orders:
        done = await web.until(order["id"], "SUCCESS")
        assert [("PENDING", 1), ("STARTED", 1), ("SUCCESS", 1)] == steps(done)
        cooks.add(done["cook"])
    more = await web.place_many(4, "gated")  # as many as both have hands
    await eventually(lambda: len(house.diary()) == 4)
    assert {for_the_stock.pid: 2, ours.pid: 2} == {
        pid: [entry[2] for entry in house.diary()].count(pid)
        for pid in (for_the_stock.pid, ours.pid)
    }
    house.open_gate()
    for order in more:
        await web.until(order["id"], "SUCCESS")


async def stock_kitchen(house: House, **settings: object) -> Process:
    """A kitchen with arq's own command, once it is on shift."""
    env = house.environment(settings) | {"PYTHONPATH": str(HOME)}
    words = [sys.executable, "-m", "arq", "kitchen.worker.WorkerSettings"]
    kitchen = Process(f"stock-{len(house.parts)}", words, house.folder, env)
    house.parts.append(kitchen)
    await eventually(lambda: on_roster(house, kitchen), READY_WITHIN_S)
    return kitchen


async def on_roster(house: House, kitchen: Process) -> bool:
    """arq's command logs nothing of ours, so the book is asked."""
    assert kitchen.alive, kitchen.log
    settings = Settings(redis_url=house.redis_url, store=house.store)
    async with OrderBook(settings, deadline_s=30) as book:
        return any(
            json.loads(beat).get("pid") == kitchen.pid
            for beat in (await book.crew.beats()).values()
        )
