"""Whatever is sent to `POST /api/orders`: the right 4xx in words, and nothing has changed."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from orders.settings import Settings
from tests.conftest import state_of
from tests.web.test_api import problem

JSON = {"Content-Type": "application/json"}
NUGGETS = {"sku": "nuggets-6", "quantity": 1}


def order(**other: Any) -> bytes:
    """An order that is right but for this."""
    return json.dumps({"items": [NUGGETS], **other}).encode()


def line(**other: Any) -> bytes:
    """An order with a line that is right but for this."""
    return order(items=[{**NUGGETS, **other}])


BAD = {
    "unknown item": (line(sku="moon-cheese"), 422, "unknown-item"),
    "sku of another kind": (line(sku=5), 422, "invalid"),
    "sku too long": (line(sku="x" * 41), 422, "invalid"),
    "sku with a NUL": (line(sku="nuggets-6\x00"), 422, "unknown-item"),
    "no sku": (order(items=[{"quantity": 1}]), 422, "invalid"),
    "no quantity": (order(items=[{"sku": "nuggets-6"}]), 422, "invalid"),
    "quantity 0": (line(quantity=0), 422, "invalid"),
    "quantity -1": (line(quantity=-1), 422, "invalid"),
    "a million": (line(quantity=1_000_000), 422, "invalid"),
    "more than fits": (line(quantity=10**400), 422, "invalid"),
    "quantity 1.5": (line(quantity=1.5), 422, "invalid"),
    "quantity 1.0": (line(quantity=1.0), 422, "invalid"),
    "quantity as text": (line(quantity="2"), 422, "invalid"),
    "quantity true": (line(quantity=True), 422, "invalid"),
    "quantity null": (line(quantity=None), 422, "invalid"),
    "quantity a list": (line(quantity=[1]), 422, "invalid"),
    "note too long": (line(note="x" * 141), 422, "invalid"),
    "extra field in a line": (line(price_cents=1), 422, "invalid"),
    "extra field": (order(status="SUCCESS"), 422, "invalid"),
    "name too long": (order(name="x" * 41), 422, "invalid"),
    "name of another kind": (order(name={"first": "A"}), 422, "invalid"),
    "unknown service": (order(service="drone"), 422, "invalid"),
    "no language": (order(language="<script>"), 422, "invalid"),
    "empty items": (order(items=[]), 422, "invalid"),
    "no items": (b"{}", 422, "invalid"),
    "items null": (order(items=None), 422, "invalid"),
    "items a map": (order(items={"0": NUGGETS}), 422, "invalid"),
    "51 lines": (order(items=[NUGGETS] * 51), 422, "invalid"),
    "a list": (b"[]", 422, "invalid"),
    "a text": (b'"nuggets"', 422, "invalid"),
    "null": (b"null", 422, "invalid"),
    "nothing": (b"", 400, "not-json"),
    "not JSON": (b"one portion of nuggets", 400, "not-json"),
    "half of JSON": (order()[:-3], 400, "not-json"),
    "twice JSON": (order() * 2, 400, "not-json"),
    "not a number": (b'{"items":[{"sku":"nuggets-6","quantity":NaN}]}', 422, "invalid"),
    "invalid UTF-8": (b'{"items":[{"sku":"\xff","quantity":1}]}', 400, "not-json"),
    "UTF-16": (order().decode().encode("utf-16"), 400, "not-json"),
    "lone surrogate": (order(name="?").replace(b"?", b"\\ud83d"), 400, "not-json"),
    "huge nesting": (b'{"items":' + b"[" * 30_000, 400, "not-json"),
    "too large": (order(name="x" * 65_536), 413, "too-large"),
}


async def refused(
    client: httpx.AsyncClient, raw: Redis, settings: Settings, **request: Any
) -> tuple[int, str]:
    """The problem that an order meets; whatever it is, the book is the same as before."""
    before = await state_of(raw, settings)
    answer = await client.post("/api/orders", **request)
    assert before == await state_of(raw, settings)
    assert "Traceback" not in answer.text
    return problem(answer)


@pytest.mark.parametrize("what", BAD)
async def test_a_bad_order_is_refused_in_words(
    client: httpx.AsyncClient, raw: Redis, settings: Settings, what: str
) -> None:
    """The status says whose fault it is, the problem says what is wrong, and nothing was written."""
    body, status, kind = BAD[what]
    found = await refused(client, raw, settings, content=body, headers=JSON)
    assert (status, kind) == found


async def test_a_mistake_is_shown_with_its_place(client: httpx.AsyncClient) -> None:
    """Every mistake comes with a JSON pointer, RFC 6901."""
    items = [NUGGETS, {"sku": "fries", "quantity": 0}, {"quantity": 1}]
    answer = await client.post("/api/orders", json={"items": items})
    assert ["/items/1/quantity", "/items/2/sku"] == [e["pointer"] for e in answer.json()["errors"]]


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/xml"]
)
async def test_what_is_not_sent_as_json_is_415(
    client: httpx.AsyncClient, raw: Redis, settings: Settings, content_type: str | None
) -> None:
    """A body is not guessed at."""
    headers = {"Content-Type": content_type} if content_type else {}
    found = await refused(client, raw, settings, content=order(), headers=headers)
    assert (415, "not-json") == found


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, b"\xe4", "tab\there"])
async def test_a_bad_idempotency_key_is_refused(
    client: httpx.AsyncClient, raw: Redis, settings: Settings, key: str
) -> None:
    """1 to 255 printable ASCII characters without spaces."""
    headers = {**JSON, "Idempotency-Key": key}
    found = await refused(client, raw, settings, content=order(), headers=headers)
    assert (400, "bad-idempotency-key") == found


async def test_what_is_just_within_the_limits_is_taken(client: httpx.AsyncClient) -> None:
    """Fifty lines of ninety-nine, the longest texts, the longest key."""
    item = {"sku": "nuggets-6", "quantity": 99, "note": "é" * 140}
    body = {"items": [item] * 50, "name": "é" * 40}
    answer = await client.post("/api/orders", json=body, headers={"Idempotency-Key": "x" * 255})
    assert 201 == answer.status_code


async def test_a_body_that_does_not_say_its_length_is_cut_off(
    client: httpx.AsyncClient, raw: Redis, settings: Settings
) -> None:
    """A chunked body is counted while it comes, and no order comes of it."""

    async def chunks() -> Any:
        for _ in range(80):
            yield b" " * 1024
        yield order()

    before = await state_of(raw, settings)
    with suppress(httpx.TransportError):  # Hypercorn closes on us while we still send
        answer = await client.post("/api/orders", content=chunks(), headers=JSON)
        assert (413, "too-large") == problem(answer)
    assert before == await state_of(raw, settings)
