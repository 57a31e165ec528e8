"""The rate limit: how many changes one address may send in a while, and what it hears of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.settings import Settings
from tests.conftest import state_of
from tests.web.conftest import STAFF, Web, open_counter
from tests.web.test_api import ORDER, problem
from web.rate_count import MOST_WINDOWS, RateCount

ONE = "203.0.113.5"


@pytest.fixture
def limit() -> str:
    return "3/minute"


@pytest.fixture
def settings(settings: Settings, limit: str) -> Settings:
    """With a limit, behind a proxy on this machine, so that we can come from anywhere."""
    return settings.model_copy(update={"rate_limit": limit, "trusted_proxies": "127.0.0.1"})


@pytest.fixture
async def client(web: Web) -> AsyncIterator[httpx.AsyncClient]:
    web.client.headers["X-Forwarded-For"] = ONE
    return web.client


async def place(client: httpx.AsyncClient, address: str = ONE) -> httpx.Response:
    return await client.post("/api/orders", json=ORDER, headers={"X-Forwarded-For": address})


def left(answer: httpx.Response) -> list[int]:
    """How many requests the header `RateLimit` says are left, by window."""
    return [
        int(count) for count in re.findall(r'"\d+s";r=(\d+);t=\d+', answer.headers["RateLimit"])
    ]


async def test_more_than_the_limit_is_429_and_changes_nothing(
    client: httpx.AsyncClient, raw: Redis, settings: Settings
) -> None:
    """The problem says that nothing was done, and when to come again."""
    assert [201] * 3 == [(await place(client)).status_code for _ in range(3)]
    before = await state_of(raw, settings)
    answer = await place(client)
    assert (429, "too-many-requests") == problem(answer)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert before == await state_of(raw, settings)


async def test_every_counted_answer_tells_the_limit_and_what_is_left(
    client: httpx.AsyncClient,
) -> None:
    """By draft-ietf-httpapi-ratelimit-headers-10, whatever the answer is; reading is not counted."""
    answers = [await place(client) for _ in range(2)]
    answers.append(await client.delete("/api/orders/nobody"))
    answers.append(await place(client))
    assert [[2], [1], [0], [0]] == [left(answer) for answer in answers]
    assert {'"60s";q=3;w=60'} == {answer.headers["RateLimit-Policy"] for answer in answers}
    assert "RateLimit" not in (await client.get("/api/board")).headers


async def test_pages_and_reading_go_on(client: httpx.AsyncClient) -> None:
    """Whoever is over the limit still sees the board; the form is answered by a page in words."""
    for _ in range(3):
        await place(client)
    for path in ("/", "/board", "/api/board", "/api/menu"):
        assert 200 == (await client.get(path)).status_code
    answer = await client.post("/orders", data={"quantity.water": "1"})
    assert (429, True) == (answer.status_code, "Nothing was done." in answer.text)
    assert "text/html; charset=utf-8" == answer.headers["content-type"]


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        ("203.0.113.6", False),
        ("2001:db8:1:1:ffff::2", True),
        ("2001:db8:1:2::1", False),
    ],
)
async def test_neighbours_in_a_64_count_as_one(
    client: httpx.AsyncClient, other: str, shared: bool
) -> None:
    """An address of its own has a limit of its own; of IPv6 everybody has 2^64 addresses at least."""
    for _ in range(3):
        await place(client, "2001:db8:1:1::1")
    assert (429 if shared else 201) == (await place(client, other)).status_code


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_this_machine_is_not_counted(client: httpx.AsyncClient, address: str) -> None:
    """A proxy that nobody has named would be everybody."""
    answers = [await place(client, address) for _ in range(5)]
    assert {(201, False)} == {(a.status_code, "RateLimit" in a.headers) for a in answers}


async def test_the_staff_are_counted_too(client: httpx.AsyncClient) -> None:
    """A program that runs wild has the PIN, too."""
    for _ in range(3):
        await place(client)
    answer = await client.put("/api/menu/water", json={"available": True}, headers=STAFF)
    assert (429, "too-many-requests") == problem(answer)


@pytest.mark.parametrize("limit", ["2/second;3/minute"])
async def test_of_several_limits_each_holds(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the short one is over it goes on, until the long one is used up; who was refused, and asks
    again, uses up nothing.
    """
    for now_s, statuses in ((100.0, [201, 201, 429]), (101.0, [201, 429])):
        clock = SimpleNamespace(monotonic=lambda now_s=now_s: now_s)
        monkeypatch.setattr("web.rate_count.time", clock)  # however long the requests take
        answers = [await place(client) for _ in statuses]
        assert statuses == [answer.status_code for answer in answers]
    assert [1, 0] == left(answers[-1])
    assert "59" == answers[-1].headers["Retry-After"]


@pytest.mark.parametrize("limit", [""])
async def test_without_a_limit_nothing_is_counted(client: httpx.AsyncClient) -> None:
    """No header then either."""
    answers = [await place(client) for _ in range(5)]
    assert {(201, False)} == {(a.status_code, "RateLimit" in a.headers) for a in answers}


async def test_a_crowd_does_not_meet_the_usual_limit(settings: Settings, book: OrderBook) -> None:
    """A hall that shares one address: five hundred orders at once are no reason to refuse any."""
    await book.meet()
    usual = str(Settings.model_fields["rate_limit"].default)
    async with open_counter(settings.model_copy(update={"rate_limit": usual})) as web:
        answers = [await place(web.client) for _ in range(100)]
    assert {201} == {answer.status_code for answer in answers}
    assert left(answers[-1])[0] > 5_000


def test_any_number_of_addresses_takes_bounded_memory() -> None:
    """The window that began first is forgotten; those of today are still counted."""
    count = RateCount("2/hour")
    for number in range(MOST_WINDOWS + 1000):
        count.hit(f"address {number}")
    windows = count._limiter.storage._windows  # type: ignore[union-attr]
    assert MOST_WINDOWS == len(windows)
    assert 0 == count.hit(f"address {number}").wait_s
    assert 3000 < count.hit(f"address {number}").wait_s <= 3600
