"""An invitation to cook: for the hall of a workshop, where learners' phones become kitchen screens.

It opens the kitchen's screen with what can be tapped there, and nothing else of the staff's. It is made
for one workshop, whose launcher alone remembers it, so it ends with it; a real counter has none.
"""

from __future__ import annotations

import hmac

from quart import request
from werkzeug.wrappers import Response

from web.counter import counter
from web.session import by_https


def fits(text: str) -> bool:
    """Whether this is the invitation that is given out now; the time taken tells nothing."""
    invitation = counter().invitation
    return invitation is not None and hmac.compare_digest(invitation.encode(), text.encode())


def is_shown() -> bool:
    """Whether the request carries it."""
    return counter().invitation is not None and fits(request.cookies.get(_name(), ""))


def hand_over(response: Response) -> None:
    """Let the browser carry it from now on, until it is closed."""
    response.set_cookie(
        _name(),
        counter().invitation or "",
        httponly=True,
        samesite="Strict",
        secure=by_https(),
    )


def _name() -> str:
    return f"orderup-cook-{counter().settings.store}"
