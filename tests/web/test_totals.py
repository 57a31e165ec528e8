"""The totals, and what a Prometheus is told, by one web process."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.counts import Counts
from orders.errors import BookUnavailable
from orders.settings import Settings
from tests.conftest import NUGGETS, Server, eventually
from tests.web.conftest import STAFF, Web, open_counter
from web import vitals

N = {
    *("placed", "at_once", "ready", "collected", "failed", "retried", "revoked", "recalled"),
    *("cooked_again", "waiting", "number_ms", "wait_ms", "cooking_ms", "ready_ms"),
}


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "REPORT_EVERY_S", 0.05)


def values(text: str) -> dict[tuple[str, ...], float]:
    """Each sample's number, by its name and the values of its labels, in the order of their names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(("span", "steps"), [("hour", 60), ("day", 24), ("week", 168)])
async def test_the_totals_of_a_span_have_no_hole(
    client: httpx.AsyncClient, book: OrderBook, span: str, steps: int
) -> None:
    """Each minute or hour is there, what happened is in the last ones, and together it is the whole."""
    order = await book.place(NUGGETS)
    await book.start(order.id, 1, "anna")
    await book.finish(order.id, 1, "anna")
    answer = await client.get("/api/totals", params={"range": span}, headers=STAFF)
    told = answer.json()
    assert (200, span, "UTC", steps) == (
        answer.status_code,
        told["range"],
        told["time_zone"],
        len(told["series"]),
    )
    apart = {now["at_ms"] - then["at_ms"] for then, now in pairwise(told["series"])}
    assert {told["step_s"] * 1000} == apart
    assert N == set(told["whole"])
    assert N | {"at_ms"} == set(told["series"][0])
    assert 1 == told["whole"]["placed"] == sum(step["placed"] for step in told["series"][-2:])
    assert {"count", "mean", "p50", "p90", "p99"} == set(told["whole"]["ready_ms"])
    assert [{"sku": "nuggets-6", "ordered": 1, "cancelled": 0}] == [
        {name: value for name, value in item.items() if name != "name"} for item in told["items"]
    ]
    assert list(range(24)) == [hour["hour"] for hour in told["hours"]]
    assert 1 == sum(hour["ready"] for hour in told["hours"])


async def test_the_totals_are_the_staffs(client: httpx.AsyncClient) -> None:
    """Nobody else reads them, and a span that is none is refused."""
    assert 401 == (await client.get("/api/totals")).status_code
    assert 422 == (await client.get("/api/totals?range=year", headers=STAFF)).status_code


async def test_the_time_to_a_number_is_kept(client: httpx.AsyncClient, book: OrderBook) -> None:
    """What is taken, by form or API, is timed; what is refused is not."""
    body = {"items": [{"sku": "nuggets-6", "quantity": 1}]}
    assert 201 == (await client.post("/api/orders", json=body)).status_code
    assert 422 == (await client.post("/api/orders", json={"items": []})).status_code
    form = {"quantity.nuggets-6": "1", "service": "eat-in"}
    assert 303 == (await client.post("/orders", data=form)).status_code

    async def kept() -> bool:
        return (await book.tally.ever()).number_ms.count == 2

    await eventually(kept)


async def test_no_time_is_lost_while_redis_is_away(
    own_settings: Settings, own_valkey: Server
) -> None:
    """What could not be reported is reported when Redis is back, once."""
    async with open_counter(own_settings) as web:
        own_valkey.kill()
        web.counter.vitals.number_told(0.1)
        await eventually(lambda: web.counter.vitals._unconfirmed is not None)
        own_valkey.start()

        async def kept() -> bool:
            try:
                return (await web.counter.book.tally.ever()).number_ms.count == 1
            except BookUnavailable:
                return False

        await eventually(kept)


