"""Put so many orders into our queue, as the counter does: `REDIS_URL=… python -m bench.fill 20000`."""

from __future__ import annotations

import asyncio
import sys

from bench.stacks import ORDER
from orders.book import OrderBook
from orders.model import OrderRequest
from orders.settings import Settings

AT_ONCE = 64


async def main(orders: int) -> None:
    async with OrderBook(Settings()) as book:
        wanted = OrderRequest.model_validate_json(ORDER)
        for first in range(0, orders, AT_ONCE):
            count = min(AT_ONCE, orders - first)
            await asyncio.gather(*(book.place(wanted) for _ in range(count)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
