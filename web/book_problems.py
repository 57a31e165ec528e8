"""Which of the book's errors is which problem; one function for each, found by its class."""

from __future__ import annotations

from functools import singledispatch

from orders.errors import (
    BookError,
    BookUnavailable,
    HookNotFound,
    IdempotencyKeyReused,
    KeyOfErased,
    NotOnTheMenu,
    NotWaiting,
    OrderMovedOn,
    OrderNotFound,
    TooManyWaiting,
    TransitionRefused,
)
from orders.model import Order
from web.counter import counter
from web.problem import RETRY_AFTER_S, Problem
from web.texts import gettext as _
from web.texts import language


@singledispatch
def problem_of_book(_error: BookError) -> Problem | None:
    """The problem that an error of the book is for whoever asked; `None`: it is our own fault."""
    return None


@problem_of_book.register
def _not_on_the_menu(error: NotOnTheMenu) -> Problem:
    """`index`: of which order, where there are several."""
    more = {"sku": error.sku} | ({} if error.index is None else {"index": error.index})
    if error.sold_out:
        item = counter().book.menu.items.get(error.sku)
        return Problem(
            422,
            "sold-out",
            _("Sold out"),
            _(
                "{item} is sold out. Choose something else; the rest of the order is fine.",
                item=item.called(language()) if item else error.sku,
            ),
            more=more,
        )
    detail = _("There is no item {sku} on the menu.", sku=error.sku)
    return Problem(422, "unknown-item", _("Unknown item"), detail, more=more)


@problem_of_book.register
def _unknown_order(_error: OrderNotFound) -> Problem:
    return Problem(
        404,
        "unknown-order",
        _("Unknown order"),
        _("No order has this address. Check it, or ask at the counter."),
    )


@problem_of_book.register
def _key_reused(error: IdempotencyKeyReused) -> Problem:
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


@problem_of_book.register
def _key_of_erased(_error: KeyOfErased) -> Problem:
    return Problem(
        410,
        "erased",
        _("Erased"),
        _(
            "What was ordered with this Idempotency-Key has been erased since. Nothing was ordered now;"
            " for a new order use a new one."
        ),
    )


@problem_of_book.register
def _transition_refused(error: TransitionRefused) -> Problem:
    detail = _(
        "Order {reference} is {status} and cannot become {target}.",
        reference=error.order.reference,
        status=error.order.status,
        target=error.target,
    )
    return _not_now("transition-refused", detail, error.order)


@problem_of_book.register
def _moved_on(error: OrderMovedOn) -> Problem:
    detail = _(
        "Something has become of order {reference} since you looked: it is {status} now."
        " Nothing was changed; look again.",
        reference=error.order.reference,
        status=error.order.status,
    )
    return _not_now("moved-on", detail, error.order)


@problem_of_book.register
def _not_waiting(error: NotWaiting) -> Problem:
    detail = _(
        "Order {reference} is {status}; only an order that waits can go first.",
        reference=error.order.reference,
        status=error.order.status,
    )
    return _not_now("not-waiting", detail, error.order)


def _not_now(kind: str, detail: str, order: Order) -> Problem:
    """The order's status does not allow it; `status_now` says which it has."""
    more = {"status_now": order.status, "reference": order.reference}
    return Problem(409, kind, _("Not possible now"), detail, more=more)


@problem_of_book.register
def _too_many_waiting(_error: TooManyWaiting) -> Problem:
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


@problem_of_book.register
def _unknown_hook(error: HookNotFound) -> Problem:
    text = _("There is no web hook {id}, or none any more.", id=error.hook_id)
    return Problem(404, "unknown-hook", _("Unknown web hook"), text)


@problem_of_book.register
def _unavailable(_error: BookUnavailable) -> Problem:
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
