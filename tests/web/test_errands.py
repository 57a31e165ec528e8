"""What the staff see of errands: the schedule, its reports, web hooks; and the special on the menu."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from kitchen.errands import errands
from orders.book import OrderBook
from orders.schedule import TASKS
from orders.settings import Settings
from tests.conftest import WATER, changed, eventually
from tests.receiver import SECRET
from tests.web.conftest import STAFF, Web, open_counter
from tests.web.test_api import problem

HOUR_MS = 3600 * 1000
PATHS = [
    ("GET", "/api/schedule"), ("POST", "/api/schedule/report/run"), ("GET", "/api/reports"),
    ("GET", "/api/hooks"), ("POST", "/api/hooks/msg_1/send"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_only_staff_may(client: httpx.AsyncClient, method: str, path: str) -> None:
    """Without the PIN: 401."""
    assert (401, "staff-only") == problem(await client.request(method, path))


async def test_the_schedule_lists_every_task(
    client: httpx.AsyncClient, book: OrderBook, settings: Settings
) -> None:
    """What it does, when it ran, how it went, and when it comes next; one that was asked for has run."""
    before = (await client.get("/api/schedule", headers=STAFF)).json()
    assert ("UTC", "04:00") == (before["zone"], before["day_starts"])
    assert [task.name for task in TASKS] == [task["name"] for task in before["tasks"]]
    assert {None} == {task["last_ms"] for task in before["tasks"]}
    day, following = date.fromisoformat(before["day"]), before["tasks"][3]["next_ms"]
    assert 24 * HOUR_MS + book.diary.days.begin_ms(day) == following
    async with errands(settings, book):
        asked = await client.post("/api/schedule/collect/run", headers=STAFF)
        assert (202, "collect") == (asked.status_code, asked.json()["name"])

        async def collected() -> dict[str, object] | None:
            tasks = (await client.get("/api/schedule", headers=STAFF)).json()["tasks"]
            return tasks[0] if tasks[0]["last_ms"] else None

        found = await eventually(collected, 30)
    assert (True, "0 collected, 0 numbers freed") == (found["last_ok"], found["last_result"])
    assert found["last_ms"] >= asked.json()["asked_ms"]


async def test_an_unknown_task_cannot_be_run(client: httpx.AsyncClient) -> None:
    """404, with the name."""
    assert (404, "unknown-task") == problem(
        await client.post("/api/schedule/dance/run", headers=STAFF)
    )


async def test_reports_are_read(client: httpx.AsyncClient, book: OrderBook) -> None:
    """Those of days and of weeks, as many as are asked for."""
    await book.place(WATER)
    now_ms = await book.diary.now_ms()
    await book.reports.write_weeks(now_ms + 7 * 24 * HOUR_MS)
    said = (await client.get("/api/reports?limit=1", headers=STAFF)).json()
    assert [{"water": 1}, {"water": 1}] == [
        report["items"] for report in (*said["days"], *said["weeks"])
    ]
    assert 422 == (await client.get("/api/reports?limit=0", headers=STAFF)).status_code


async def test_without_an_address_there_are_no_hooks(client: httpx.AsyncClient) -> None:
    """The list says so, and nothing can be sent."""
    said = (await client.get("/api/hooks", headers=STAFF)).json()
    assert {"configured": False, "host": None, "events": [], "deliveries": []} == said
    assert (409, "no-hooks") == problem(await client.post("/api/hooks/msg_1/send", headers=STAFF))


async def test_deliveries_are_listed_and_sent_again(settings: Settings) -> None:
    """The newest first; of the address only the host is told, and never the secret."""
    told = {"hook_url": "https://user:pass-word@hooks.example/in", "hook_secret": SECRET}
    shop = settings.model_copy(update=told)
    async with changed(shop) as book, open_counter(shop) as web:
        orders = [await book.place(WATER) for _ in range(3)]
        answer = await web.client.get("/api/hooks?limit=2", headers=STAFF)
        assert "pass-word" not in answer.text
        assert SECRET not in answer.text
        said = answer.json()
        assert (True, "hooks.example") == (said["configured"], said["host"])
        assert ["order.collected", "order.failed", "order.ready", "order.revoked"] == said["events"]
        newest = said["deliveries"][0]
        assert [order.id for order in (orders[2], orders[1])] == [
            one["order_id"] for one in said["deliveries"]
        ]
        assert ("order.ready", "waiting", []) == (
            newest["type"],
            newest["state"],
            newest["attempts"],
        )
        again = await web.client.post(f"/api/hooks/{newest['id']}/send", headers=STAFF)
        assert (202, newest["id"]) == (again.status_code, again.json()["id"])
        unknown = await web.client.post("/api/hooks/msg_x_1/send", headers=STAFF)
        assert (404, "unknown-hook") == problem(unknown)


async def special(client: httpx.AsyncClient) -> list[str]:
    menu = (await client.get("/api/menu")).json()
    return [item["sku"] for c in menu["categories"] for item in c["items"] if item["special"]]


async def test_staff_choose_the_special(web: Web, book: OrderBook) -> None:
    """One at most; the menu shows it, whoever chose it, and to take it back is fine."""
    assert [] == await special(web.client)
    for sku in ("nuggets-6", "water"):
        said = await web.client.put(f"/api/menu/{sku}", json={"special": True}, headers=STAFF)
        assert (200, True, True) == (
            said.status_code,
            said.json()["special"],
            said.json()["available"],
        )
        assert [sku] == await special(web.client)
    for sku, left in (("nuggets-6", ["water"]), ("water", [])):
        await web.client.put(f"/api/menu/{sku}", json={"special": False}, headers=STAFF)
        assert left == await special(web.client)
    await book.special.choose("turkey")  # by somebody else: the schedule, another process

    async def heard() -> bool:
        return await special(web.client) == ["turkey"]

    await eventually(heard)
