"""The session of somebody who has signed in: quart-auth's signed cookie, and what it leaves to us.

Nothing is kept of a session here: whoever copied the cookie of a screen can use it until its time is
over, also after that screen has signed out. Another PIN ends it at once.
"""

from __future__ import annotations

import hmac
import secrets
import warnings
from urllib.parse import urlsplit

from quart import Quart, Response, current_app, g, has_request_context, request
from quart.sessions import SecureCookieSessionInterface
from quart.wrappers import BaseRequestWebsocket
from quart_auth import QuartAuth

from orders.settings import Settings
from web.counter import counter

STAFF = "staff"
LASTS_S = 14 * 3600  # a long day behind the counter


class Sessions(QuartAuth):
    """HttpOnly, never sent along from other sites, and Secure wherever that is possible."""

    def __init__(self, app: Quart, settings: Settings) -> None:
        # Cookies know hosts, not ports: two stores on one machine must not sign each other out.
        self._name = f"orderup-staff-{settings.store}"
        super().__init__(
            app,
            cookie_http_only=True,
            cookie_samesite="Strict",
            duration=LASTS_S,
            salt="orderup staff",
        )
        self.key: str | None = None
        app.secret_key = secrets.token_urlsafe(32)  # fits no cookie, until the book's is known

    @property
    def cookie_name(self) -> str:
        """Another one by https than by http, as a counter may be open both ways under one name: by http
        a browser neither sends nor replaces a Secure cookie (RFC 6265bis, 5.7, "leave Secure cookies
        alone"). The prefix keeps other hosts of the domain from setting it.
        """
        return f"__Host-{self._name}" if has_request_context() and by_https() else self._name

    @cookie_name.setter
    def cookie_name(self, _: str | None) -> None:
        """QuartAuth would have it one for all."""

    async def after_request(self, response: Response) -> Response:
        if not hasattr(g, self.attribute_name):
            return response  # nobody signed in or out, as with all but a few requests
        # On a local network without TLS a Secure cookie would be dropped, and nobody could sign in.
        # Nothing is awaited until the cookie is written, so no other request can come in between.
        self.cookie_secure = by_https()
        with warnings.catch_warnings():
            # "Strict cookies will be ignored on redirects": not on those from our form to our page.
            warnings.simplefilter("ignore", UserWarning)
            return await super().after_request(response)

    async def goes_on(self) -> bool:
        """Whether the request belongs to a session. Raises BookUnavailable."""
        if self.cookie_name not in request.cookies:
            return False
        if self.load_cookie() == STAFF:
            return True
        await self.learn_key()  # this process has not asked yet, or the book is another one by now
        return self.load_cookie() == STAFF

    async def learn_key(self) -> str:
        """The key that sessions are signed with from now on: the book's secret and the PIN together,
        so whoever changes the PIN ends all sessions.

        Raises BookUnavailable.
        """
        secret = await counter().book.lock.secret()
        key = hmac.new(secret.encode(), counter().staff_pin.encode(), "sha256").hexdigest()
        self.key = current_app.secret_key = key
        return key


class NoSessions(SecureCookieSessionInterface):
    """In place of Quart's own sessions, which nothing here uses: they make a signer for each request."""

    async def open_session(self, _app: Quart, _request: BaseRequestWebsocket) -> None:
        return None


def by_https() -> bool:
    """Whether the browser came by https: to us, or to a proxy that stands at our public address."""
    public = urlsplit(counter().settings.public_url or "")
    return request.is_secure or (public.scheme == "https" and public.netloc == request.host)
