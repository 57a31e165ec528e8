"""Orders for the scenarios about Redis: real ones all their way, and copies of a finished one."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from orders.book import OrderBook
from orders.model import Order, OrderLine, OrderRequest
from orders.states import Actor, Status

USUAL = OrderRequest(
    items=(
        OrderLine(sku="nuggets-6", quantity=2),
        OrderLine(sku="fries-large", quantity=1),
        OrderLine(sku="cola", quantity=2),
    ),
    language="en",
)
COOK = "bench-1234-abcd"
LASTS_MS = 60_000
AT_ONCE = 2000  # copies for one script

# Each copy is what the book itself has written of a finished order, under another id: the string, and
# its place in the list of all orders. Numbers are free by then, as they are after the recall window.
COPY = """
local prefix, id, first, count, keep_s = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local text = redis.call('GET', prefix .. 'order:' .. id)
local before, after = text:match('^(.*)' .. id:gsub('%-', '%%-') .. '(.*)$')
local placed_ms = redis.call('ZSCORE', prefix .. 'placed', id)
for number = first, first + count - 1 do
  local other = string.format('%022d', number)
  redis.call('SET', prefix .. 'order:' .. other, before .. other .. after, 'EX', keep_s)
  redis.call('ZADD', prefix .. 'placed', placed_ms, other)
end
"""


async def whole_way(book: OrderBook) -> Order:
    """One order from the counter to the customer's hands, one step after the other."""
    order = await book.place(USUAL)
    await book.claim(COOK, 1, LASTS_MS)
    await book.finish(order.id, 1, COOK, None, len(order.portions))
    return await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)


async def keep(book: OrderBook, count: int, *, at_once: int = 50) -> None:
    """So many orders, all their way; many side by side, as in a rush."""
    left = iter(range(count))

    async def one_after_another() -> None:
        for _ in left:
            order = await book.place(USUAL)
            await book.start(order.id, 1, COOK)
            await book.finish(order.id, 1, COOK, None, len(order.portions))
            await book.set_status(order.id, Status.COLLECTED, Actor.STAFF)

    await asyncio.gather(*(one_after_another() for _ in range(at_once)))


async def copy(redis: Redis, prefix: str, order: Order, first: int, count: int) -> None:
    """Copies of a finished order, numbered from `first`."""
    keep_s = await redis.ttl(f"{prefix}order:{order.id}")
    script = redis.register_script(COPY)
    for start in range(first, first + count, AT_ONCE):
        some = min(AT_ONCE, first + count - start)
        await script(args=[prefix, order.id, start, some, keep_s])
