"""Requests that no browser of a customer sends: each is answered, none ends in a 500."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.web.conftest import Web

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
NAMELESS = (
    b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n"
    b'--b\r\nContent-Disposition: form-data; name="quantity.water"\r\n\r\n1\r\n--b--\r\n'
)


@pytest.mark.parametrize("host", ["a..b", ".", "a" * 64, "a b", "ä"])
async def test_a_host_that_is_none_is_a_bad_request(client: httpx.AsyncClient, host: str) -> None:
    """400 that says so, on pages and API alike."""
    for path in ("/", "/api/board"):
        answer = await client.get(path, headers=[(b"host", host.encode())])
        assert (400, "Bad host") == (answer.status_code, answer.json()["title"])


@pytest.mark.parametrize("host", ["counter.test:8000", "[::1]:8000", "127.0.0.1", "my_kiosk."])
async def test_a_host_by_any_name_is_served(client: httpx.AsyncClient, host: str) -> None:
    """Whatever name the machine has on its network, the pages are there."""
    assert 200 == (await client.get("/", headers={"host": host})).status_code


async def test_a_websocket_is_turned_away(client: httpx.AsyncClient) -> None:
    """There is none here, and that is no error of ours."""
    assert 403 == (await client.get("/board/events", headers=UPGRADE)).status_code


async def test_a_form_field_without_a_name_is_passed_over(client: httpx.AsyncClient) -> None:
    """The rest of the form is an order."""
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    assert 303 == (await client.post("/orders", content=NAMELESS, headers=kind)).status_code


async def test_the_head_of_a_stream_is_only_its_head(web: Web) -> None:
    """HEAD is answered at once, takes no seat, and leaves the connection to others."""
    async with asyncio.timeout(30):
        answer = await web.client.head("/board/events")
    assert "text/event-stream; charset=utf-8" == answer.headers["content-type"]
    assert 0 == web.counter.hub.viewers


async def test_a_stream_that_is_opened_while_the_counter_closes_ends_at_once(web: Web) -> None:
    """Nobody holds up a counter that has said good-bye."""
    order = (
        await web.client.post("/api/orders", json={"items": [{"sku": "turkey", "quantity": 1}]})
    ).json()
    web.counter.hub.end()
    for path in ("/board/events", f"/orders/{order['id']}/events"):
        async with web.stream(path) as viewer:
            await viewer.to_the_end()


async def test_errors_are_not_kept_by_a_cache(client: httpx.AsyncClient) -> None:
    """A 404 of now may be there in a moment; and the API answers problems down to its root."""
    for path in ("/nothing", "/api", "/api/nothing"):
        assert "no-store" == (await client.get(path)).headers["cache-control"]
    assert "application/problem+json" == (await client.get("/api")).headers["content-type"]


@pytest.mark.parametrize("name", ["a" * 256, "a/" * 2500])
async def test_a_static_file_with_an_impossible_name_is_not_there(
    client: httpx.AsyncClient, name: str
) -> None:
    """As any other that is not there."""
    assert 404 == (await client.get(f"/static/{name}")).status_code


async def test_pages_and_scripts_of_one_version_stay_together(client: httpx.AsyncClient) -> None:
    """A static file is asked for again each time, and costs nothing when it is the same."""
    first = await client.get("/static/js/led-board.js")
    again = await client.get(
        "/static/js/led-board.js", headers={"If-None-Match": first.headers["etag"]}
    )
    assert "max-age=0" in first.headers["cache-control"]
    assert 304 == again.status_code
