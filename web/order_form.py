"""The kiosk's form, read: a field for each item, named `quantity.<sku>`, and what stands beside."""

from __future__ import annotations

from collections.abc import Mapping

from orders.model import MAX_QUANTITY, OrderRequest
from web.counter import counter
from web.texts import gettext as _
from web.texts import language

FIELD = "quantity."


class FormProblem(Exception):
    """What the customer typed cannot be ordered; the text says why, `sku` where."""

    def __init__(self, text: str, sku: str | None = None) -> None:
        super().__init__(text)
        self.sku = sku


def read(form: Mapping[str, str]) -> OrderRequest:
    """The order that the form means. Raises FormProblem, ValidationError."""
    chosen = [
        {"sku": sku, "quantity": _quantity(sku, text)}
        for sku, text in quantities(form).items()
        if text.strip()
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


def quantities(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed for each sku, be it a number or not."""
    return {name.removeprefix(FIELD): text for name, text in form.items() if name.startswith(FIELD)}


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
