"""Taking an order, the same for the kiosk's form and the API."""

from __future__ import annotations

import re

from orders.model import Order, OrderRequest
from orders.states import Actor
from web.counter import counter
from web.problems import NobodyCooks, Unacceptable
from web.texts import gettext as _

IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")


async def take(
    wanted: OrderRequest, idempotency_key: str | None, by: Actor = Actor.CUSTOMER
) -> Order:
    """Place the order, if this counter takes it now.

    Raises NobodyCooks, Unacceptable for a key that is none, and what `OrderBook.place` raises.
    Source of the key: draft-ietf-httpapi-idempotency-key-header.
    """
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
        if any(i.sku in items and items[i.sku].served == "kitchen" for i in wanted.items):
            raise NobodyCooks
    return await here.book.place(wanted, idempotency_key=idempotency_key, by=by)
