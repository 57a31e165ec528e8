"""Which error is which problem: a status, a name for programs, and a text that helps.

One function for each kind of error, found by its class; an error of a class below gets the same one.
What the order book raises is told in web/book_problems.py.
"""

from __future__ import annotations

import math
import random
from errno import ENAMETOOLONG
from functools import singledispatch
from http import HTTPStatus

from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, NotFound

from orders.errors import BookError
from web.book_problems import problem_of_book
from web.problem import (
    NobodyCooks,
    NoSeat,
    Problem,
    StaffOnly,
    TooManyAttempts,
    TooManyRequests,
    Unacceptable,
)
from web.texts import gettext as _
from web.texts import ngettext

SEAT_RETRY_S = (10, 30)


@singledispatch
def problem_of(_error: Exception) -> Problem:
    """The problem that an error is for whoever asked."""
    return _our_fault()


def _our_fault() -> Problem:
    return Problem(
        500,
        "internal",
        _("Something went wrong here"),
        _("It is our fault and has been noted. Orders that have a number are safe."),
    )


@problem_of.register
def _book(error: BookError) -> Problem:
    return problem_of_book(error) or _our_fault()


# -- what was sent -----------------------------------------------------------------------------------


@problem_of.register
def _file(error: OSError) -> Problem:
    """A name under /static/ that is too long for any file is one that is not there."""
    return problem_of(NotFound()) if error.errno == ENAMETOOLONG else _our_fault()


@problem_of.register
def _unacceptable(error: Unacceptable) -> Problem:
    return error.problem


@problem_of.register
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


@problem_of.register
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


# -- who asks, and for how much ----------------------------------------------------------------------


@problem_of.register
def _no_seat(_error: NoSeat) -> Problem:
    return Problem(
        429,
        "no-seat",
        _("All seats are taken"),
        _(
            "So many wait here for a change that nobody else can. Ask without wait_s, or come back in a"
            " moment."
        ),
        {"Retry-After": str(random.randint(*SEAT_RETRY_S))},  # noqa: S311 - jitter
    )


@problem_of.register
def _nobody_cooks(_error: NobodyCooks) -> Problem:
    return Problem(
        503,
        "nobody-cooks",
        _("No cook is on shift"),
        _("There is nobody to cook this right now. Nothing was ordered; drinks can be had."),
        {"Retry-After": "60"},
    )


@problem_of.register
def _staff_only(_error: StaffOnly) -> Problem:
    return Problem(
        401,
        "staff-only",
        _("Staff only"),
        _("Sign in at /staff, or send the staff's PIN as: Authorization: Bearer <PIN>."),
        {"WWW-Authenticate": 'Bearer realm="staff"'},
    )


@problem_of.register
def _too_many_attempts(error: TooManyAttempts) -> Problem:
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


@problem_of.register
def _too_many_requests(error: TooManyRequests) -> Problem:
    return Problem(
        429,
        "too-many-requests",
        _("Too many requests"),
        ngettext(
            "More came from your address than we take in so short a time. Nothing was done. Try again"
            " in {n} minute.",
            "More came from your address than we take in so short a time. Nothing was done. Try again"
            " in {n} minutes.",
            math.ceil(error.wait_s / 60),
        ),
        {"Retry-After": str(math.ceil(error.wait_s))},
    )
