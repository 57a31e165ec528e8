"""The problems of the API (RFC 9457), by the kind with which their `type` ends."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from web.description.headers import COUNTED, headers
from web.description.operation import Operation

KINDS = {
    "bad-idempotency-key": "The `Idempotency-Key` is none: 1 to 255 printable ASCII characters.",
    "cross-site": "A page of another website sent it. Nothing was done.",
    "erased": "The order that this `Idempotency-Key` made was erased since.",
    "idempotency-key-reused": "The key was used with other contents, for order `reference`.",
    "internal": "Our fault; it has been noted.",
    "invalid": "Not what the description asks for; `errors` points at each place (RFC 6901).",
    "moved-on": "Something has become of the order since `after`; `status_now` says what it is.",
    "no-hooks": "No address for web hooks is set.",
    "no-seat": "Too many wait here for changes already.",
    "nobody-cooks": "No cook is on shift, and this counter takes no orders then.",
    "not-found": "There is nothing at this address.",
    "not-json": "The body is not JSON, or is not said to be.",
    "not-waiting": "The order does not wait any more; `status_now` says what it is.",
    "off-the-menu": "The menu's file has it off.",
    "sold-out": "The item `sku` is sold out.",
    "staff-only": "The staff's PIN is missing or wrong.",
    "too-large": "The body is larger than 64 KiB.",
    "too-many-attempts": "Too many wrong PINs came from there; not even the right one is heard now.",
    "too-many-requests": "More came from this address than the limit allows. Nothing was done.",
    "too-many-waiting": "So many orders wait that no other is taken.",
    "transition-refused": "The order cannot become that; `status_now` says what it is.",
    "unavailable": "The order book cannot be reached. Whether it was done is not known: repeat it with"
    " the same `Idempotency-Key`.",
    "unknown-hook": "No web hook has this id, or none any more.",
    "unknown-item": "The item `sku` is not on the menu.",
    "unknown-order": "No order has this id.",
    "unknown-task": "The schedule has no such task.",
}
# Which of an answer's own headers come with a problem of this status.
WITH = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}


class Mistake(BaseModel):
    """One place in a body or a query that is not as it should be."""

    pointer: str = Field(description="JSON pointer to the place, RFC 6901.")
    detail: str


class ProblemDetails(BaseModel):
    """What went wrong, for programs and for people (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(pattern="^urn:orderup:problem:[a-z-]+$", description="For programs.")
    title: str = Field(description="What happened, in the reader's language.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What is safe, and what to do.")
    errors: list[Mistake] = Field([], description="Each mistake, with `invalid`.")
    sku: str = Field("", description="The item it is about.")
    reference: str = Field("", description="The number of the order it is about.")
    status_now: str = Field("", description="What the order is.")


def of(operation: Operation, *, writes: bool) -> dict[int, list[str]]:
    """Every kind of problem that this operation can be answered with, by status."""
    found: dict[int, list[str]] = {}
    _add(found, operation.problems)
    if operation.request is not None:
        _add(found, {400: ("not-json",), 413: ("too-large",), 415: ("not-json",)})
    if operation.request is not None or operation.query is not None:
        _add(found, {422: ("invalid",)})
    if operation.for_staff:
        _add(found, {401: ("staff-only",), 429: ("too-many-attempts",)})
    if operation.asks_the_book or operation.for_staff:
        _add(found, {503: ("unavailable",)})
    if writes:
        _add(found, {403: ("cross-site",), 429: ("too-many-requests",)})
    return dict(sorted(found.items()))


def _add(found: dict[int, list[str]], more: Mapping[int, tuple[str, ...]]) -> None:
    for status, kinds in more.items():
        found.setdefault(status, []).extend(kinds)


def response(status: int, kinds: list[str], *, counted: bool) -> dict[str, Any]:
    """OpenAPI's response object for these kinds of problem."""
    own = WITH.get(HTTPStatus(status), ())
    return {
        "description": " ".join(f"`{kind}`: {KINDS[kind]}" for kind in kinds),
        "headers": headers(own + (COUNTED if counted else ())),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/ProblemDetails"},
                "examples": {kind: {"value": _example(status, kind)} for kind in kinds},
            }
        },
    }


def _example(status: int, kind: str) -> dict[str, Any]:
    return {
        "type": f"urn:orderup:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": KINDS[kind].replace("`", ""),
    }
