"""Server-sent events: how an event is written on the wire.

Source: WHATWG HTML, section 9.2 "Server-sent events".
"""

from __future__ import annotations

import json
import random

RETRY_MS = (1000, 4000)

# no-transform keeps proxies from compressing (and so buffering) the stream; nginx has its own word.
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


def event(name: str, data: object, event_id: str | None = None) -> bytes:
    """One named event. JSON has no raw line breaks, so the data is a single line."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    first = f"id: {event_id}\n" if event_id else ""
    return f"{first}event: {name}\ndata: {text}\n\n".encode()


def retry() -> bytes:
    """How long to wait before connecting again, different for each viewer: a browser adds no jitter,
    and all viewers of a server that went away would come back at the same moment.
    """
    return f"retry: {random.randint(*RETRY_MS)}\n\n".encode()  # noqa: S311 - jitter
