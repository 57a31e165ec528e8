"""Taking an order, the same for the kiosk's form and the API."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orders.model import Order, OrderRequest
from orders.states import Actor
from web.counter import counter
from web.problem import NobodyCooks, Unacceptable
from web.texts import gettext as _

IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")


async def take(
    wanted: OrderRequest, idempotency_key: str | None, by: Actor = Actor.CUSTOMER
) -> Order:
    """Place the order, if this counter takes it now.

    Raises NobodyCooks, Unacceptable for a key that is none, and what `OrderBook.place` raises.
    """
    _check(idempotency_key, wanted)
    return await counter().book.place(wanted, idempotency_key=idempotency_key, by=by)


async def take_together(
    wanted: Sequence[OrderRequest], idempotency_key: str | None, by: Actor
) -> list[Order]:
    """Place all of the orders or none, as `take` places one. Raises what `Groups.place` raises, too."""
    _check(idempotency_key, *wanted)
    return await counter().book.groups.place(wanted, idempotency_key=idempotency_key, by=by)


def _check(idempotency_key: str | None, *wanted: OrderRequest) -> None:
    """Source of the key: draft-ietf-httpapi-idempotency-key-header."""
    if idempotency_key is not None and not IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise Unacceptable(
            400,
            "bad-idempotency-key",
            _("Bad Idempotency-Key"),
            _("An Idempotency-Key is 1 to 255 printable ASCII characters without spaces."),
        )
    here = counter()
    if here.settings.without_crew == "refuse" and not here.hub.crew.on_shift:
        items = here.book.menu.items
        skus = {line.sku for one in wanted for line in one.items}
        if any(sku in items and items[sku].served == "kitchen" for sku in skus):
            raise NobodyCooks
