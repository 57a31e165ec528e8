"""The API's description: it is whole, it is true to itself, and it costs the start nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from quart import Quart

from orders.settings import Settings
from tests.web.conftest import Web
from web.app import create_app
from web.cross_site import CHANGES_NOTHING
from web.description.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
BESIDES = {"/healthz", "/readyz", "/metrics", "/openapi.json"}


@pytest.fixture
def app(settings: Settings) -> Quart:
    return create_app(settings)


@pytest.fixture
async def document(client: httpx.AsyncClient) -> Any:
    return (await client.get("/openapi.json")).json()


def operations(document: Any) -> dict[tuple[str, str], Any]:
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_route_of_the_api_is_described_and_nothing_else(app: Quart) -> None:
    """What programs can call: all below /api, and what those who look after the counter ask."""
    routes = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") or rule.rule in BESIDES
    }
    assert routes == set(OPERATIONS)


async def test_it_is_openapi(document: Any) -> None:
    """Version 3.1, every operation with a name of its own, every reference leads somewhere."""
    assert "3.1.0" == document["openapi"]
    names = [operation["operationId"] for operation in operations(document).values()]
    assert len(names) == len(set(names))
    schemas = document["components"]["schemas"]
    assert set() == {name for name in references(document) if name not in schemas}
    linked = {link["operationId"] for answer in answers(document) for link in links(answer)}
    assert linked
    assert linked <= set(names)


def references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"].rpartition("/")[2]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(each) for each in part.values()))
    if isinstance(part, list):
        return set().union(*(references(each) for each in part))
    return set()


def answers(document: Any) -> list[Any]:
    return [
        a for operation in operations(document).values() for a in operation["responses"].values()
    ]


def links(answer: Any) -> list[Any]:
    return list(answer.get("links", {}).values())


async def test_every_operation_says_what_who_and_what_can_go_wrong(document: Any) -> None:
    """A summary, a text, who may ask, an example of each body, and problems of RFC 9457."""
    for (method, path), operation in operations(document).items():
        assert operation["summary"], path
        assert operation["description"], path
        assert "security" in operation, path
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for body in [*bodies, *operation["responses"].values()]:
            for kind, content in body.get("content", {}).items():
                told = "example" in content or "examples" in content
                assert told or (path in BESIDES and kind != "application/problem+json"), path
        problems = {status for status in operation["responses"] if status >= "400"}
        if method not in CHANGES_NOTHING:
            assert {"403", "429"} <= problems, path
        if operation["security"]:
            assert {"401", "429", "503"} <= problems, path


@pytest.mark.parametrize("endpoint", OPERATIONS)
def test_the_examples_are_right(endpoint: str) -> None:
    """Each example is what its own model allows."""
    operation = OPERATIONS[endpoint]
    if operation.request is not None:
        operation.request.model_validate(operation.example)
    for answer in operation.answers.values():
        if answer.model is not None:
            answer.model.model_validate(answer.example)


async def test_it_names_what_this_counter_has(web: Web, document: Any) -> None:
    """The items of its menu, and the cookie of its staff."""
    skus = document["components"]["schemas"]["OrderLine"]["properties"]["sku"]["enum"]
    assert sorted(web.counter.book.menu.items) == skus
    cookie = document["components"]["securitySchemes"]["StaffSession"]["name"]
    assert web.counter.sessions.cookie_name == cookie


async def test_who_has_it_is_not_sent_it_again(client: httpx.AsyncClient) -> None:
    """The ETag of the description, as of the menu and the board, is good for a 304 without a body."""
    for path in ("/openapi.json", "/api/menu", "/api/board"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (200, 304, b"") == (first.status_code, again.status_code, again.content)
        assert first.headers["etag"] == again.headers["etag"]


async def test_a_change_on_the_board_is_news(client: httpx.AsyncClient) -> None:
    """With an order more the tag is another one, and the whole board is sent."""
    before = await client.get("/api/board")
    await client.post("/api/orders", json={"items": [{"sku": "nuggets-6", "quantity": 1}]})
    after = await client.get("/api/board", headers={"If-None-Match": before.headers["etag"]})
    assert (200, 1) == (after.status_code, len(after.json()["tickets"]))


async def test_the_page_lists_every_operation_without_javascript(
    client: httpx.AsyncClient, document: Any
) -> None:
    """Method, path and summary stand in the HTML."""
    page = (await client.get("/docs")).text
    for (method, path), operation in operations(document).items():
        assert f'<span class="docs-method">{method}</span> {path}</code>' in page
        assert operation["summary"].replace("'", "&#39;") in page


async def test_only_what_the_page_needs_is_served_of_swagger_ui(client: httpx.AsyncClient) -> None:
    """Two files, which a browser keeps; the editor in the same wheel is not for the world."""
    for name, kind in (("swagger-ui.css", "text/css"), ("swagger-ui-bundle.js", "text/javascript")):
        first = await client.get(f"/docs/{name}")
        assert (200, True) == (first.status_code, first.headers["content-type"].startswith(kind))
        again = await client.get(f"/docs/{name}", headers={"If-None-Match": first.headers["etag"]})
        assert 304 == again.status_code
    for name in ("swagger-editor-bundle.js", "..%2f__init__.py", "index.css"):
        assert 404 == (await client.get(f"/docs/{name}")).status_code


def test_a_web_process_starts_without_the_libraries_that_few_ask_for() -> None:
    """They would be half of the time until the first order."""
    heavy = ("quart_schema", "limits", "swagger_ui", "web.description")
    code = f"import sys, web.serve; print([name for name in {heavy!r} if name in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "[]" == found.stdout.strip()
