"""Signing in with the PIN, the session, and what guessing comes to."""

from __future__ import annotations

import asyncio
import hashlib
from urllib.parse import urlsplit

import httpx
import pytest
from redis.asyncio import Redis

from orders.lock import PER_ADDRESS
from orders.settings import Settings
from tests.conftest import PIN, Server, eventually
from tests.web.conftest import STAFF, Web, open_counter
from tests.web.test_api import problem

SKU = "/api/menu/water"  # something that only staff may change
OFF = {"available": False}
HTML = {"Accept": "text/html,*/*;q=0.8"}
PROXY = {"trusted_proxies": "127.0.0.1"}


async def sign_in(client: httpx.AsyncClient, pin: str = PIN, **more: str) -> httpx.Response:
    return await client.post("/staff", data={"pin": pin, **more})


async def is_staff(client: httpx.AsyncClient, **headers: str) -> bool:
    answer = await client.put(SKU, json=OFF, headers=headers)
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


def cookie_of(answer: httpx.Response) -> list[str]:
    """The parts of the only cookie that was set."""
    (line,) = answer.headers.get_list("set-cookie")
    return [part.strip() for part in line.split(";")]


# -- the session -------------------------------------------------------------------------------------


async def test_who_signs_in_is_staff_until_they_leave(client: httpx.AsyncClient) -> None:
    """The PIN opens a session, its cookie is enough for staff calls, and leaving ends it."""
    assert not await is_staff(client)
    answer = await sign_in(client)
    assert (303, "/staff") == (answer.status_code, answer.headers["location"])
    assert await is_staff(client)
    assert "/staff/leave" in (await client.get("/staff")).text
    assert 303 == (await client.post("/staff/leave")).status_code
    assert not client.cookies
    assert not await is_staff(client)


