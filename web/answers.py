"""JSON in and out: how every call of the API reads its body and writes its answer."""

from __future__ import annotations

import json
from typing import Any

from quart import Response, request

from web.problem import Unacceptable
from web.texts import gettext as _


async def json_body() -> bytes:
    """The request's body. Raises Unacceptable unless it is said to be JSON."""
    if not request.is_json:
        raise Unacceptable(
            415,
            "not-json",
            _("JSON is needed"),
            _("Send the body as JSON, with Content-Type: application/json."),
        )
    body = await request.get_data()
    assert isinstance(body, bytes)
    return body


def answer(body: dict[str, Any], status: int, **headers: str) -> Response:
    """`body` as JSON, which nobody keeps unless `headers` say so."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(
        text,
        status,
        headers={"Cache-Control": "no-store", **headers},
        content_type="application/json",
    )
    response.timeout = (
        None  # it fits into the socket's buffer; Quart's limit is a task for each answer
    )
    return response
