"""The page about the API: a list of its operations, and Swagger UI, where they can be tried.

Swagger UI comes from the wheel `swagger-ui-py`, which carries its files; its code is not used. Of these
files only the two that the page needs are served.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from quart import Blueprint, Response, abort, render_template, send_from_directory

from web.openapi import description

docs = Blueprint("docs", __name__)

SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js")


@docs.get("/docs")
async def show_docs() -> str:
    # English, as the description is, whatever the reader's browser prefers.
    return await render_template(
        "docs.html", groups=_groups(await description()), lang="en", dir="ltr"
    )


@docs.get("/docs/<name>")
async def send_part(name: str) -> Response:
    if name not in SWAGGER_UI:
        abort(404)
    return await send_from_directory(_swagger_ui(), name)


@cache
def _swagger_ui() -> Path:
    """Where the wheel has put the files. It is looked for and not imported."""
    found = find_spec("swagger_ui")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "static"


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations by tag, each with its method and path."""
    groups: dict[str, dict[str, Any]] = {
        tag["name"]: {**tag, "operations": []} for tag in document["tags"]
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            told = {"method": method.upper(), "path": path, "for_staff": _for_staff(operation)}
            groups[operation["tags"][0]]["operations"].append({**told, **operation})
    return list(groups.values())


def _for_staff(operation: dict[str, Any]) -> bool:
    return bool(operation["security"]) and {} not in operation["security"]