async def test_the_cookie_is_kept_from_scripts_and_other_sites(
    settings: Settings, client: httpx.AsyncClient
) -> None:
    """HttpOnly and SameSite=Strict, for a working day; not Secure by http, or it would be dropped."""
    name, *parts = cookie_of(await sign_in(client))
    assert name.startswith(f"orderup-staff-{settings.store}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(parts)
    assert f"Max-Age={14 * 3600}" in parts
    assert "Secure" not in parts


@pytest.mark.parametrize(
    ("other", "headers"),
    [
        (PROXY, {"X-Forwarded-Proto": "https"}),
        ({"public_url": "https://orders.example"}, {"Host": "orders.example"}),
    ],
)
async def test_by_https_the_cookie_is_secure(
    settings: Settings, other: dict[str, str], headers: dict[str, str]
) -> None:
    """When a trusted proxy says so, or the browser came to our public address by https."""
    async with open_counter(settings.model_copy(update=other)) as web:
        form = {"pin": PIN}
        answer = await web.client.post("/staff", data=form, headers=headers)
        assert "Secure" in cookie_of(answer)
        assert "Secure" not in cookie_of(await web.client.post("/staff", data=form))
        answer = await web.client.post("/staff/leave", headers=headers)
        assert "Secure" in cookie_of(answer)


async def test_by_http_and_https_under_one_name_one_can_sign_in_both_ways(
    settings: Settings,
) -> None:
    """Two cookies of two names: a browser would not let the one of http replace the Secure one."""
    async with open_counter(settings.model_copy(update=PROXY)) as web:
        https = {"X-Forwarded-Proto": "https"}
        pin = {"pin": PIN}
        secure, *_ = cookie_of(await web.client.post("/staff", data=pin, headers=https))
        plain, *_ = cookie_of(await web.client.post("/staff", data=pin))
        web.client.cookies.clear()
        name = f"orderup-staff-{settings.store}"
        assert [f"__Host-{name}", name] == [c.partition("=")[0] for c in (secure, plain)]
        assert await is_staff(web.client, Cookie=secure, **https)
        assert await is_staff(web.client, Cookie=f"{secure}; {plain}")
        assert not await is_staff(web.client, Cookie=secure)


@pytest.mark.parametrize(("days", "expected"), [(0, None), (30, f"max-age={30 * 24 * 3600}")])
async def test_browsers_are_kept_to_https_only_where_it_is_asked_for(
    settings: Settings, days: int, expected: str | None
) -> None:
    """A counter that is open by http as well, under the same name, would be shut to them."""
    with_days = settings.model_copy(update={**PROXY, "hsts_days": days})
    async with open_counter(with_days) as web:
        answer = await web.client.get("/healthz", headers={"X-Forwarded-Proto": "https"})
        assert expected == answer.headers.get("Strict-Transport-Security")
        assert "Strict-Transport-Security" not in (await web.client.get("/healthz")).headers


async def test_a_session_counts_at_every_process_of_the_store(settings: Settings) -> None:
    """Also at one that was opened later; not at another store."""
    async with open_counter(settings) as one:
        await sign_in(one.client)
        (session,) = one.client.cookies.jar
    headers = {"Cookie": f"{session.name}={session.value}"}
    async with open_counter(settings) as later:
        assert await is_staff(later.client, **headers)
    elsewhere = settings.model_copy(update={"store": f"{settings.store}-b"})
    forged = {"Cookie": f"orderup-staff-{elsewhere.store}={session.value}"}
    async with open_counter(elsewhere) as other:
        assert not await is_staff(other.client, **forged)


async def test_another_pin_ends_all_sessions(settings: Settings) -> None:
    """Whoever lost the PIN to strangers changes it, and they are out."""
    async with open_counter(settings) as before:
        await sign_in(before.client)
        (session,) = before.client.cookies.jar
    async with open_counter(settings.model_copy(update={"staff_pin": "4321"})) as after:
        headers = {"Cookie": f"{session.name}={session.value}"}
        assert not await is_staff(after.client, **headers)
        assert await is_staff(after.client, Authorization="Bearer 4321")


@pytest.mark.parametrize("value", ["", "staff", "InN0YWZmIg.aaaa.bbbb", "a.b.c.d", "é", "x" * 3000])
async def test_a_forged_cookie_opens_nothing(
    settings: Settings, client: httpx.AsyncClient, value: str
) -> None:
    """And it is no error either: the request is a customer's."""
    name = f"orderup-staff-{settings.store}="
    headers = [(b"cookie", (name + value).encode())]
    answer = await client.put(SKU, json=OFF, headers=headers)
    assert (401, "staff-only") == problem(answer)
    assert "/staff/leave" not in (await client.get("/staff", headers=headers)).text


# -- the page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/board", "/orders/x?lang=de", "/a%20b?c=d&e=f", "/~a/!*'()"])
async def test_signing_in_leads_on_to_the_page_that_was_asked_for(
    client: httpx.AsyncClient, target: str
) -> None:
    """The form keeps where somebody wanted to go, and whoever is signed in goes there at once."""
    page = await client.get("/staff", params={"next": target})
    assert (
        f'name="next" value="{target}"'.replace("'", "&#39;").replace("&e", "&amp;e") in page.text
    )
    answer = await sign_in(client, next=target)
    assert (303, target) == (answer.status_code, answer.headers["location"])
    answer = await client.get("/staff", params={"next": target})
    assert (303, target) == (answer.status_code, answer.headers["location"])


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
     "/\t/evil.example", "/\n/evil.example", " //evil.example", "javascript:alert(1)", "board",
     "/a\\b", "/ä", "", "/a b"],
)  # fmt: skip
async def test_signing_in_leads_to_no_other_site(client: httpx.AsyncClient, target: str) -> None:
    """What is no plain path of ours is passed over."""
    answer = await sign_in(client, next=target)
    assert (303, "/staff") == (answer.status_code, answer.headers["location"])
    page = await client.get("/staff", params={"next": target})
    assert (200, False) == (page.status_code, 'name="next"' in page.text)


