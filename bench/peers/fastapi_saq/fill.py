"""Put so many orders into SAQ's queue: `python -m bench.peers.fastapi_saq.fill 20000`."""

from __future__ import annotations

import asyncio
import sys
import uuid

from bench.peers import async_shop
from bench.peers.fastapi_saq.app import queue, redis


async def main(orders: int) -> None:
    for _ in range(orders):
        order_id = uuid.uuid4().hex
        number = await async_shop.place(redis, order_id, [{"sku": "nuggets-6", "quantity": 1}])
        await queue.enqueue("cook_order", order_id=order_id, number=number)


asyncio.run(main(int(sys.argv[1])))
