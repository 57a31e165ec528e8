"""The log: lines for people, or JSON for programs, one line an event either way.

In JSON one order can be followed through web, book and kitchen by its `order`. For this the book also
tells every step it has written (`orders/book.py`), three or four lines an order; in the form for people
these are left out, or a rush would be all that one sees. An order is named by its id and number, never
by the customer's name or notes; no PIN, no secret and no address of a client is ever logged.

Standard library only: the guardian of Valkey logs as well.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

Form = Literal["text", "json"]

TALKATIVE = ("arq", "web.hypercorn")  # the kitchen's and the launcher's own lines say it

_steps = logging.getLogger("orders.steps")

# The order that is at work in this task; `extra={"order": id}` names another.
order_id: ContextVar[str | None] = ContextVar("order_id", default=None)


def begin(process: str, form: Form) -> None:
    """Log to standard error, as `process`."""
    if form == "json":
        handler = logging.StreamHandler()
        handler.setFormatter(AsJson(process))
        logging.basicConfig(level=logging.INFO, handlers=[handler])
    else:
        logging.basicConfig(
            level=logging.INFO, format=f"%(asctime)s {process:<8} %(message)s", datefmt="%H:%M:%S"
        )
        _steps.setLevel(logging.WARNING)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def step(order: str, text: str, *values: object) -> None:
    """The book has written a step of this order."""
    if _steps.isEnabledFor(logging.INFO):
        _steps.info(text, *values, extra={"order": order})


class AsJson(logging.Formatter):
    """`{"ts", "level", "process", "logger", "message"}`, and where there is one `order` and `error`."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "ts": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if order := getattr(record, "order", None) or order_id.get():
            line["order"] = order
        if record.exc_info:
            line["error"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, ensure_ascii=False)
