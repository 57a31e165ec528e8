"""What can go wrong at the order book, one small tree.

BookError
├── NotOnTheMenu          an item that is unknown, or sold out
├── OrderNotFound         no order has this id
├── TransitionRefused     the order's status does not allow the change
├── OrderMovedOn          it is not any more as the one who asks has seen it
├── NotWaiting            only an order that waits for the crew can go first
├── NotFinished           only an order that is over can be erased
├── IdempotencyKeyReused  the key was used before with another order
├── KeyOfErased           the key was used before for an order that was erased
├── TooManyWaiting        the crew has more than it can cook; nothing was taken
├── HookNotFound          no web hook has this id
├── BookUnavailable       Redis cannot be reached or refuses to write; nothing is known
│   └── BookUnusable      Redis answers, but cannot keep a book (too old, say)
└── BookBroken            what stands in Redis is not as we wrote it

The counter turns each into an HTTP status in one place, `web/problems.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders.model import Order
    from orders.states import Status


class BookError(Exception):
    """Anything the order book can answer instead of doing what was asked."""


class NotOnTheMenu(BookError):
    """An item of the order cannot be ordered; `sold_out` tells why.

    `index`: of which order in a group; `None` for an order alone.
    """

    def __init__(self, sku: str, *, sold_out: bool, index: int | None = None) -> None:
        super().__init__(f"{sku!r} is {'sold out' if sold_out else 'not on the menu'}.")
        self.sku = sku
        self.sold_out = sold_out
        self.index = index


class OrderNotFound(BookError):
    """No order has this id."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"There is no order {order_id!r}.")
        self.order_id = order_id


class TransitionRefused(BookError):
    """The status the order has does not allow the status that was asked for."""

    def __init__(self, order: Order, target: Status) -> None:
        super().__init__(f"Order {order.reference} is {order.status}; it cannot become {target}.")
        self.order = order
        self.target = target


class OrderMovedOn(BookError):
    """Something has become of the order since the one who asks looked at it; nothing was changed."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"Order {order.reference} is {order.status} by now.")
        self.order = order


class NotWaiting(BookError):
    """The order does not wait for the crew any more, so it cannot go first."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"Order {order.reference} is {order.status}; it does not wait.")
        self.order = order


class NotFinished(BookError):
    """The order is still open, so it cannot be erased."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"Order {order.reference} is {order.status}; it is not over.")
        self.order = order


class IdempotencyKeyReused(BookError):
    """The idempotency key already belongs to an order with other contents."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"This key was already used for order {order.reference}.")
        self.order = order


class KeyOfErased(BookError):
    """The idempotency key belongs to an order that was erased; what it was nobody knows any more."""


class TooManyWaiting(BookError):
    """So many orders wait for the crew already that another one is not taken."""


class HookNotFound(BookError):
    """No web hook has this id, or none any more."""

    def __init__(self, hook_id: str) -> None:
        super().__init__(f"There is no web hook {hook_id!r}.")
        self.hook_id = hook_id


class BookUnavailable(BookError):
    """Redis is away. Whether the last write happened is not known: repeat it with the same key."""


class BookUnusable(BookUnavailable):
    """Redis is there, but not one that an order book can be kept on."""


class BookBroken(BookError):
    """An entry in Redis is not as we wrote it; the text is Redis's."""
