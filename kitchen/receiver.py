"""Where a web hook may go: to an address of the world, not into the house.

The name is looked up once, every address it has is judged, and the connection goes to an address that
was judged: a name server that answers differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


class PrivateReceiver(Exception):
    """The receiver's name leads to a private address, and the settings do not allow that."""


async def address_of(host: str, port: int, *, private: bool) -> str:
    """An address to connect to. Raises PrivateReceiver, OSError when there is none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(where[0]).partition("%")[0] for *_, where in found]
    if not private and not all(is_public(ipaddress.ip_address(text)) for text in addresses):
        raise PrivateReceiver(host)
    return addresses[0]


def is_public(address: Address) -> bool:
    """Whether it is one that anybody reaches, also when it carries another one within."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if not all(is_public(within) for within in inner if within is not None):
            return False
    return address.is_global and not address.is_multicast
