"""The hall joins in: codes to be photographed from the wall, and the way in for those who want to cook.

Who orders comes to the kiosk like any customer. Who cooks takes an invitation (web/invitation.py): to be
asked first, since a phone that only looks at an address must not become a cook.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup
from quart import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from web import invitation
from web.address import public_address
from web.counter import counter
from web.door import is_loopback
from web.problem import Unacceptable
from web.qr import qr

hall = Blueprint("hall", __name__, url_prefix="/workshop/cook")


@dataclass(frozen=True)
class Way:
    """A way in: its address, and the same as a QR code."""

    address: str
    code: Markup


def ways_in(*, presenter: bool) -> dict[str, Way]:
    """For customers, and for cooks on the presenter's page; none where only this machine can come in."""
    here, outside = counter(), public_address().rstrip("/")
    if is_loopback(urlsplit(outside).hostname or ""):
        return {}
    ways = {"customers": f"{outside}/"}
    if presenter and here.invitation:
        ways["cooks"] = f"{outside}/workshop/cook/{here.invitation}"
    return {name: Way(address, qr(address)) for name, address in ways.items()}


@hall.get("/<token>")
async def show_invitation(token: str) -> Response:
    _check(token)
    page = await render_template("workshop_cook.html", token=token)
    return Response(page, headers={"Cache-Control": "no-store"})


@hall.post("/<token>")
async def take_invitation(token: str) -> AnyResponse:
    _check(token)
    response = redirect("/kitchen", 303)
    invitation.hand_over(response)
    return response


def _check(token: str) -> None:
    """Raises Unacceptable."""
    if not invitation.fits(token):
        raise Unacceptable(
            404,
            "no-invitation",
            "This invitation is over",
            "It ended with its workshop. Scan the code that is on the wall now.",
        )
