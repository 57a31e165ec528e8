"""What goes wrong, told in one place: an exception becomes a status and a text that helps.

The API answers `application/problem+json` (RFC 9457), pages answer a page in words. Nobody ever sees
a stack trace; it goes into the log.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from quart import Quart, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from orders.errors import (
    BookUnavailable,
    BookUnusable,
    IdempotencyKeyReused,
    NotOnTheMenu,
    NotWaiting,
    OrderNotFound,
    TooManyWaiting,
    TransitionRefused,
)
from web.counter import counter
from web.texts import gettext as _
from web.texts import language, ngettext

log = logging.getLogger("web")

RETRY_AFTER_S = 2
IN_SECONDS_S = 120  # a longer wait is told in minutes, by the text
NOT_KEPT = {"Cache-Control": "no-store"}  # a 404 of now may be an order in a moment


@dataclass(frozen=True)
class Problem:
    """`kind` is a name for programs, `title` says what happened, `detail` what is safe and to do."""

    status: int
    kind: str
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


class Unacceptable(Exception):
    """A request that cannot be understood, with the problem to answer."""

    def __init__(self, status: int, kind: str, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.problem = Problem(status, kind, title, detail, more=more)


class NobodyCooks(Exception):
    """No cook is on shift, and this counter takes no orders for the kitchen then."""


class StaffOnly(Exception):
    """The staff's PIN is missing or wrong."""


class TooManyAttempts(Exception):
    """So many wrong PINs were tried that none is looked at for `wait_s`."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not heard for {wait_s:g} s")
        self.wait_s = wait_s


def register(app: Quart) -> None:
    """Let every error of `app` be answered from here."""
    app.register_error_handler(Exception, _answer)


async def _answer(error: Exception) -> Response | AnyResponse:
    problem = problem_of(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    if request.path == "/api" or request.path.startswith("/api/"):
        return as_json(problem)
    if isinstance(error, StaffOnly) and _asks_for_a_page():
        return _to_sign_in()
    return await as_page(problem)


def _asks_for_a_page() -> bool:
    """A browser names HTML where it wants a page; a stream or a program does not."""
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def _to_sign_in() -> AnyResponse:
    query = request.query_string.decode("ascii", "replace")
    asked_for = request.path + (f"?{query}" if query else "")
    code = request.args.get("lang")
    return redirect(url_for("sign_in.show_sign_in", next=asked_for, lang=code), 303)


def as_json(problem: Problem) -> Response:
    body = {
        "type": f"urn:orderup:problem:{problem.kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        **problem.more,
    }
    return Response(
        json.dumps(body, ensure_ascii=False),
        problem.status,
        headers={**NOT_KEPT, **problem.headers},
        content_type="application/problem+json",
    )


async def as_page(problem: Problem) -> Response:
    retry_s = int(problem.headers.get("Retry-After", 0))
    href, text = _way_on(problem)
    page = await render_template(
        "message.html",
        title=problem.title,
        text=problem.detail,
        reference=problem.more.get("reference"),
        retry_after_s=retry_s if 0 < retry_s <= IN_SECONDS_S else None,
        action_href=href,
        action_text=text,
    )
    return Response(page, problem.status, headers={**NOT_KEPT, **problem.headers})


def _way_on(problem: Problem) -> tuple[str, str]:
    """Where the button of the page leads, and what it says."""
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return url_for("sign_in.show_sign_in"), _("Sign in")
    if "Retry-After" in problem.headers:
        return request.path if request.method == "GET" else "/", _("Try again")
    return "/", _("To the menu")


def problem_of(error: Exception) -> Problem:
    """The problem that `error` is for whoever asked."""
    match error:
        case Unacceptable():
            return error.problem
        case ValidationError():
            return _invalid(error)
        case NotOnTheMenu():
            return Problem(
                422,
                "sold-out" if error.sold_out else "unknown-item",
                _("Sold out") if error.sold_out else _("Unknown item"),
                _(
                    "{item} is sold out. Choose something else; the rest of the order is fine.",
                    item=_item_name(error.sku),
                )
                if error.sold_out
                else _("There is no item {sku} on the menu.", sku=error.sku),
                more={"sku": error.sku},
            )
        case OrderNotFound():
            return Problem(
                404,
                "unknown-order",
                _("Unknown order"),
                _("No order has this address. Check it, or ask at the counter."),
            )
        case TransitionRefused() | NotWaiting():
            return _refused(error)
        case IdempotencyKeyReused():
            return Problem(
                422,
                "idempotency-key-reused",
                _("Already ordered"),
                _(
                    "This form, or Idempotency-Key, was already used for order {reference} with other"
                    " contents. Nothing was ordered now; for a new order use a new one.",
                    reference=error.order.reference,
                ),
                more={"reference": error.order.reference},
            )
        case TooManyWaiting():
            return Problem(
                503,
                "too-many-waiting",
                _("The kitchen is full"),
                _(
                    "So many orders are waiting that we take no more right now. Nothing was ordered;"
                    " please come back in a few minutes."
                ),
                {"Retry-After": "60"},
            )
        case NobodyCooks():
            return Problem(
                503,
                "nobody-cooks",
                _("No cook is on shift"),
                _(
                    "There is nobody to cook this right now. Nothing was ordered; drinks can be had."
                ),
                {"Retry-After": "60"},
            )
        case BookUnavailable() | BookUnusable():
            return Problem(
                503,
                "unavailable",
                _("One moment, please"),
                _(
                    "The order book cannot be reached. Orders that have a number are safe. Whether this"
                    " request was done is not known: send it again in a moment, an order with the same"
                    " Idempotency-Key, or from the same form, is never taken twice."
                ),
                {"Retry-After": str(RETRY_AFTER_S)},
            )
        case StaffOnly() | TooManyAttempts():
            return _at_the_staffs_door(error)
        case HTTPException():
            return _http(error)
    return Problem(
        500,
        "internal",
        _("Something went wrong here"),
        _("It is our fault and has been noted. Orders that have a number are safe."),
    )


def _refused(error: TransitionRefused | NotWaiting) -> Problem:
    """The order's status does not allow it; `status_now` says which it has."""
    order = error.order
    if isinstance(error, TransitionRefused):
        kind, detail = (
            "transition-refused",
            _(
                "Order {reference} is {status} and cannot become {target}.",
                reference=order.reference,
                status=order.status,
                target=error.target,
            ),
        )
    else:
        kind, detail = (
            "not-waiting",
            _(
                "Order {reference} is {status}; only an order that waits can go first.",
                reference=order.reference,
                status=order.status,
            ),
        )
    more = {"status_now": order.status, "reference": order.reference}
    return Problem(409, kind, _("Not possible now"), detail, more=more)


