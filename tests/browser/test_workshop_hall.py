"""The hall joins in: phones become customers and cooks of the workshop, whatever breaks meanwhile."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.async_api import expect

from orders.settings import Settings
from orders.upkeep import Part
from orders.valkey import PrivateValkey
from tests import http
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.kitchen import card, is_now
from tests.browser.sizes import PROJECTOR
from tests.browser.workshop import PHONE, STAFF, state, turn
from tests.machine import Machine, ticking
from tests.restaurant import Restaurant, eventually, on_duty, opened
from web.door import address_on_the_net
from web.workshop.house import House
from web.workshop.opening import INVITATION

OUTSIDE = "http://counter.test:8000"
TURKEY = {"items": [{"sku": "turkey", "quantity": 1}]}
SALAD = {"items": [{"sku": "garden-salad", "quantity": 1}]}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restaurant]:
    directory = tmp_path_factory.mktemp("hall")
    recipes = directory / "recipes"
    recipes.mkdir()
    (recipes / "upside_down.py").write_text("\n\nasync def cook(dish:\n")
    arguments = ("--workshop", "--staff-pin", "1234", "--public-url", OUTSIDE)
    more = ("--recipes", str(recipes), "--host", "0.0.0.0")
    with opened(directory, *arguments, *more) as it:
        yield it


def invitation(restaurant: Restaurant) -> str:
    """The path behind the code for cooks, as the presenter's page shows it."""
    page = http.get(f"{restaurant.address}/workshop", headers=STAFF).text
    found = re.search(rf"{re.escape(OUTSIDE)}(/workshop/cook/[\w-]+)", page)
    assert found is not None
    return found[1]


@pytest.fixture
def cook(workshop: Restaurant) -> Iterator[httpx.Client]:
    """Somebody who has taken the invitation."""
    with httpx.Client(base_url=workshop.address) as client:
        assert 303 == client.post(invitation(workshop)).status_code
        yield client


def test_an_invitation_opens_the_kitchen_screen(cook: httpx.Client) -> None:
    """Its page, and every tap on it."""
    assert 200 == cook.get("/kitchen").status_code
    order = cook.post("/api/orders", json=TURKEY).json()
    path = f"/api/orders/{order['id']}"
    for status in ("STARTED", "SUCCESS"):  # a robot may have begun, but is not through
        assert 200 == cook.put(f"{path}/status", json={"status": status}).status_code
    assert "SUCCESS" == cook.get(path).json()["status"]
    for available in (False, True):
        answer = cook.put("/api/menu/turkey", json={"available": available})
        assert (200, available) == (answer.status_code, answer.json()["available"])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/office", None),
        ("GET", "/office/events", None),
        ("GET", "/api/orders", None),
        ("POST", "/api/orders/status", {"status": "REVOKED", "filter": {"status": ["PENDING"]}}),
        ("GET", "/api/kitchen", None),
        ("PUT", "/api/kitchen", {"paused": True}),
        ("PUT", "/api/menu/turkey", {"special": True}),
        ("GET", "/api/totals", None),
        ("GET", "/api/hooks", None),
        ("GET", "/workshop/log", None),
        ("POST", "/workshop/controls", None),
    ],
)
def test_an_invitation_opens_nothing_else(
    cook: httpx.Client, method: str, path: str, body: dict[str, Any] | None
) -> None:
    """Neither the office nor any other call of the staff's."""
    assert 401 == cook.request(method, path, json=body).status_code


def test_nobody_becomes_a_cook_by_looking(workshop: Restaurant) -> None:
    """The address alone sets nothing, since previews open it too; one that is made up is no invitation,
    and whoever is not the presenter is not shown it.
    """
    with httpx.Client(base_url=workshop.address) as client:
        assert 200 == client.get(invitation(workshop)).status_code
        assert 401 == client.get("/kitchen", headers={"Accept": "*/*"}).status_code
        assert 404 == client.post("/workshop/cook/made-up").status_code
        client.cookies.set("orderup-cook-workshop", "made-up")
        assert 401 == client.get("/kitchen/events").status_code
        assert "/workshop/cook/" not in client.get("/workshop").text


