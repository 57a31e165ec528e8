"""Lab 2, solved: the number is for people and is given out again; the id is the order's for good."""

from __future__ import annotations

from orders.book import OrderBook
from orders.model import Order


def receipt(order: Order) -> str:
    """What the customer keeps."""
    return order.id


async def collect(book: OrderBook, receipt: str) -> object:
    """What the kitchen has made of it, for whoever shows this receipt, whenever that is."""
    return (await book.order(receipt)).result
