"""Put so many orders into arq's queue: `python -m bench.peers.stock_arq.fill 20000`."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid

from arq.connections import RedisSettings, create_pool

from bench.peers import async_shop


async def main(orders: int) -> None:
    redis = await create_pool(RedisSettings.from_dsn(os.environ["BENCH_REDIS_URL"]))
    for _ in range(orders):
        order_id = uuid.uuid4().hex
        number = await async_shop.place(redis, order_id, [{"sku": "nuggets-6", "quantity": 1}])
        await redis.enqueue_job("cook_order", order_id, number)


asyncio.run(main(int(sys.argv[1])))