def _at_the_staffs_door(error: StaffOnly | TooManyAttempts) -> Problem:
    if isinstance(error, StaffOnly):
        return Problem(
            401,
            "staff-only",
            _("Staff only"),
            _("Sign in at /staff, or send the staff's PIN as: Authorization: Bearer <PIN>."),
            {"WWW-Authenticate": 'Bearer realm="staff"'},
        )
    return Problem(
        429,
        "too-many-attempts",
        _("Too many wrong PINs"),
        ngettext(
            "No PIN is accepted from here now. Try again in {n} minute. Whoever is signed in"
            " already can go on working.",
            "No PIN is accepted from here now. Try again in {n} minutes. Whoever is signed in"
            " already can go on working.",
            math.ceil(error.wait_s / 60),
        ),
        {"Retry-After": str(math.ceil(error.wait_s))},
    )


def _item_name(sku: str) -> str:
    item = counter().book.menu.items.get(sku)
    return item.called(language()) if item else sku


def _invalid(error: ValidationError) -> Problem:
    """What pydantic found, with a JSON pointer (RFC 6901) to each place."""
    errors = [
        {"pointer": "".join(map(_pointer, found["loc"])), "detail": found["msg"]}
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    if error.errors()[0]["type"] == "json_invalid":
        return Problem(400, "not-json", _("Not JSON"), errors[0]["detail"])
    detail = "; ".join(f"{e['pointer'] or '/'}: {e['detail']}" for e in errors[:5])
    return Problem(422, "invalid", _("Not a valid request"), detail, more={"errors": errors})


def _pointer(part: str | int) -> str:
    return "/" + str(part).replace("~", "~0").replace("/", "~1")


def _http(error: HTTPException) -> Problem:
    """Quart's own: no such page, wrong method, too large."""
    status = error.code or 500
    texts = {
        404: (_("No such page"), _("There is nothing at this address.")),
        405: (_("Method not allowed"), _("This address cannot be asked in this way.")),
        413: (_("Too large"), _("The request is too large. Split the order into several.")),
    }
    phrase = HTTPStatus(status).phrase
    title, detail = texts.get(status, (phrase, error.description or phrase))
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    # The phrase of 413 is another one in each version of Python.
    kind = "too-large" if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else phrase.lower()
    return Problem(status, kind.replace(" ", "-"), title, detail, headers)
