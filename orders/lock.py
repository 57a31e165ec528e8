"""The lock of the staff's door, one for all web processes of a store. It never learns a PIN.

Wrong PINs are counted in the book, so that it does not help to ask another process, or after a restart:
ten from one address in a quarter of an hour, fifty from everywhere in an hour. Then nobody is heard, not
even with the right PIN, until the time is over; whoever is signed in already stays so. Only different
ones count, since the same one again teaches nothing: a program that still sends last week's PIN each
second shuts nobody out. And one address alone does not use up what there is for all.

What that is worth: fifty an hour are 1,200 a day. Of the million PINs of six digits that we make, a day
of guessing from many addresses finds ours with a chance of 1 in 833, and it takes 14 months to reach
one half. Of the ten thousand of four digits a day finds it with 1 in 8, and from one address, 960 a day,
with 1 in 10: enough for a school fair on its own network, not for a counter that strangers reach.
"""

from __future__ import annotations

import ipaddress
import secrets

from orders.gateway import Gateway
from orders.keys import Keys

PER_ADDRESS, LASTS_MS = 10, 15 * 60 * 1000
IN_ALL, ALL_LAST_MS = 50, 60 * 60 * 1000


class Lock:
    """Every method raises BookUnavailable while Redis is away: then nobody is let in."""

    def __init__(self, gateway: Gateway, keys: Keys) -> None:
        self._gateway = gateway
        self._keys = keys

    async def attempt(self, address: str, digest: str, *, right: bool) -> float:
        """Somebody tried a PIN: for how many seconds this address is not heard; 0, it was.

        `digest` is all that the book sees of it. A right one asks as well, and only reads. Asking
        after comparing is safe: of many attempts at the same moment Redis hears one after the other, and
        a right one that comes behind too many wrong ones comes too late.
        """
        limits = [
            {"name": f":{neighbourhood(address)}", "most": PER_ADDRESS, "lasts_ms": LASTS_MS},
            {"name": "", "most": IN_ALL, "lasts_ms": ALL_LAST_MS},
        ]
        ask = {"digest": digest, "right": right, "limits": limits}
        return int(await self._gateway.script("attempt", ask)) / 1000

    async def secret(self) -> str:
        """What sessions are signed with: made once, and the same for all processes of the store."""
        known = await self._gateway.command("GET", self._keys.cookie_secret)
        if known is None:
            fresh = secrets.token_urlsafe(32)
            await self._gateway.command("SET", self._keys.cookie_secret, fresh, "NX")
            known = await self._gateway.command("GET", self._keys.cookie_secret)
        return str(known)


def neighbourhood(address: str) -> str:
    """What counts as one address: of IPv6 its /64, which is the least that anybody is given."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
