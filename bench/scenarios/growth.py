"""Whether an order costs more when many are kept, or many are on the board."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from pathlib import Path

from redis.asyncio import Redis

from bench import kept, parts
from bench.harness import Figure, Form, Goal, Ledger, Outcome, Plot, Scenario
from orders.book import OrderBook
from orders.model import OrderLine, OrderRequest
from orders.settings import Settings

KEPT, ON_THE_BOARD = "orders kept", "orders on the board"

SCENARIO = Scenario(
    name="growth",
    title="Growth: the cost of one order",
    what=(
        "One order after the other is placed, claimed, finished and collected, beside 1 to "
        "1,000,000 finished orders that are kept (a script copies one that the book has finished), "
        "and beside 1 to 5,000 orders on the board (placed by the book, of things that stand ready "
        "at the counter). The cost is the CPU that Valkey needs for an order, from the network to "
        "the file, the median of several hundreds, while the file is not being written anew."
    ),
    figures=(
        Figure("kept_ratio", "times the cost, most kept to one kept", "less"),
        Figure("board_ratio", "times the cost, fullest board to one on it", "less"),
        Figure("cost_us", "µs of Valkey's CPU per order, beside one", "less"),
    ),
    contestants=("ours",),
    goals=(
        Goal("independent of how many are kept (at most 1.5 times)", "kept_ratio", 1.5),
        Goal("independent of how many are on the board (at most 1.5 times)", "board_ratio", 1.5),
    ),
    rounds=3,
    plot=Plot("lines", x="orders kept, or on the board", y="µs per order", log_x=True),
)

WATER = OrderRequest(items=(OrderLine(sku="water", quantity=1),))


async def run(contestant: str, form: Form) -> Outcome:
    assert contestant == "ours"
    kept_sizes = form.pick((1, 100, 10_000, 100_000, 1_000_000), (1, 20_000))
    board_sizes = form.pick((1, 10, 100, 1000, 5000), (1, 1000))
    points = {KEPT: await _costs(form, KEPT, kept_sizes)}
    points[ON_THE_BOARD] = await _costs(form, ON_THE_BOARD, board_sizes)
    sizes = len(kept_sizes) + len(board_sizes)
    return Outcome(
        {
            "kept_ratio": points[KEPT][-1][1] / points[KEPT][0][1],
            "board_ratio": points[ON_THE_BOARD][-1][1] / points[ON_THE_BOARD][0][1],
            "cost_us": points[KEPT][0][1],
        },
        Ledger(sizes, sum(map(len, points.values())), "sizes at which all orders went their way"),
        points,
    )


async def _costs(form: Form, of: str, sizes: tuple[int, ...]) -> list[tuple[float, float]]:
    """The cost of an order beside each number of others, on a fresh Valkey."""
    folder = form.folder / of.replace(" ", "-")
    folder.mkdir()
    chunks, orders = form.pick((9, 200), (3, 40))
    async with (
        parts.valkey(folder) as valkey,
        parts.redis(valkey.port) as redis,
        OrderBook(Settings(redis_url=valkey.url, waiting_limit=10**6), deadline_s=10) as book,
    ):
        grow = _more_kept(redis, book) if of == KEPT else _more_on_the_board(redis, book)
        await _cost(valkey, book, 5, 50)  # once, so that everything is loaded
        found = []
        for size in sizes:
            form.say(f"{size:,} {of}")
            await grow(size)
            found.append((float(size), await _cost(valkey, book, chunks, orders)))
        return found


async def _cost(valkey: parts.Program, book: OrderBook, chunks: int, orders: int) -> float:
    """Microseconds of Valkey's CPU for one order all its way, the median of several chunks."""
    costs = []
    for _ in range(chunks):
        before_us = _cpu_us(valkey)
        for _ in range(orders):
            await kept.whole_way(book)
        costs.append((_cpu_us(valkey) - before_us) / orders)
    return statistics.median(costs)


def _cpu_us(valkey: parts.Program) -> float:
    """What all threads of Valkey have used so far, to the nanosecond, waits for others not counted."""
    threads = Path(f"/proc/{valkey.pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1000


def _more_kept(redis: Redis, book: OrderBook) -> Callable[[int], Awaitable[None]]:
    """Keep that many finished orders; those that are measured come along, a few thousand."""
    copied = 0

    async def grow(size: int) -> None:
        nonlocal copied
        pattern = await kept.whole_way(book)
        await kept.copy(redis, book.keys.prefix, pattern, copied, size - copied)
        copied = size
        there = await redis.zcard(f"{book.keys.prefix}placed")
        assert there > size, (there, size)
        while await _writes_anew(redis):
            await asyncio.sleep(0.1)

    return grow


async def _writes_anew(redis: Redis) -> bool:
    state = await redis.info("persistence")
    return bool(state["aof_rewrite_in_progress"] or state["aof_rewrite_scheduled"])


def _more_on_the_board(redis: Redis, book: OrderBook) -> Callable[[int], Awaitable[None]]:
    """Let that many orders stand on the board, ready."""

    async def grow(size: int) -> None:
        missing = size - await redis.hlen(book.keys.board)
        left = iter(range(missing))

        async def customer() -> None:
            for _ in left:
                await book.place(WATER)

        await asyncio.gather(*(customer() for _ in range(50)))
        assert size == await redis.hlen(book.keys.board)

    return grow
