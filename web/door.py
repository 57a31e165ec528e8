"""The door: the socket the counter listens on, and the addresses under which people find it."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import ssl
import sys
from contextlib import closing

from orders.settings import Settings

BACKLOG = 4096
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104, how to reach ourselves then


class DoorError(Exception):
    """Nobody can come in; the text says why in one sentence."""


def listen(settings: Settings) -> socket.socket:
    """The listening socket. Port 0 takes a free one.

    On Linux a viewer who takes nothing for `send_deadline_s` loses the connection; each accepted
    socket inherits this from the listening one (tcp(7), TCP_USER_TIMEOUT).

    Raises DoorError.
    """
    where = (settings.host, settings.port)
    try:
        family = socket.getaddrinfo(*where, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server(
            where,
            family=family,
            backlog=BACKLOG,
            dualstack_ipv6=family == socket.AF_INET6 and socket.has_dualstack_ipv6(),
        )
    except UnicodeError as error:
        raise DoorError(f"{settings.host!r} is no name of a machine; see --host.") from error
    except OSError as error:
        raise DoorError(_why_shut(settings, error)) from error
    if sys.platform == "linux":
        deadline_ms = int(settings.send_deadline_s * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, deadline_ms)
    return listener


def _why_shut(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {settings.port} on {settings.host} is in use; "
            "choose another with --port, or 0 for a free one."
        )
    if error.errno == errno.EACCES:
        return f"Port {settings.port} is not for everybody; choose one above 1023 with --port."
    return f"{settings.host} is no address of this machine ({error.strerror}); see --host."


def here(settings: Settings) -> str:
    """The address for a browser on this machine."""
    return _url(settings, EVERYWHERE.get(settings.host, settings.host))


def on_the_net(settings: Settings) -> str | None:
    """The address for other machines on the local network; `None` if only this one can come in."""
    if settings.host not in EVERYWHERE:
        return None if is_loopback(settings.host) else _url(settings, settings.host)
    address = address_on_the_net()
    return _url(settings, address) if address else None


def is_loopback(host: str) -> bool:
    """Whether only this machine can come in by this name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def address_on_the_net() -> str | None:
    """This machine's own address on the local network; `None` if it is on none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: asks which way out would be taken
        except OSError:
            return None
        return str(probe.getsockname()[0])


def _url(settings: Settings, host: str) -> str:
    scheme = "http" if settings.certfile is None else "https"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


async def answers(settings: Settings) -> bool:
    """Whether the counter can take orders.

    The listening socket keeps the question until somebody is there to answer it.
    """
    tls = None
    if settings.certfile is not None:
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE  # it is our own
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(
                EVERYWHERE.get(settings.host, settings.host), settings.port, ssl=tls
            )
            with closing(writer):
                writer.write(b"GET /readyz HTTP/1.1\r\nHost: orderup\r\nConnection: close\r\n\r\n")
                return b" 200 " in await reader.readline()
    except OSError:
        return False
