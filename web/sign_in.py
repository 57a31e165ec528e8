"""Signing in: the PIN's form, which works without JavaScript, and the way out again."""

from __future__ import annotations

import re
from http import HTTPStatus

from quart import Blueprint, Response, redirect, render_template, request, url_for
from quart_auth import AuthUser, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from orders.errors import BookUnavailable
from web.counter import counter
from web.problem import Problem, StaffOnly, TooManyAttempts
from web.problems import problem_of
from web.session import STAFF
from web.staff import try_pin
from web.texts import choose_language
from web.texts import gettext as _

sign_in = Blueprint("sign_in", __name__)

# A path of ours. A second slash would begin another host, and browsers read a backslash as a slash and
# leave out tabs and line breaks (WHATWG URL, section 4.4).
OUR_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


@sign_in.get("/staff")
async def show_sign_in() -> Response | AnyResponse:
    target = _ours(request.args.get("next"))
    try:
        signed_in = await counter().sessions.goes_on()
    except BookUnavailable as error:
        return await _page(target, problem_of(error))
    if signed_in and target:
        return redirect(target, 303)
    return await _page(target, signed_in=signed_in)


@sign_in.post("/staff")
async def enter() -> Response | AnyResponse:
    form = await request.form
    choose_language(form.get("language"))
    target = _ours(form.get("next"))
    try:
        await try_pin("".join(form.get("pin", "").split()))
        await counter().sessions.learn_key()
    except StaffOnly:
        return await _page(target, _wrong())
    except (TooManyAttempts, BookUnavailable) as error:
        return await _page(target, problem_of(error))
    login_user(AuthUser(STAFF), remember=True)
    return redirect(target or _here(form.get("language")), 303)


@sign_in.post("/staff/leave")
async def leave() -> AnyResponse:
    logout_user()
    return redirect(_here((await request.form).get("language")), 303)


async def _page(
    target: str | None, problem: Problem | None = None, *, signed_in: bool = False
) -> Response:
    page = await render_template(
        "staff.html",
        signed_in=signed_in,
        target=target,
        problem=problem,
        pin_is_digits=counter().staff_pin.isdecimal(),  # then a phone shows its large digits
    )
    headers = {"Cache-Control": "no-store", **(problem.headers if problem else {})}
    return Response(page, problem.status if problem else HTTPStatus.OK, headers=headers)


def _wrong() -> Problem:
    problem = problem_of(StaffOnly())
    title, detail = _("This is not the PIN"), _("Look at the PIN again and try once more.")
    return Problem(problem.status, problem.kind, title, detail, problem.headers)


def _ours(target: str | None) -> str | None:
    """The page to go on to, if it is one of ours."""
    return target if target and OUR_PATH.fullmatch(target) else None


def _here(code: str | None) -> str:
    return url_for("sign_in.show_sign_in", lang=code)