async def test_no_time_is_lost_when_a_process_closes(
    settings: Settings, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what it has counted since its last report before it goes, and is told of no more."""
    monkeypatch.setattr(vitals, "REPORT_EVERY_S", 60)
    async with open_counter(settings) as web:
        await eventually(book.census.reports)
        web.counter.vitals.number_told(0.1)
    assert 1 == (await book.tally.ever()).number_ms.count
    assert {} == await book.census.reports()


async def test_a_prometheus_is_told_each_time_under_its_own_name(
    client: httpx.AsyncClient, book: OrderBook, raw: Redis
) -> None:
    """To the start, from there to Ready, and the whole: as the order's own history has them."""
    body = {"items": [{"sku": "nuggets-6", "quantity": 1}]}
    order_id = (await client.post("/api/orders", json=body)).json()["id"]
    ever = await eventually(lambda: _timed(book))
    await _pass(raw, ever.number_ms.total_ms + 70)  # each time is longer than the one before
    begun = await book.start(order_id, 1, "anna")
    await _pass(raw, begun.history[-1].at_ms - begun.placed_ms + 70)
    await book.finish(order_id, 1, "anna")
    order = await book.order(order_id)
    began, ended = (entry.at_ms for entry in order.history[1:])
    lasted_ms = {
        "time_to_number": ever.number_ms.total_ms,
        "wait": began - order.placed_ms,
        "cooking": ended - began,
        "time_to_ready": ended - order.placed_ms,
    }
    assert 4 == len({*lasted_ms.values()})
    told = values((await client.get("/metrics")).text)
    for name, ms in lasted_ms.items():
        assert ms / 1000 == told[f"orderup_{name}_seconds_sum",]
        bucket = f"orderup_{name}_seconds_bucket"
        held = {key[1]: number for key, number in told.items() if key[0] == bucket}
        below = {bound: float(ms <= float(bound) * 1000) for bound in held}
        assert below == held or name == "time_to_number"  # whose time is no whole ms


async def _pass(raw: Redis, ms: int) -> None:
    """Return when the clock that orders are timed by has gone on by so much."""

    async def now() -> float:
        seconds, microseconds = await raw.time()
        return float(seconds) * 1000 + microseconds / 1000

    began = await now()
    while await now() < began + ms:
        await asyncio.sleep(0.005)


async def _timed(book: OrderBook) -> Counts | None:
    ever = await book.tally.ever()
    return ever if ever.number_ms.count == 1 else None


async def test_the_metrics_are_for_this_machine_and_the_staff(client: httpx.AsyncClient) -> None:
    """A program here may ask; whoever comes through a proxy needs the PIN, trusted proxy or not."""
    answer = await client.get("/metrics")
    assert (200, "text/plain") == (answer.status_code, answer.headers["content-type"][:10])
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        passed_on = {header: "127.0.0.1"}
        assert 401 == (await client.get("/metrics", headers=passed_on)).status_code
        assert 200 == (await client.get("/metrics", headers=passed_on | STAFF)).status_code


async def test_behind_a_trusted_proxy_the_clients_address_counts(settings: Settings) -> None:
    """A client elsewhere is not this machine, though the proxy is."""
    behind = settings.model_copy(update={"trusted_proxies": "127.0.0.1"})
    async with open_counter(behind) as web:
        elsewhere = {"X-Forwarded-For": "203.0.113.7"}
        assert 401 == (await web.client.get("/metrics", headers=elsewhere)).status_code
        assert 200 == (await web.client.get("/metrics")).status_code


async def test_the_metrics_tell_of_streams_and_gaps(
    web: Web, settings: Settings, raw: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open board is counted, and so is a change that was missed."""
    monkeypatch.setattr("web.hearing.COMPARE_EVERY_S", 60)  # by which it could be found before
    name = web.counter.vitals.process
    resyncs = ("orderup_web_resyncs_total", name)
    before = values((await web.client.get("/metrics")).text)
    async with web.stream("/board/events") as board:
        await board.next("snapshot")
        await raw.incrby(f"{settings.key_prefix}version", 3)  # as if three changes had been lost
        await web.counter.book.place(NUGGETS)
        await eventually(lambda: web.counter.hub.heard["resyncs"] > before[resyncs])
        told = values((await web.client.get("/metrics")).text)
    assert 1 == told["orderup_web_streams", "board", name]
    assert 1 == told["orderup_web_redis_gaps_total", name]
    assert before[resyncs] + 1 == told[resyncs]


async def test_without_redis_the_metrics_tell_of_the_process(
    own_settings: Settings, own_valkey: Server
) -> None:
    """A scrape during an outage is answered, and says that Redis is away."""
    async with open_counter(own_settings) as web:
        assert 1 == values((await web.client.get("/metrics")).text)["orderup_redis_up",]
        own_valkey.kill()
        answer = await web.client.get("/metrics")
        assert 200 == answer.status_code
        told = values(answer.text)
        assert 0 == told["orderup_redis_up",]
        assert ("orderup_web_answers_total", web.counter.vitals.process, "2xx") in told
        own_valkey.start()
