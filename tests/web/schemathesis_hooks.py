"""Read by schemathesis itself, in its own process."""

from __future__ import annotations

import re
import time
from typing import Any

import requests
import schemathesis

PATIENCE_S = 0.05
TIMES = 4


@schemathesis.hook
def before_call(_context: Any, case: Any, kwargs: Any) -> None:
    """Nobody here waits a minute for an order to change; a wrong `wait_s` stays as wrong as it is."""
    wait_s = str((case.query or {}).get("wait_s"))  # a number, or its text
    if re.fullmatch(r"\d{1,2}(\.\d+)?", wait_s) and PATIENCE_S < float(wait_s) <= 60:
        case.query["wait_s"] = PATIENCE_S
    kwargs["hooks"] = {"response": _come_again}


def _come_again(answer: requests.Response, **how: Any) -> requests.Response:
    """Do what a 503 asks for: a machine that stood still is an outage. One of ours would not pass."""
    for _ in range(TIMES):
        if answer.status_code != requests.codes.unavailable:
            break
        _ = answer.content  # else the connection is not free
        time.sleep(float(answer.headers.get("Retry-After", 1)))
        answer = answer.connection.send(answer.request, **how)
    return answer
