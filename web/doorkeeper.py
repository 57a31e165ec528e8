"""The doorkeeper: turns away what Quart would trip over before any of our handlers sees it.

That is a websocket, of which there are none here, and a request for a host whose name is none.
"""

from __future__ import annotations

import json
import re
from typing import Any

# RFC 9110, section 7.2, and RFC 1035, section 2.3.4: labels of 1 to 63 letters.
HOST = re.compile(rb"([\w-]{1,63}(\.[\w-]{1,63})*\.?|\[[0-9A-Fa-f:.]+\])(:\d{0,5})?")

NO_SUCH_HOST = {
    "type": "urn:orderup:problem:bad-host",
    "title": "Bad host",
    "status": 400,
    "detail": "The Host header names no host.",
}


class Doorkeeper:
    """An ASGI application around another."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http" and not _names_a_host(scope):
            await _refuse(send)
        else:
            await self._app(scope, receive, send)


def _names_a_host(scope: Any) -> bool:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    return all(HOST.fullmatch(host) for host in hosts) and len(hosts) <= 1


async def _refuse(send: Any) -> None:
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(NO_SUCH_HOST).encode()})
