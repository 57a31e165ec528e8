"""Where this counter is found: the address for phones in the hall and televisions on its walls."""

from __future__ import annotations

from urllib.parse import urlsplit

from quart import request

from web.counter import counter
from web.door import EVERYWHERE, address_on_the_net, is_loopback


def public_address() -> str:
    """The address under which other devices in the hall reach this counter, without a path."""
    settings = counter().settings
    if settings.public_url:
        return settings.public_url
    asked = urlsplit(request.host_url)
    if not is_loopback(asked.hostname or ""):
        return f"{asked.scheme}://{asked.netloc}"
    outside = address_on_the_net() if settings.host in EVERYWHERE else None
    port = f":{asked.port}" if asked.port else ""
    return f"{asked.scheme}://{outside or asked.hostname}{port}"