def test_an_invitation_ends_with_its_workshop(settings: Settings) -> None:
    """Each opening makes another one."""
    part = Part(name="web", command=("true",), environment={}, descriptors=(), stop_s=1)
    houses = [
        House(settings, "http://127.0.0.1:1", (part, part), PrivateValkey("redis://x:1/0", 0, []))
        for _ in range(2)
    ]
    one, other = (house._web.environment[INVITATION] for house in houses)
    assert one != other
    assert 16 <= len(one)


def test_a_real_counter_invites_nobody(restaurant: Restaurant) -> None:
    """There is no invitation to have, and an empty one opens nothing."""
    with httpx.Client(base_url=restaurant.address) as client:
        assert 404 == client.post("/workshop/cook/x").status_code
        for name in ("orderup-cook-default", "orderup-cook-workshop"):
            client.cookies.set(name, "")
        assert 401 == client.get("/kitchen/events").status_code


async def test_a_phone_cooks_for_another(open_page: OpenPage, stage: Restaurant) -> None:
    """One phone orders, the other takes the invitation and calls the number; robots keep out of it."""
    wall = await open_page(
        stage.address, "/workshop#chapter-6", viewport=PROJECTOR, extra_http_headers=STAFF
    )
    await wall.get_by_role("button", name="Let people cook").click()
    await expect(wall.get_by_role("button", name="Let robots cook")).to_be_visible()
    assert [] == await violations(wall)
    phone = await open_page(stage.address, invitation(stage), viewport=PHONE)
    assert [] == await violations(phone)
    await phone.get_by_role("button", name="To the stove").click()
    await expect(wall.locator("[data-hall]")).to_contain_text("Kitchen screens open: 1")
    order = http.post(f"{stage.address}/api/orders", json=SALAD).json()
    await expect(wall.locator("[data-hall]")).to_contain_text("1 in preparation")
    for verb, status in (("Start", "STARTED"), ("Ready", "SUCCESS")):
        await card(phone, order).get_by_role("button", name=verb).click()
        await is_now(phone, order, status)
    eventually(lambda: stage.status(order["id"]) == "SUCCESS")


@dataclass
class Phone:
    """A customer in the hall."""

    client: httpx.AsyncClient
    machine: Machine
    number: str | None = None
    order_id: str | None = None
    asked: float = 0.0
    answered: float = 0.0
    key: str = field(default_factory=lambda: secrets.token_urlsafe(9))

    async def order_and_follow(self) -> None:
        """As the kiosk and the ticket do: again until there is an answer, and the stream after it."""
        self.asked = self.machine.worked_s
        order = await self._until_answered()
        self.answered = self.machine.worked_s
        self.number, self.order_id = order["reference"], order["id"]
        while not await self._is_ready():
            await asyncio.sleep(0.1)

    async def _until_answered(self) -> Any:
        while True:
            with suppress(httpx.TransportError):
                answer = await self.client.post(
                    "/api/orders", json=SALAD, headers={"Idempotency-Key": self.key}
                )
                if answer.status_code == 201:
                    return answer.json()
            await asyncio.sleep(0.1)

    async def _is_ready(self) -> bool:
        """Follow the stream until it says so, or breaks."""
        path = f"/orders/{self.order_id}/events"
        with suppress(httpx.TransportError):
            async with self.client.stream("GET", path) as response:
                async for line in response.aiter_lines():
                    if '"status":"SUCCESS"' in line or '"status":"COLLECTED"' in line:
                        return True
        return False


async def test_the_page_says_what_is_wrong_here(open_page: OpenPage, stage: Restaurant) -> None:
    """What the doctor finds on this machine, for the presenter; and for everybody a recipe that is left
    out, with its file and line, while all others cook on.
    """
    wall = await open_page(
        stage.address, "/workshop#chapter-6", viewport=PROJECTOR, extra_http_headers=STAFF
    )
    findings = wall.locator("[data-findings] li")
    for what in ("Python", "port", "Redis", "clock", "crew", "phones", "browser"):
        await expect(findings.filter(has_text=what).first).to_be_visible()
    guest = await open_page(stage.address, "/workshop", viewport=PHONE)
    mistake = re.compile(r"upside_down\.py, line 3: SyntaxError")
    await expect(guest.locator("[data-mistakes] li")).to_have_text(mistake)
    assert 0 == await guest.locator("[data-findings]").count()
    assert 401 == http.get(f"{stage.address}/workshop/preflight").status_code


