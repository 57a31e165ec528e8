"""Posts from other websites are refused: a page elsewhere must not cook or cancel for its reader.

Browsers say where a request comes from. `Sec-Fetch-Site` is the better word, but they send it by https
and on localhost only; on a local network without TLS there is `Origin`. Programs send neither, carry no
cookie that a stranger's page could misuse, and pass.

Source: W3C Fetch Metadata; RFC 6454, section 7; the same rule as `CrossOriginProtection` of Go 1.25.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from quart import request

from web.counter import counter
from web.problem import Unacceptable
from web.texts import gettext as _

CHANGES_NOTHING = {"GET", "HEAD", "OPTIONS"}
FROM_US_OR_THE_USER = {"same-origin", "none"}


async def refuse_cross_site() -> None:
    """Before each request. Raises Unacceptable."""
    if request.method not in CHANGES_NOTHING and _is_from_elsewhere():
        raise Unacceptable(
            403,
            "cross-site",
            _("Sent from another website"),
            _("Nothing was done. Open our own page and send it from there."),
        )


def _is_from_elsewhere() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in FROM_US_OR_THE_USER
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    # "null", which a sandboxed frame sends, names no host. Behind a proxy that does not pass the Host
    # on we know ourselves by the public address.
    named = origin.partition("://")[2]
    return named not in {request.host, urlsplit(counter().settings.public_url or "").netloc} - {""}
