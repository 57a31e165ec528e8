"""The cashier: the kiosk's form, which takes an order and sends the customer to the ticket."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus

from pydantic import ValidationError
from quart import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from orders.errors import (
    BookUnavailable,
    IdempotencyKeyReused,
    NotOnTheMenu,
    TooManyWaiting,
)
from orders.states import Actor
from web import order_form
from web.counter import counter
from web.intake import take
from web.order_form import FormProblem
from web.problem import RETRY_AFTER_S, NobodyCooks
from web.problems import problem_of
from web.staff import is_staff
from web.texts import choose_language
from web.texts import gettext as _

cashier = Blueprint("cashier", __name__)


@cashier.get("/")
async def show_kiosk() -> Response:
    opened = {"kiosk": request.args.get("kiosk", "")}
    if counter().hub.blind_since_ms is not None:  # the page says so until it hears otherwise
        return await _kiosk(opened, 503, problem=_unavailable())
    return await _kiosk(opened)


@cashier.post("/")
async def change_language() -> Response:
    """The kiosk in another language, with what was typed: for browsers without JavaScript."""
    form = await _form()
    choose_language(form.get("lang"))
    return await _kiosk(form)


@cashier.post("/orders")
async def place_order() -> Response | AnyResponse:
    form = await _form()
    choose_language(form.get("language"))
    try:
        by = Actor.STAFF if await is_staff() else Actor.CUSTOMER
        order = await take(order_form.read(form), form.get("idempotency_key") or None, by)
    except FormProblem as error:
        return await _kiosk(form, 422, problem=str(error), problem_sku=error.sku)
    except NotOnTheMenu as error:
        # The hub may have yet to hear that it is gone.
        gone = frozenset([error.sku] if error.sold_out else [])
        text = problem_of(error).detail
        return await _kiosk(form, 422, problem=text, problem_sku=error.sku, just_sold_out=gone)
    except ValidationError:
        return await _kiosk(form, 422, problem=_("This cannot be ordered. Look through it again."))
    except IdempotencyKeyReused as error:
        # Back after ordering, and something else chosen: a new form, and nothing typed is lost.
        fresh = {**form, "idempotency_key": ""}
        return await _kiosk(fresh, 422, problem=_already_ordered(error))
    except (BookUnavailable, TooManyWaiting, NobodyCooks) as error:
        # What was chosen stays, and so does the form's key: sending it again orders once.
        text = _unavailable() if isinstance(error, BookUnavailable) else problem_of(error).detail
        return await _kiosk(form, 503, problem=text)
    kiosk = "1" if form.get("kiosk") == "1" else None
    return redirect(url_for("ticket.show_ticket", order_id=order.id, kiosk=kiosk), 303)


async def _form() -> dict[str, str]:
    return {name: value for name, value in (await request.form).items() if name}


async def _kiosk(
    form: Mapping[str, str],
    status: int = 200,
    *,
    problem: str | None = None,
    problem_sku: str | None = None,
    just_sold_out: frozenset[str] = frozenset(),
) -> Response:
    """The kiosk with what was typed into it. A form used before keeps its key, so that sending it
    again cannot order twice.
    """
    page = await render_template(
        "kiosk.html",
        menu=counter().book.menu,
        sold_out=counter().hub.sold_out | just_sold_out,
        special=counter().hub.special,
        kiosk=form.get("kiosk") == "1",
        idle_s=counter().settings.kiosk_idle_s,
        quantities=order_form.quantities(form),
        idempotency_key=form.get("idempotency_key") or secrets.token_urlsafe(16),
        service=form.get("service", "eat-in"),
        name=form.get("name", ""),
        crew_on_shift=bool(counter().hub.crew.on_shift) or counter().hub.blind_since_ms is not None,
        orders_without_crew=counter().settings.without_crew == "accept",
        problem=problem,
        problem_sku=problem_sku,
    )
    # A browser goes Back to the answer of a form only if it was allowed to keep it.
    headers = {"Cache-Control": "no-store" if request.method == "GET" else "private, no-cache"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return Response(page, status, headers=headers)


def _already_ordered(error: IdempotencyKeyReused) -> str:
    return _(
        "You already have number {reference}, and it is being taken care of. Press Order if you want"
        " this as well.",
        reference=error.order.reference,
    )


def _unavailable() -> str:
    return _(
        "We cannot take orders for a moment. What you chose is still here: press Order again in a few"
        " seconds. You will not be served twice."
    )