async def test_the_hatch_for_laptops_is_shown_when_it_is_open(
    open_page: OpenPage, stage: Restaurant
) -> None:
    """The one command, to the presenter alone; on a machine without a network there is none."""
    wall = await open_page(
        stage.address, "/workshop#chapter-6", viewport=PROJECTOR, extra_http_headers=STAFF
    )
    command = wall.locator("[data-hatch] code")
    if address_on_the_net() is None:
        assert 0 == await command.count()
        return
    await expect(command).to_be_hidden()
    await wall.get_by_role("button", name="Let laptops in").click()
    await expect(command).to_contain_text(f"@{address_on_the_net()}:")
    await wall.get_by_role("button", name="Shut laptops out").click()
    await expect(command).to_be_hidden()
    assert "redis://" not in http.get(f"{stage.address}/workshop").text
    assert "redis://" not in json.dumps(state(stage))


LONG = pytest.mark.long


@pytest.mark.parametrize(
    "fault", ["cook", pytest.param("web", marks=LONG), pytest.param("redis", marks=LONG)]
)
async def test_fifty_phones_order_and_follow_during_a_fault(stage: Restaurant, fault: str) -> None:
    """Nothing is lost: each phone gets its own number and hears that its meal is ready. 19 of 20 have
    the number within a second; in one of three halls, since others may have the machine meanwhile.
    """
    turn(stage, do="hire")
    turn(stage, do="hire")
    took_s = []
    while len(took_s) < 3 and not any(seconds < 1 for seconds in took_s):
        took_s.append(await the_hall_orders(stage, fault))
    assert min(took_s) < 1, took_s


async def the_hall_orders(restaurant: Restaurant, fault: str) -> float:
    """In which time 19 of 20 had their number. Without Redis or web server there are none: there the
    time begins when Redis is put back, or the next web server answers.
    """
    kitchen = f"{restaurant.address}/api/kitchen"
    eventually(lambda: 3 == on_duty(http.get(kitchen, headers=STAFF).json()["crew"]))
    limits = httpx.Limits(max_connections=None)
    async with (
        ticking() as machine,
        httpx.AsyncClient(base_url=restaurant.address, limits=limits, timeout=30) as client,
    ):
        phones = [Phone(client, machine) for _ in range(50)]
        async with asyncio.timeout(45), asyncio.TaskGroup() as hall:
            for n, phone in enumerate(phones):
                if n == 25:
                    breaking = asyncio.to_thread(break_and_mend, restaurant, fault, machine)
                    open_again = hall.create_task(breaking)
                hall.create_task(phone.order_and_follow())
                await asyncio.sleep(0.02)
    assert 50 == len({phone.number for phone in phones})
    listed = http.get(f"{restaurant.address}/api/orders?limit=100", headers=STAFF).json()["orders"]
    ours = [order for order in listed if order["id"] in {phone.order_id for phone in phones}]
    assert {"SUCCESS", "COLLECTED"} >= {order["status"] for order in ours}
    assert 50 == len(ours)
    assert state(restaurant)["redis_is_out"] is False
    took_s = sorted(phone.answered - max(phone.asked, open_again.result()) for phone in phones)
    return took_s[int(0.95 * len(took_s))]


def break_and_mend(restaurant: Restaurant, fault: str, machine: Machine) -> float:
    """Since when there are numbers again, on the machine's clock; zero where they never stopped."""
    before = state(restaurant)
    with suppress(httpx.TransportError):  # who answers may be the one who is killed
        turn(restaurant, fault=fault)
    match fault:
        case "redis":
            eventually(lambda: state(restaurant)["redis_is_out"])
            time.sleep(1)  # the length of the fault itself
            since = machine.worked_s
            turn(restaurant, fault="redis-back")
        case "web":
            eventually(lambda: before["web_pid"] not in restaurant.everybody())
            http.get(f"{restaurant.address}/readyz", timeout=30)
            since = machine.worked_s
        case _:
            since = 0.0
    told = eventually(lambda: counted(restaurant, fault, before))
    assert 0 < told["numbers"] == told["there"]
    return since


def counted(restaurant: Restaurant, fault: str, before: dict[str, Any]) -> dict[str, Any] | None:
    """What was counted after this fault, if it has happened since."""
    now = state(restaurant)
    told = now["counted"] or {"fault": None}
    over = told["fault"] == fault and told["there"] is not None
    return dict(told) if over and now["news"][-1:] != before["news"][-1:] else None
