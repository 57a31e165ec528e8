"""How an error is answered: programs get `application/problem+json` (RFC 9457), people a page in words.

Nobody ever sees a stack trace; it goes into the log.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus

from quart import Quart, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web.problem import Problem, StaffOnly
from web.problems import problem_of
from web.texts import gettext as _

log = logging.getLogger("web")

IN_SECONDS_S = 120  # a longer wait is told in minutes, by the text
NOT_KEPT = {"Cache-Control": "no-store"}  # a 404 of now may be an order in a moment
FOR_PROGRAMS = ("/api", "/openapi.json", "/healthz", "/readyz", "/metrics")


def register(app: Quart) -> None:
    """Let every error of `app` be answered from here."""
    app.register_error_handler(Exception, _answer)


async def _answer(error: Exception) -> Response | AnyResponse:
    problem = problem_of(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        order = (request.view_args or {}).get("order_id")
        log.error(
            "%s %s failed", request.method, request.path, exc_info=error, extra={"order": order}
        )
    if request.path.startswith("/api/") or request.path in FOR_PROGRAMS:
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
        return _asked_from(), _("Try again")
    if problem.kind == "too-late":
        return _asked_from(), _("To your order")
    return "/", _("To the menu")


def _asked_from() -> str:
    """The page that the reader was on, or wanted."""
    if request.method == "GET":
        return request.path
    if request.endpoint == "ticket.cancel_order":
        return url_for("ticket.show_ticket", **(request.view_args or {}))
    return "/"
