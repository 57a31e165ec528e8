"""All operations of the API, by the endpoint of their route, as they are shown."""

from __future__ import annotations

from web.description import errands, kitchen, menu, orders, running, totals
from web.description.operation import Operation

INTRODUCTION = """\
The counter for programs. Whoever orders gets a number at once; the crew cooks behind the counter; the
board shows every number until it is Ready. `POST /api/orders` is the cashier,
`GET /api/orders/{order_id}` is the look at the board: the receipt and the result of a task queue.

What a customer may do needs no password: an order is known by its `id`, which nobody can guess. Staff
send their PIN as `Authorization: Bearer <PIN>`, or the cookie of the page `/staff`.

Times are milliseconds since 1970, by the clock of Redis. Errors are `application/problem+json`
(RFC 9457). Changes live, as server-sent events: `GET /board/events`, `/orders/{order_id}/events`.
"""

TAGS = {
    orders.TAG: "Place, follow, cancel; and for the staff: list, lead, erase.",
    menu.TAG: "What can be ordered, and the numbers that everybody sees.",
    kitchen.TAG: "The crew: who is on shift, and what it is told.",
    totals.TAG: "What happened, counted.",
    errands.TAG: "What is done by the clock, and what others are told.",
    running.TAG: "For those who look after the counter.",
}

OPERATIONS: dict[str, Operation] = (
    orders.OPERATIONS
    | menu.OPERATIONS
    | kitchen.OPERATIONS
    | totals.OPERATIONS
    | errands.OPERATIONS
    | running.OPERATIONS
)
