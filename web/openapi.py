"""The API's description in OpenAPI 3.1, for programs and for the page that shows it (web/docs.py)."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from quart import Blueprint, Quart, Response, current_app, request

from orders.version import version
from web.answers import answer
from web.counter import counter

openapi = Blueprint("openapi", __name__)


@openapi.get("/openapi.json")
async def get_openapi() -> Response:
    response = answer(await description(), 200, **{"Cache-Control": "no-cache"})
    await response.add_etag()
    return await response.make_conditional(request)


async def description() -> dict[str, Any]:
    """The whole document. It is made when it is first asked for, and beside the event loop: to load the
    library and to look through all models takes a third of a second, and customers are waiting.
    """
    app = cast("Quart", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001
    known = app.extensions.setdefault("openapi", {})
    cookie = counter().sessions.cookie_name  # another one by https than by http
    if cookie not in known:
        skus = list(counter().book.menu.items)
        known[cookie] = await asyncio.to_thread(_make, app, skus, cookie)
    return cast("dict[str, Any]", known[cookie])


def _make(app: Quart, skus: list[str], cookie: str) -> dict[str, Any]:
    from web.description.document import document

    return document(app, version(), skus, cookie)