async def test_a_wrong_pin_is_told_on_the_page(client: httpx.AsyncClient) -> None:
    """401, what to do in words, and where somebody wanted to go stays."""
    answer = await sign_in(client, "4321", next="/board", language="de")
    assert 401 == answer.status_code
    assert "Das ist nicht die PIN" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'name="next" value="/board"' in answer.text
    assert "4321" not in answer.text
    assert not client.cookies


async def test_spaces_in_a_typed_pin_do_not_matter(client: httpx.AsyncClient) -> None:
    """A PIN is often written down in groups."""
    assert 303 == (await sign_in(client, " 12 34 ")).status_code


async def test_a_phone_shows_digits_only_for_a_pin_of_digits(settings: Settings) -> None:
    """Who chose letters can type them."""
    for pin, digits in (("1234", True), ("open sesame".replace(" ", "-"), False)):
        async with open_counter(settings.model_copy(update={"staff_pin": pin})) as web:
            assert digits is ('inputmode="numeric"' in (await web.client.get("/staff")).text)
            assert 303 == (await sign_in(web.client, pin)).status_code


# -- guessing ----------------------------------------------------------------------------------------


async def test_guessing_is_stopped_over_all_processes(settings: Settings) -> None:
    """By form and by Bearer, here and there: together so many, then 429 with a time to wait."""
    async with open_counter(settings) as one, open_counter(settings) as other:
        for n in range(PER_ADDRESS):
            client = (one, other)[n % 2].client
            guess = {"Authorization": f"Bearer {n}"}
            answer = (
                await sign_in(client, str(n))
                if n % 3 == 0
                else await client.put(SKU, json=OFF, headers=guess)
            )
            assert 401 == answer.status_code
        answer = await other.client.put(SKU, json=OFF, headers=STAFF)
        assert (429, "too-many-attempts") == problem(answer)
        assert 800 < int(answer.headers["retry-after"]) <= 900
        page = await sign_in(one.client)
        assert (429, True) == (page.status_code, "retry-after" in page.headers)
        assert "Too many wrong PINs" in page.text
        assert "15 minutes" in page.text
        assert not one.client.cookies


async def test_whoever_is_signed_in_goes_on_working(client: httpx.AsyncClient) -> None:
    """Somebody else's guesses from the same address end no session."""
    await sign_in(client)
    guesses = [client.post("/staff", data={"pin": str(n)}) for n in range(2 * PER_ADDRESS)]
    statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert {401: PER_ADDRESS, 429: PER_ADDRESS} == {s: statuses.count(s) for s in set(statuses)}
    assert await is_staff(client)


async def test_the_time_passes(client: httpx.AsyncClient, raw: Redis, settings: Settings) -> None:
    """Then the right PIN is right again."""
    for n in range(PER_ADDRESS):
        await sign_in(client, str(n))
    assert 429 == (await sign_in(client)).status_code
    await raw.delete(f"{settings.key_prefix}wrong_pins:127.0.0.1")
    assert 303 == (await sign_in(client)).status_code


async def test_behind_a_trusted_proxy_each_client_counts_alone(settings: Settings) -> None:
    """And who writes the header without being one is counted as who they are."""
    async with open_counter(settings.model_copy(update=PROXY)) as web:
        client = web.client
        for n, status in enumerate((401,) * PER_ADDRESS + (429,)):
            forged = {"X-Forwarded-For": f"192.0.2.{n}, 192.0.2.1"}
            answer = await client.post("/staff", data={"pin": str(n)}, headers=forged)
            assert status == answer.status_code
        other = {"X-Forwarded-For": "192.0.2.2"}
        assert 303 == (await client.post("/staff", data={"pin": PIN}, headers=other)).status_code
    async with open_counter(settings) as web:
        for n in range(PER_ADDRESS):
            forged = {"X-Forwarded-For": f"192.0.2.{n}"}
            await web.client.post("/staff", data={"pin": str(n)}, headers=forged)
        assert 429 == (await sign_in(web.client)).status_code


