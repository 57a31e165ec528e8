"""Lab 2. What to keep of an order, so that its result can be fetched later? This keeps the number."""

from __future__ import annotations

from orders.book import OrderBook
from orders.model import Order


def receipt(order: Order) -> str:
    """What the customer keeps."""
    return order.reference


async def collect(book: OrderBook, receipt: str) -> object:
    """What the kitchen has made of it, for whoever shows this receipt, whenever that is."""
    board = await book.snapshot()
    for order_id, ticket in board.tickets.items():
        if ticket.reference == receipt:
            return (await book.order(order_id)).result
    return None
