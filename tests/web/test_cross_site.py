"""Posts from other websites are refused, and the headers that keep strangers out of our pages."""

from __future__ import annotations

import httpx
import pytest
from redis.asyncio import Redis

from orders.settings import Settings
from tests.conftest import PIN, state_of
from tests.web.conftest import STAFF, Web, open_counter
from tests.web.test_api import ORDER, problem

HERE = "http://counter.test:8000"
HOST = {"Host": "counter.test:8000"}

FROM_ELSEWHERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},  # another port of this host
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Origin": "http://evil.example"},
    {"Origin": "http://counter.test"},
    {"Origin": "http://counter.test:8001"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "counter.test:8000"},
]
FROM_HERE: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": HERE},
]
FORM = {"quantity.water": "1"}


@pytest.mark.parametrize("said", FROM_ELSEWHERE)
async def test_what_another_site_sends_is_refused(
    client: httpx.AsyncClient, raw: Redis, settings: Settings, said: dict[str, str]
) -> None:
    """Forms and API, customers' and the staff's: 403, and nothing was done."""
    headers = HOST | said
    before = await state_of(raw, settings)
    order = (await client.post("/api/orders", json=ORDER)).json()
    placed = await state_of(raw, settings)
    assert before != placed
    for path in ("/orders", f"/orders/{order['id']}/cancel", "/staff/leave"):
        answer = await client.post(path, data=FORM, headers=headers)
        assert (403, True) == (answer.status_code, "Nothing was done" in answer.text), path
    answer = await client.post("/staff", data={"pin": PIN}, headers=headers)
    assert (403, False) == (answer.status_code, "set-cookie" in answer.headers)
    calls = [
        await client.post("/api/orders", json=ORDER, headers=headers),
        await client.delete(f"/api/orders/{order['id']}", headers=headers),
        await client.put("/api/menu/water", json={"available": False}, headers=headers | STAFF),
    ]
    assert {(403, "cross-site")} == {problem(answer) for answer in calls}
    assert placed == await state_of(raw, settings)


@pytest.mark.parametrize("said", FROM_HERE)
async def test_what_our_own_pages_and_programs_send_is_done(
    client: httpx.AsyncClient, said: dict[str, str]
) -> None:
    """A program says nothing of where it comes from, and carries no cookie of somebody else's."""
    headers = HOST | said
    assert 303 == (await client.post("/orders", data=FORM, headers=headers)).status_code
    assert 201 == (await client.post("/api/orders", json=ORDER, headers=headers)).status_code


async def test_reading_is_for_everybody(client: httpx.AsyncClient) -> None:
    """A link from anywhere leads to us."""
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    assert 200 == (await client.get("/", headers=headers)).status_code


async def test_the_public_address_is_ours(settings: Settings) -> None:
    """Also behind a proxy that does not pass the browser's Host on."""
    public = settings.model_copy(update={"public_url": "https://orders.example"})
    async with open_counter(public) as web:
        for origin, status in (("https://orders.example", 303), ("https://evil.example", 403)):
            answer = await web.client.post("/orders", data=FORM, headers={"Origin": origin})
            assert status == answer.status_code


async def test_every_answer_carries_the_security_headers(web: Web) -> None:
    """Pages, errors, files, JSON and streams."""
    order = (await web.client.post("/api/orders", json=ORDER)).json()
    paths = ["/", "/board", f"/orders/{order['id']}", "/staff", "/nowhere", "/orders/unknown",
             "/api/menu", "/api/nowhere", "/static/css/base.css", "/healthz"]  # fmt: skip
    answers = [await web.client.get(path) for path in paths]
    answers += [await web.client.post("/orders"), await web.client.head("/board/events")]
    for answer in answers:
        headers = answer.headers
        policy = dict(
            part.split(maxsplit=1) for part in headers["content-security-policy"].split("; ")
        )
        assert "'self'" == policy["default-src"]
        assert not any("unsafe" in sources for sources in policy.values())
        assert {"object-src", "base-uri", "form-action", "frame-ancestors"} <= policy.keys()
        assert "nosniff" == headers["x-content-type-options"]
        assert "same-origin" == headers["referrer-policy"]
        assert "same-origin" == headers["cross-origin-opener-policy"]
        assert "same-origin" == headers["cross-origin-resource-policy"]
        assert "camera=()" in headers["permissions-policy"]
        assert "wake-lock" not in headers["permissions-policy"]
        assert "strict-transport-security" not in headers
