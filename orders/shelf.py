"""The shelf: which items of the menu are sold out today.

The menu is a file and stays as it is; what is sold out stands in the book, where placing an order looks
at it in the same script that takes the order.
"""

from __future__ import annotations

from orders.gateway import Gateway
from orders.keys import Keys
from orders.menu import Menu


class Shelf:
    """Every method raises BookUnavailable while Redis is away."""

    def __init__(self, gateway: Gateway, keys: Keys, menu: Menu) -> None:
        self._gateway = gateway
        self._keys = keys
        self._menu = menu

    async def sold_out(self) -> frozenset[str]:
        """The skus that cannot be ordered now: by the book, or by the menu itself."""
        by_the_book = await self._gateway.command("SMEMBERS", self._keys.sold_out)
        by_the_menu = {item.sku for item in self._menu.items.values() if not item.available}
        return frozenset(by_the_menu.union(by_the_book) & self._menu.items.keys())

    async def set_available(self, sku: str, *, available: bool) -> None:
        """Sell it from now on, or not; an order that was taken stays as it is.

        An item that the menu itself has off stays off.
        """
        await self._gateway.script("shelf", {"sku": sku, "available": available})
