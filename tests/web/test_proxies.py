"""Trusted proxies: who is believed about who comes, and how far."""

from __future__ import annotations

from typing import Any

import pytest

from web.proxies import TrustedProxies

TRUSTED = "10.0.0.0/8, 2001:db8::1"


async def seen(peer: str, *headers: tuple[str, str], trusted: str = TRUSTED) -> tuple[str, str]:
    """Client and scheme as the application sees them."""
    scopes: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        scopes.append(scope)

    scope = {
        "type": "http",
        "client": (peer, 4321),
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    await TrustedProxies(app, trusted)(scope, None, None)
    return scopes[0]["client"][0], scopes[0]["scheme"]


FOR, PROTO = "x-forwarded-for", "x-forwarded-proto"


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        ("10.0.0.2", [(FOR, "192.0.2.1"), (PROTO, "https")], ("192.0.2.1", "https")),
        ("::ffff:10.0.0.2", [(FOR, "192.0.2.1")], ("192.0.2.1", "http")),
        ("2001:db8::1", [(FOR, "2001:db8::99")], ("2001:db8::99", "http")),
        ("10.0.0.2", [(FOR, "192.0.2.66, 192.0.2.1")], ("192.0.2.1", "http")),
        ("10.0.0.2", [(FOR, "192.0.2.66, 192.0.2.1, 10.0.0.3")], ("192.0.2.1", "http")),
        ("10.0.0.2", [(FOR, "192.0.2.66"), (FOR, "192.0.2.1")], ("192.0.2.1", "http")),
        ("10.0.0.2", [(FOR, "10.0.0.4, 10.0.0.3")], ("10.0.0.4", "http")),
        ("10.0.0.2", [(FOR, "192.0.2.1:4711")], ("192.0.2.1", "http")),
        ("10.0.0.2", [(FOR, "[2001:db8::7]:4711")], ("2001:db8::7", "http")),
        ("10.0.0.2", [(FOR, "192.0.2.66, unknown")], ("10.0.0.2", "http")),
        ("10.0.0.2", [(PROTO, "https, http")], ("10.0.0.2", "http")),
        ("10.0.0.2", [(PROTO, "gopher")], ("10.0.0.2", "http")),
        ("10.0.0.2", [], ("10.0.0.2", "http")),
        ("192.0.2.5", [(FOR, "192.0.2.1"), (PROTO, "https")], ("192.0.2.5", "http")),
        ("", [(FOR, "192.0.2.1")], ("", "http")),
    ],
)  # fmt: skip
async def test_only_a_trusted_proxy_is_believed(
    peer: str, headers: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    """The client is the last one named that is no proxy of ours; what is left of that is hearsay."""
    assert expected == await seen(peer, *headers)


async def test_nobody_is_trusted_unless_named() -> None:
    """Not even this machine itself."""
    assert ("127.0.0.1", "http") == await seen("127.0.0.1", (FOR, "192.0.2.1"), trusted="")
