"""The security headers that go with every answer."""

from __future__ import annotations

from typing import Any

from quart import Quart, Response

from web.session import by_https

# What no page of ours uses. Sound, voice, vibration and the wake lock stay as browsers have them.
UNUSED = (
    "camera",
    "display-capture",
    "geolocation",
    "hid",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)

SECURITY_HEADERS = {
    # Everything comes from here; no script, style or frame from elsewhere, none written into a page.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
    # A ticket's address is the customer's key to it. Not `no-referrer`: with that a browser hides the
    # origin of our own forms as well (Fetch, "append a request `Origin` header"), see cross_site.py.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
DAY_S = 24 * 3600
AS_SENT = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class SecurityHeaders:
    """An ASGI application around another: what is the same for all answers is added to each as it is
    sent. In a handler after each request it would cost a tenth of taking an order.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_secured(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *AS_SENT]
            await send(message)

        await self._app(scope, receive, send_secured)


def keep_to_https(app: Quart, days: int) -> None:
    """Have browsers that came by https come by nothing else for so many days (RFC 6797). They mean the
    name, whatever the port: a counter that is open by http as well under its name would be shut to them.
    """

    @app.after_request
    async def _keep(response: Response) -> Response:
        if by_https():
            response.headers["Strict-Transport-Security"] = f"max-age={days * DAY_S}"
        return response
