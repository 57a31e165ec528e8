"""A restaurant of two web processes and a kitchen, seen by a Prometheus and by who reads the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests import http
from tests.conftest import Server
from tests.restaurant import Parts, eventually
from tests.web.test_totals import values

REFUSED = ("orderup_web_answers_total", "4xx")  # a metric's name, and its status
NAME, NOTE, PIN, WRONG_PIN = "Wilhelmina", "without pickles", "the-right-pin", "a-wrong-pin"


@dataclass(frozen=True)
class House:
    parts: Parts
    webs: tuple[str, str]
    orders: tuple[str, ...]

    def log(self) -> list[dict[str, str]]:
        """The lines of all processes; where a counter is found is printed, and no log."""
        lines = self.parts.log().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, valkey: Server) -> Iterator[House]:
    """Six orders were placed, three at each counter, and are ready."""
    parts = Parts(tmp_path_factory.mktemp("house"))
    try:
        as_json = ("--log", "json")
        counter = (*as_json, "--staff-pin", PIN)
        webs = parts.web(valkey.url, *counter), parts.web(valkey.url, *counter)
        parts.kitchen(valkey.url, *as_json)
        yield House(parts, webs, tuple(_order(web) for web in webs for _ in range(3)))
    finally:
        parts.clear()


def _order(web: str) -> str:
    """Place an order with all that is private, and wait until it is ready; its id."""
    item = {"sku": "nuggets-6", "quantity": 2, "note": NOTE}
    wanted = {"items": [item], "name": NAME}
    placed = http.post(f"{web}/api/orders", json=wanted).raise_for_status().json()
    where = f"{web}/api/orders/{placed['id']}"
    eventually(lambda: http.get(where).json()["status"] == "SUCCESS")
    return str(placed["id"])


def test_each_web_process_tells_the_numbers_of_all(house: House) -> None:
    """Whichever is scraped: the same orders, the same times, and the numbers of both processes."""

    def both() -> list[dict[tuple[str, ...], float]] | None:
        told = [values(http.get(f"{web}/metrics").text) for web in house.webs]
        timed = all(6 == each["orderup_time_to_number_seconds_count",] for each in told)
        return told if timed and all(len(_processes(each)) == 2 for each in told) else None

    one, other = eventually(both)
    assert _of_orders(one) == _of_orders(other)
    assert 6 == one["orderup_orders_placed_total",] == one["orderup_orders_ready_total",]
    assert 6 == one["orderup_orders", "SUCCESS"]
    assert (0, 0) == (one["orderup_queue_waiting",], one["orderup_queue_oldest_wait_seconds",])
    assert 12 == one["orderup_items_ordered_total", "nuggets-6"]
    assert (1, 4) == (one["orderup_crew_processes",], one["orderup_crew_cooks",])
    for name in ("wait", "cooking", "time_to_ready", "time_to_number"):
        buckets = [v for key, v in one.items() if key[0] == f"orderup_{name}_seconds_bucket"]
        assert sorted(buckets) == buckets
        assert 6 == buckets[-1] == one[f"orderup_{name}_seconds_count",]
        assert 0 < one[f"orderup_{name}_seconds_sum",] < 60
    assert _processes(one) == _processes(other)


def test_the_numbers_of_each_process_are_its_own(house: House) -> None:
    """Where two requests more were refused, two more are told, whichever is scraped."""
    for web, times in zip(house.webs, (1, 3), strict=True):
        for _ in range(times):
            assert 404 == http.get(f"{web}/api/orders/nobody").status_code

    def refused() -> list[list[float]]:
        told = [values(http.get(f"{web}/metrics").text) for web in house.webs]
        return [sorted(v for key, v in each.items() if key[::2] == REFUSED) for each in told]

    def is_so() -> bool:
        one, other = refused()
        return one == other and len(one) == 2 and one[1] - one[0] == 2

    eventually(is_so)


def _processes(told: dict[tuple[str, ...], float]) -> set[str]:
    return {key[2] for key in told if key[0] == "orderup_web_streams"}


def _of_orders(told: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    return {key: value for key, value in told.items() if not key[0].startswith("orderup_web_")}


def test_one_order_can_be_followed_through_all_logs(house: House) -> None:
    """Its id is in the lines of the counter that took it and of the kitchen that cooked it."""
    last = ("kitchen", "kitchen", "ready,")  # a customer knows it a bit earlier
    for order_id in house.orders:
        eventually(lambda order_id=order_id: last in _told_of(house, order_id))
        assert sorted(
            [
                ("web", "orders.steps", "placed"),
                ("kitchen", "orders.steps", "STARTED"),
                ("kitchen", "orders.steps", "SUCCESS"),
                last,
            ]
        ) == _told_of(house, order_id)


def _told_of(house: House, order_id: str) -> list[tuple[str, str, str]]:
    lines = [line for line in house.log() if line.get("order") == order_id]
    return sorted((line["process"], line["logger"], _verb(line["message"])) for line in lines)


def _verb(message: str) -> str:
    return next(word for word in message.split() if not word.isdigit())


def test_nothing_private_is_logged(house: House) -> None:
    """No name, no note, no PIN, right or wrong, and no address; also when something is refused. Only
    where its Redis is a kitchen says when it comes, and here that is the customers' address too.
    """
    for web in house.webs:
        right = http.get(f"{web}/metrics", headers={"Authorization": f"Bearer {PIN}"})
        assert 200 == right.status_code
        wrong = http.get(f"{web}/kitchen", headers={"Authorization": f"Bearer {WRONG_PIN}"})
        assert 401 == wrong.status_code
        assert 404 == http.get(f"{web}/api/orders/{NAME}").status_code
    told = [line for line in house.log() if " is on shift at redis://" not in line["message"]]
    logged = json.dumps(told)
    assert house.orders[0] in logged
    private = (NAME, NOTE, PIN, WRONG_PIN, "127.0.0.1", "::1")
    assert [] == [word for word in private if word in logged]
