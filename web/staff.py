"""Who is staff: whoever knows the PIN."""

from __future__ import annotations

import hmac

from quart import request

from web.counter import counter
from web.problems import StaffOnly


def require_staff() -> None:
    """Raises StaffOnly unless the request carries the PIN (`Authorization: Bearer <PIN>`)."""
    if not is_staff():
        raise StaffOnly


def is_staff() -> bool:
    """Whether the request carries the PIN. Raises StaffOnly when it carries a wrong one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return False
    # Compared in constant time, so that the time taken tells nothing about the PIN.
    right = hmac.compare_digest(token.strip().encode(), counter().staff_pin.encode())
    if scheme.lower() != "bearer" or not right:
        raise StaffOnly
    return True
