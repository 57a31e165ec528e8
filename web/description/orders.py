"""The operations on orders: the routes of web/api.py and web/api_staff.py."""

from __future__ import annotations

from typing import Any

from orders.model import OrderRequest
from web import answer_schemas, schemas
from web.description.operation import Answer, Operation

TAG = "Orders"

NUGGETS = {"items": [{"sku": "nuggets-6", "quantity": 1}]}
ORDER: dict[str, Any] = {
    "id": "q9X2mJcT0n4",
    "reference": "104",
    "status": "PENDING",
    "attempt": 1,
    "items": [{"sku": "nuggets-6", "quantity": 1}],
    "total_cents": 480,
    "service": "eat-in",
    "name": None,
    "language": None,
    "priority": False,
    "placed_ms": 1795262400000,
    "started_ms": None,
    "ready_ms": None,
    "finished_ms": None,
    "cook": None,
    "progress": None,
    "steps": [],
    "result": None,
    "error": None,
    "history": [{"status": "PENDING", "at_ms": 1795262400000, "attempt": 1, "by": "customer"}],
}
STARTED = ORDER | {"status": "STARTED", "cook": "cook", "started_ms": 1795262401000}
REVOKED = ORDER | {"status": "REVOKED", "finished_ms": 1795262403000}
OUTCOME = {"id": ORDER["id"], "reference": "104", "status": "COLLECTED", "outcome": "moved"}
COUNTS = {"moved": 1, "unchanged": 0, "refused": 0, "unknown": 0, "unavailable": 0}

PLACING = {
    400: ("bad-idempotency-key",),
    410: ("erased",),
    422: ("unknown-item", "sold-out", "idempotency-key-reused"),
    503: ("too-many-waiting", "nobody-cooks"),
}

OPERATIONS = {
    "api.place_order": Operation(
        TAG,
        "Place an order",
        "Answers as soon as the order, its number on the board and its job for the crew are on disk."
        " An order of counter-served items only is SUCCESS at once.",
        {
            201: Answer(
                "The order, with its `reference` for people and its `id` for programs.",
                answer_schemas.OrderAnswer,
                ORDER,
                headers=("Location",),
                leads_to=("get_order", "delete_order", "set_status", "set_priority"),
            )
        },
        who="anybody, or staff",
        request=OrderRequest,
        example=NUGGETS,
        headers=("Idempotency-Key",),
        problems=PLACING,
    ),
    "api.place_orders": Operation(
        TAG,
        "Place up to 100 orders at once",
        "All are placed, or none: one key for all, a job and a number for each.",
        {
            201: Answer(
                "The orders, in the order asked.", answer_schemas.GroupAnswer, {"orders": [ORDER]}
            )
        },
        who="anybody, or staff",
        request=schemas.GroupRequest,
        example={"orders": [NUGGETS, NUGGETS]},
        headers=("Idempotency-Key",),
        problems=PLACING,
    ),
    "api.get_order": Operation(
        TAG,
        "Read an order, or wait for its next change",
        "With `wait_s` and `If-None-Match` the answer comes when something has changed, or after that"
        " time as 304: polling's better sister.",
        {
            200: Answer("The order as it is now.", answer_schemas.OrderAnswer, STARTED, ("ETag",)),
            304: Answer("Still as the `ETag` says."),
        },
        who="anybody, or staff",
        query=schemas.WaitQuery,
        headers=("If-None-Match",),
        problems={404: ("unknown-order",), 429: ("no-seat",)},
    ),
    "api.delete_order": Operation(
        TAG,
        "Cancel an order; for the staff: erase one that is over",
        "A customer may cancel what nobody cooks yet. Staff cancel what is open, and erase what is"
        " COLLECTED or REVOKED: then nothing is kept of it.",
        {
            200: Answer("Cancelled, now or before.", answer_schemas.OrderAnswer, REVOKED),
            204: Answer("Erased."),
        },
        who="anybody, or staff",
        query=schemas.DeleteQuery,
        problems={404: ("unknown-order",), 409: ("transition-refused", "moved-on")},
    ),
    "api_staff.list_orders": Operation(
        TAG,
        "List orders",
        "Those placed last first. All criteria together must be met. Go on with `cursor` until `next`"
        " is null: a page may be short, or empty, and yet have a next one.",
        {
            200: Answer(
                "A page of orders, as the staff see them.",
                answer_schemas.ListAnswer,
                {"orders": [STARTED], "next": None},
            )
        },
        who="staff",
        query=schemas.ListQuery,
    ),
    "api_staff.set_status_of_many": Operation(
        TAG,
        "Set the status of many orders",
        "Of those named by `ids`, or those that match the `filter`, each on its own: what one refuses"
        " does not hold up the others. `dry_run` says what would become of each, and does nothing.",
        {
            200: Answer(
                "What became of each.",
                answer_schemas.BulkAnswer,
                {
                    "status": "COLLECTED",
                    "dry_run": False,
                    "counts": COUNTS,
                    "more": False,
                    "orders": [OUTCOME],
                },
            )
        },
        who="staff",
        request=schemas.BulkRequest,
        example={"status": "COLLECTED", "filter": {"status": ["SUCCESS"]}, "dry_run": True},
    ),
    "api_staff.set_status": Operation(
        TAG,
        "Set the status of an order",
        "Names the state to be reached, never a toggle: if it is reached already, nothing changes."
        " A recall and cooking again must say `from`. What the table of states does not know is 409.",
        {200: Answer("The order as it is now.", answer_schemas.OrderAnswer, STARTED)},
        who="staff",
        request=schemas.StatusRequest,
        example={"status": "STARTED"},
        problems={404: ("unknown-order",), 409: ("transition-refused", "moved-on")},
    ),
    "api_staff.set_priority": Operation(
        TAG,
        "Let an order go before all others that wait",
        "Or, with `false`, back to its place in the line.",
        {
            200: Answer(
                "The order as it is now.", answer_schemas.OrderAnswer, ORDER | {"priority": True}
            )
        },
        who="staff",
        request=schemas.PriorityRequest,
        example={"priority": True},
        problems={404: ("unknown-order",), 409: ("not-waiting", "moved-on")},
    ),
}
