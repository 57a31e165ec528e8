"""Web hooks, for the staff: what was sent to others, how it went, and to send it again."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field
from quart import Blueprint, Response

from orders.hooks import chosen
from web.answers import answer
from web.counter import counter
from web.problem import Unacceptable
from web.queries import query_as
from web.staff import require_staff
from web.texts import gettext as _

hooks = Blueprint("hooks", __name__, url_prefix="/api")


class HooksQuery(BaseModel):
    """How many deliveries at most. `lang` is for the texts of errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=500)
    lang: str = Field("", max_length=40)


@hooks.get("/hooks")
async def get_hooks() -> Response:
    """The last deliveries. Of the address only the host is told: it may carry a password."""
    await require_staff()
    deliveries = await counter().book.hooks.latest(query_as(HooksQuery).limit)
    address = counter().settings.hook_url
    body = {
        "configured": address is not None,
        "host": urlsplit(address).hostname if address else None,
        "events": sorted(chosen(counter().settings).values()),
        "deliveries": [delivery.to_json() for delivery in deliveries],
    }
    return answer(body, 200)


@hooks.post("/hooks/<hook_id>/send")
async def send_again(hook_id: str) -> Response:
    """The errands send it, so the answer is that it waits."""
    await require_staff()
    if counter().settings.hook_url is None:
        text = _("No address for web hooks is set (ORDERUP_HOOK_URL), so nothing can be sent.")
        raise Unacceptable(409, "no-hooks", _("No web hooks here"), text)
    delivery = await counter().book.hooks.send_again(hook_id)
    return answer(delivery.to_json(), 202)
