"""An order on its way into the book: what place.lua is asked, and the order that comes of its answer."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from orders.errors import NotOnTheMenu
from orders.logs import step
from orders.menu import Menu
from orders.model import HistoryEntry, Order, OrderRequest, Portion, portions_of
from orders.settings import Settings
from orders.states import Actor, Status

KEY_LASTS_S = 24 * 3600


class Intake:
    """Reads requests against the menu."""

    def __init__(self, menu: Menu, settings: Settings) -> None:
        self._menu = menu
        self._settings = settings

    def wanted(self, request: OrderRequest, by: Actor) -> dict[str, Any]:
        """The order as place.lua asks for it. Raises NotOnTheMenu."""
        total_cents, portions = self._read(request)
        items = ",".join(line.model_dump_json(exclude_none=True) for line in request.items)
        order = {
            "id": secrets.token_urlsafe(16),
            "items": f"[{items}]",
            "total_cents": str(total_cents),
            "service": request.service,
            "name": request.name or None,
            "language": request.language,
            "portions": _as_text(tuple(portions)) if portions else None,
        }
        return {
            "order": {name: value for name, value in order.items() if value is not None},
            "skus": [line.sku for line in request.items],
            "quantities": [line.quantity for line in request.items],
            "for_the_kitchen": bool(portions),
            "attempts": str(self._settings.attempts),
            "waiting_limit": self._settings.waiting_limit,
            "by": by,
        }

    def _read(self, request: OrderRequest) -> tuple[int, list[Portion]]:
        """What the order costs, and what of it the kitchen has to do. Raises NotOnTheMenu."""
        total_cents, portions = 0, []
        for line in request.items:
            item = self._menu.items.get(line.sku)
            if item is None or not item.available:
                raise NotOnTheMenu(line.sku, sold_out=item is not None)
            total_cents += item.price_cents * line.quantity
            if item.served == "kitchen":
                portions.append(Portion(line.sku, line.quantity, item.recipe, item.cooking_ms))
        return total_cents, portions


def under_key(fingerprint: str, idempotency_key: str) -> dict[str, Any]:
    """What place.lua needs to know the same request when it comes again."""
    return {
        "idempotency_key": idempotency_key,
        "fingerprint": fingerprint,
        "key_lasts_s": KEY_LASTS_S,
    }


@lru_cache(maxsize=1024)
def _as_text(portions: tuple[Portion, ...]) -> str:
    """The portions as JSON. Most orders of a day ask for what others have asked for."""
    return json.dumps([asdict(portion) for portion in portions])


def placed(request: OrderRequest, wanted: dict[str, Any], reference: str, now: str) -> Order:
    """The order that was placed, as the book would read it, without reading it."""
    fields, at_ms = wanted["order"], int(now)
    step(fields["id"], "%s placed by %s", reference, wanted["by"])
    status, attempt = (Status.PENDING, 1) if wanted["for_the_kitchen"] else (Status.SUCCESS, 0)
    return Order(
        id=fields["id"],
        reference=reference,
        status=status,
        attempt=attempt,
        lines=request.items,
        portions=portions_of(fields.get("portions", "[]")),
        total_cents=int(fields["total_cents"]),
        service=fields["service"],
        name=fields.get("name"),
        language=fields.get("language"),
        priority=False,
        placed_ms=at_ms,
        started_ms=None,
        ready_ms=at_ms if status is Status.SUCCESS else None,
        finished_ms=None,
        cook=None,
        progress=None,
        result=None,
        error=None,
        history=(HistoryEntry(at_ms, status, attempt, wanted["by"]),),
    )
