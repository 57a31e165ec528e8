"""Trusted proxies: behind these the client is who they say it is.

Only a proxy that is named in the settings is believed; from anybody else these headers are a lie that
costs nothing. (Hypercorn's ProxyFixMiddleware believes whoever connects, so it is not used.)
"""

from __future__ import annotations

import ipaddress
from typing import Any

from orders.settings import networks

IP = ipaddress.IPv4Address | ipaddress.IPv6Address


class TrustedProxies:
    """An ASGI application around another; `names` are addresses and networks with commas between."""

    def __init__(self, app: Any, names: str) -> None:
        self._app = app
        self._networks = networks(names)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and self._trusts(_ip((scope.get("client") or [""])[0])):
            scope = {**scope, **self._told(scope["headers"])}
        await self._app(scope, receive, send)

    def _told(self, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
        """Client and scheme, as far as the proxies tell.

        Each proxy adds who came to it at the right end: the first from there that is none of ours is
        the client, and what stands further left anybody may have written.
        """
        told: dict[str, Any] = {}
        for named in reversed(_values(headers, b"x-forwarded-for")):
            ip = _ip(named)
            if ip is None:
                break
            told["client"] = (str(ip), 0)
            if not self._trusts(ip):
                break
        if (schemes := _values(headers, b"x-forwarded-proto")) and schemes[-1] in {"http", "https"}:
            told["scheme"] = schemes[-1]
        return told

    def _trusts(self, ip: IP | None) -> bool:
        return ip is not None and any(ip in network for network in self._networks)


def _values(headers: list[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    lines = [value.decode("latin-1") for name, value in headers if name.lower() == wanted]
    return [word.strip() for word in ",".join(lines).split(",") if word.strip()]


def _ip(text: str) -> IP | None:
    """Some proxies add the port; IPv4 often comes in IPv6's clothes."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
