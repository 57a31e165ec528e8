"""What a finished order costs in Redis's memory for as long as it is kept."""

from __future__ import annotations

from bench import kept, parts
from bench.harness import Figure, Form, Goal, Ledger, Outcome, Scenario
from orders.book import OrderBook
from orders.settings import Settings

SCENARIO = Scenario(
    name="order_memory",
    title="Memory: a finished order",
    what=(
        "20,000 orders of three lines are placed, cooked and collected, and the recall window is "
        "over, so that all that is left of them is kept for thirty days: one string, its name, its "
        "expiry and its place in the list of all orders. Counted is the growth of Valkey's "
        "`used_memory`, which has all keys in it, divided by the orders. Not in it: the idempotency "
        "key of a customer who sent one (a day)."
    ),
    figures=(
        Figure("bytes_per_order", "bytes of used_memory per order", "less"),
        Figure("bytes_of_the_string", "bytes of MEMORY USAGE of the string", "less"),
        Figure("bytes_open", "bytes of used_memory per order that is open", "less"),
    ),
    contestants=("ours",),
    goals=(Goal("at most 1 KiB for each finished order kept", "bytes_per_order", 1024),),
    rounds=3,
)

WARM = 500  # orders after which scripts, buffers and tables have their size


async def run(contestant: str, form: Form) -> Outcome:
    assert contestant == "ours"
    count = form.pick(20_000, 2_000)
    async with (
        parts.valkey(form.folder) as valkey,
        parts.redis(valkey.port) as redis,
        OrderBook(Settings(redis_url=valkey.url, recall_s=0, waiting_limit=10**6)) as book,
    ):

        async def used() -> int:
            return int((await redis.info("memory"))["used_memory"])

        prefix = book.keys.prefix
        await kept.keep(book, WARM)
        await book.tick()
        empty = await used()
        await kept.keep(book, count)
        await book.tick()
        full = await used()
        assert await redis.hlen(f"{prefix}references") <= 1  # all numbers are free again
        ids = await redis.zrange(f"{prefix}placed", 0, -1)
        names = [f"{prefix}order:{order_id}" for order_id in ids]
        usage = [int(await redis.memory_usage(name, samples=0)) for name in names[-200:]]
        there = await redis.exists(*names)
        for _ in range(WARM):
            await book.place(kept.USUAL)
        opened = await used()
    return Outcome(
        {
            "bytes_per_order": (full - empty) / count,
            "bytes_of_the_string": sum(usage) / len(usage),
            "bytes_open": (opened - full) / WARM,
        },
        Ledger(count + WARM, there, "finished orders kept"),
    )
