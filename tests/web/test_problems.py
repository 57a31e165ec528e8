"""Every error of the API is a problem by RFC 9457, and each kind of problem is described."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from orders.settings import Settings
from tests.web.test_api import ORDER, problem
from web.description.problems import KINDS

WEB = Path(__file__).parents[2] / "web"


async def test_our_own_fault_is_a_problem_too(
    client: httpx.AsyncClient, raw: Redis, settings: Settings
) -> None:
    """What in the book cannot be read is a 500 that says what is safe, and no more."""
    order = (await client.post("/api/orders", json=ORDER)).json()
    await raw.hset(f"{settings.key_prefix}order:{order['id']}", "items", "nonsense")
    answer = await client.get(f"/api/orders/{order['id']}")
    assert (500, "internal") == problem(answer)
    assert "nonsense" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/api/board"])
async def test_what_programs_ask_answers_problems_outside_of_the_api_too(
    client: httpx.AsyncClient, path: str
) -> None:
    """A wrong method on any of them is a problem with `Allow`, not a page."""
    answer = await client.post(path)
    assert (405, "method-not-allowed") == problem(answer)
    assert "GET" in answer.headers["allow"]


def kinds_in_the_source() -> Iterator[str]:
    """The kind of each `Problem(…)`, `Unacceptable(…)` and `_not_now(…)` in the code of the counter."""
    for path in WEB.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = {"Problem": 1, "Unacceptable": 1, "_not_now": 0}.get(node.func.id)
                if place is None or len(node.args) <= place:
                    continue
                for kind in ast.walk(node.args[place]):
                    if isinstance(kind, ast.Constant) and re.match(r"[a-z]", str(kind.value)):
                        yield str(kind.value)


def test_every_kind_of_problem_is_described() -> None:
    """What a program can meet, it can read about beforehand; these are of pages."""
    kinds = set(kinds_in_the_source()) - {"too-late", "no-such-day"}
    assert {"staff-only", "not-json", "transition-refused"} <= kinds
    assert set() == kinds - set(KINDS)
