"""The cashier: the kiosk's form, which takes an order and sends the customer to the ticket."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from quart import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from orders.errors import (
    BookUnavailable,
    IdempotencyKeyReused,
    NotOnTheMenu,
    TooManyWaiting,
)
from orders.model import MAX_QUANTITY, OrderRequest
from web.counter import counter
from web.intake import take
from web.problems import RETRY_AFTER_S, NobodyCooks, problem_of
from web.texts import choose_language, language
from web.texts import gettext as _

cashier = Blueprint("cashier", __name__)

FIELD = "quantity."


class FormProblem(Exception):
    """What the customer typed cannot be ordered; the text says why, `sku` where."""

    def __init__(self, text: str, sku: str | None = None) -> None:
        super().__init__(text)
        self.sku = sku


@cashier.get("/")
async def show_kiosk() -> Response:
    if counter().hub.blind_since_ms is not None:
        return await _kiosk({}, 503, problem=_unavailable())
    return await _kiosk({})


@cashier.post("/orders")
async def place_order() -> Response | AnyResponse:
    form = {name: value for name, value in (await request.form).items() if name}
    choose_language(form.get("language"))
    try:
        order = await take(_request(form), form.get("idempotency_key") or None)
    except (FormProblem, NotOnTheMenu) as error:
        text = str(error) if isinstance(error, FormProblem) else problem_of(error).detail
        return await _kiosk(form, 422, problem=text, problem_sku=error.sku)
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
    return redirect(url_for("ticket.show_ticket", order_id=order.id), 303)


async def _kiosk(form: Mapping[str, str], status: int = 200, **problem: Any) -> Response:
    """The kiosk with what was typed into it. A form used before keeps its key, so that sending it
    again cannot order twice.
    """
    quantities = {
        name.removeprefix(FIELD): value for name, value in form.items() if name.startswith(FIELD)
    }
    page = await render_template(
        "kiosk.html",
        menu=counter().book.menu,
        quantities=quantities,
        idempotency_key=form.get("idempotency_key") or secrets.token_urlsafe(16),
        service=form.get("service", "eat-in"),
        name=form.get("name", ""),
        crew_on_shift=bool(counter().hub.crew.on_shift) or counter().hub.blind_since_ms is not None,
        orders_without_crew=counter().settings.without_crew == "accept",
        **{"problem": None, "problem_sku": None} | problem,
    )
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return Response(page, status, headers=headers)


def _request(form: Mapping[str, str]) -> OrderRequest:
    """The order that the form means. Raises FormProblem, ValidationError."""
    chosen = [
        {"sku": name.removeprefix(FIELD), "quantity": _quantity(name.removeprefix(FIELD), text)}
        for name, text in form.items()
        if name.startswith(FIELD) and text.strip()
    ]
    items = [line for line in chosen if line["quantity"]]
    if not items:
        raise FormProblem(_("Nothing is chosen yet. Set the quantity of at least one item."))
    return OrderRequest.model_validate(
        {
            "items": items,
            "service": form.get("service", "eat-in"),
            "name": form.get("name", "").strip() or None,
            "language": language(),
        }
    )


def _quantity(sku: str, text: str) -> int:
    item = counter().book.menu.items.get(sku)
    name = item.called(language()) if item else sku
    try:
        quantity = int(text)
    except ValueError:
        raise FormProblem(_("{item}: the quantity is a whole number.", item=name), sku) from None
    if not 0 <= quantity <= MAX_QUANTITY:
        raise FormProblem(
            _("{item}: between 0 and {most} at a time.", item=name, most=MAX_QUANTITY), sku
        )
    return quantity


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