async def test_a_program_with_an_old_pin_shuts_nobody_out(
    client: httpx.AsyncClient, raw: Redis, settings: Settings
) -> None:
    """It asks again and again, and that is one wrong PIN. What the book keeps of it tells nothing."""
    old = {"Authorization": "Bearer 12345678"}
    for _ in range(2 * PER_ADDRESS):
        assert 401 == (await client.put(SKU, json=OFF, headers=old)).status_code
    assert 303 == (await sign_in(client)).status_code
    (kept,) = await raw.smembers(f"{settings.key_prefix}wrong_pins:127.0.0.1")
    assert 32 == len(kept)
    assert hashlib.sha256(b"12345678").hexdigest()[:32] != kept


async def test_while_nobody_is_heard_the_right_pin_makes_no_difference(
    raw: Redis, settings: Settings
) -> None:
    """The book is asked the same, so that no clock tells; and it never sees what was typed."""
    right, wrong = "2468-1357", "9876-5432"
    asked: dict[str, list[str]] = {}
    async with open_counter(settings.model_copy(update={"staff_pin": right})) as web:
        for n in range(PER_ADDRESS):
            await sign_in(web.client, str(n))
        for pin in (right, wrong):
            async with raw.monitor() as monitor:
                assert 429 == (await sign_in(web.client, pin)).status_code
                await raw.echo("done")
                commands = [(await monitor.next_command())["command"]]
                while commands[-1] != "ECHO done":
                    commands.append((await monitor.next_command())["command"])
            assert not any(pin in command for command in commands)
            asked[pin] = [c.split()[0] for c in commands if "wrong_pins" in c or "cookie" in c]
    assert asked[right]
    assert asked[right] == asked[wrong]


async def test_another_scheme_is_no_attempt(client: httpx.AsyncClient) -> None:
    """A proxy's own password in the header makes nobody staff, and locks nobody out."""
    for _ in range(2 * PER_ADDRESS):
        assert not await is_staff(client, Authorization="Basic MTIzNDoxMjM0")
    assert await is_staff(client, **STAFF)


async def test_without_the_book_nobody_is_let_in(
    own_valkey: Server, own_settings: Settings
) -> None:
    """503 for a PIN that cannot be counted, right or wrong; a form that says so, and keeps the way."""
    async with open_counter(own_settings) as web:
        own_valkey.kill()
        await eventually(lambda: web.counter.hub.blind_since_ms is not None)
        for pin in (PIN, "4321"):
            answer = await sign_in(web.client, pin, next="/board")
            assert (503, True) == (answer.status_code, "retry-after" in answer.headers)
            assert 'name="next" value="/board"' in answer.text
        answer = await web.client.put(SKU, json=OFF, headers=STAFF)
        assert (503, "unavailable") == problem(answer)
        perhaps = {"Cookie": f"orderup-staff-{own_settings.store}=from-before"}
        page = await web.client.get("/staff", headers=perhaps)
        assert (503, True) == (page.status_code, 'id="pin"' in page.text)
        own_valkey.start()
        await eventually(lambda: web.counter.hub.blind_since_ms is None)
        assert 303 == (await sign_in(web.client)).status_code


# -- being sent to sign in ---------------------------------------------------------------------------


async def test_a_browser_without_a_session_is_sent_to_sign_in(web: Web) -> None:
    """With the way back; a program, or a stream, is answered 401."""
    answer = await web.client.get("/kitchen?lang=de&a=%2F", headers=HTML)
    assert 303 == answer.status_code
    there = urlsplit(answer.headers["location"])
    assert "/staff" == there.path
    page = await web.client.get(answer.headers["location"])
    assert 'name="next" value="/kitchen?lang=de&amp;a=%2F"' in page.text
    assert '<html lang="de"' in page.text
    assert 401 == (await web.client.get("/kitchen")).status_code
