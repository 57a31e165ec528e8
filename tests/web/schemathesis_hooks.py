"""Read by schemathesis itself, in its own process."""

from __future__ import annotations

import re
from typing import Any

import schemathesis

PATIENCE_S = 0.05


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Nobody here waits a minute for an order to change; a wrong `wait_s` stays as wrong as it is."""
    wait_s = str((case.query or {}).get("wait_s"))  # a number, or its text
    if re.fullmatch(r"\d{1,2}(\.\d+)?", wait_s) and PATIENCE_S < float(wait_s) <= 60:
        case.query["wait_s"] = PATIENCE_S
