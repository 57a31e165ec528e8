"""Rate limit: so many changes from one address in a while, and no more, in each web process.

A whole hall may share one address, so the limit is generous: it stops a loop that has gone wild, or
somebody who fills the kitchen. What only reads is not counted; streams have their seats
(web/seats.py), and attempts at the PIN are counted in the book (orders/lock.py). Nor is whoever comes
from this machine itself: its programs, or a proxy that the settings do not name.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from quart import Response, after_this_request, request
from werkzeug.wrappers import Response as AnyResponse

from orders.lock import neighbourhood
from web.cross_site import CHANGES_NOTHING
from web.door import is_loopback
from web.problem import TooManyRequests

if TYPE_CHECKING:
    from web.rate_count import RateCount


class RateLimit:
    """`text` in the notation of `limits`: `6000/minute`, several with `;` between."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._count: RateCount | None = None

    async def count(self) -> None:
        """Before each request. Raises TooManyRequests."""
        if request.method in CHANGES_NOTHING:
            return
        who = _counted_as(request.remote_addr or "")
        if who is None:
            return
        policy, verdict = self._counting().policy, self._counting().hit(who)

        @after_this_request
        async def tell(response: Response | AnyResponse) -> Response | AnyResponse:
            response.headers["RateLimit-Policy"] = policy
            response.headers["RateLimit"] = verdict.left
            return response

        if verdict.wait_s:
            raise TooManyRequests(verdict.wait_s)

    def _counting(self) -> RateCount:
        """Made for the first who is counted: the library takes 80 ms to load."""
        if self._count is None:
            from web.rate_count import RateCount

            self._count = RateCount(self._text)
        return self._count


@lru_cache(maxsize=1024)
def _counted_as(address: str) -> str | None:
    """With whom this address is counted together; `None`: with nobody."""
    return None if is_loopback(address) else neighbourhood(address)
