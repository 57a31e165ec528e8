"""Who is staff: whoever has signed in, or sends the PIN along."""

from __future__ import annotations

import hashlib
import hmac

from quart import g, request

from web import invitation
from web.counter import counter
from web.problem import StaffOnly, TooManyAttempts


async def require_staff() -> None:
    """Raises StaffOnly unless the request is the staff's; else what `is_staff` raises.

    A browser that asked for a page is then sent to sign in (web/error_answers.py).
    """
    if not await is_staff():
        raise StaffOnly


async def require_kitchen() -> None:
    """For the kitchen's screen and what can be tapped on it: the staff, and whoever is invited to cook.

    Raises as `require_staff` does.
    """
    if not invitation.is_shown():
        await require_staff()


async def is_staff() -> bool:
    """Whether the request is the staff's: a session's cookie, or `Authorization: Bearer <PIN>`.

    Raises StaffOnly for a wrong PIN, TooManyAttempts, BookUnavailable.
    """
    if "staff" not in g:
        g.staff = await counter().sessions.goes_on() or await _carries_pin()
    return bool(g.staff)


async def _carries_pin() -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False  # perhaps a proxy's own password, which is no business of ours
    await try_pin(token.strip())
    return True


async def try_pin(text: str) -> None:
    """Raises StaffOnly when this is not the PIN, TooManyAttempts when it is not even looked at.

    The time taken tells nothing: digests are compared in constant time, and a right PIN is asked about
    in the same way as a wrong one, or a guesser who is not heard any more could guess by the clock.
    Raises BookUnavailable, too: where attempts cannot be counted, there are none.
    """
    right = hmac.compare_digest(_digest(text), _digest(counter().staff_pin))
    wait_s = await counter().book.lock.attempt(
        request.remote_addr or "", await _keyed_digest(text), right=right
    )
    if wait_s:
        raise TooManyAttempts(wait_s)
    if not right:
        raise StaffOnly


async def _keyed_digest(text: str) -> str:
    """What the book keeps of a wrong PIN: nobody who reads it learns what was typed."""
    key = counter().sessions.key or await counter().sessions.learn_key()
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()[:32]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
