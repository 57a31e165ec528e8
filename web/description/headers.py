"""The headers that the API reads and writes, each told once."""

from __future__ import annotations

from typing import Any

REQUEST: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "A text of your own for this order. Sent again with the same contents, within"
        " a day, it is answered with the same order: repeat without fear what got no answer."
        " (draft-ietf-httpapi-idempotency-key-header)",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
    "If-None-Match": {
        "description": "The `ETag` of the answer you have. If it is still true: 304, without a body.",
        "schema": {"type": "string"},
    },
    "Accept-Language": {
        "description": "The language of names and of problems; `?lang=` counts more.",
        "schema": {"type": "string"},
    },
}

RESPONSE: dict[str, dict[str, Any]] = {
    "Location": {
        "description": "Where the order is found from now on.",
        "required": True,
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Names this state of things, for `If-None-Match`.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before it makes sense to ask again.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {
        "description": "How to say that you are staff: `Bearer`.",
        "required": True,
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "What may be sent from one address: `q` requests in `w` seconds. Only where this"
        " address is counted. (draft-ietf-httpapi-ratelimit-headers-10)",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "What is left of it: `r` requests for the next `t` seconds.",
        "schema": {"type": "string"},
    },
}
COUNTED = ("RateLimit-Policy", "RateLimit")  # on every answer to what is counted


def parameters(names: tuple[str, ...]) -> list[dict[str, Any]]:
    """These headers of a request, as OpenAPI's parameters."""
    return [{"name": name, "in": "header", **REQUEST[name]} for name in names]


def headers(names: tuple[str, ...]) -> dict[str, Any]:
    """These headers of an answer."""
    return {name: RESPONSE[name] for name in names}
