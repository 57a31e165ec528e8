"""The soak: faults by chance from a printed seed while customers order, and a ledger at the end.

    python -m tests.faults.soak [--seconds 300] [--seed N] [--redis-server /usr/bin/redis-server]

Two counters and two kitchens reach Redis through a proxy of ours. Customers insist: each repeats an
order with its `Idempotency-Key` until it is acknowledged, and some tap once more. Televisions record
the board's stream. The ledger is kept from the answers that the customers got; what became of an
order is asked at the counter when all faults are over. With `REDIS_URL` that server is used, and the
two faults that need its process are left out.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import httpx

from .house import STAFF, House, Process, RedisServer, Web, a_client, eventually, insist, order_for
from .proxy import Proxy
from .viewer import OFF_THE_BOARD, Viewer, viewer

CUSTOMERS = 12
PATIENCE_S = 4.0
STARTING_S = 6.0
SETTLED_WITHIN_S = 90.0
READY = {"SUCCESS", "COLLECTED"}


@dataclass(frozen=True)
class Minima:
    """What a soak must have seen, or it has shown nothing."""

    orders: int
    of_each_fault: int


@dataclass
class Ledger:
    """What the customers know, and in the end what that amounts to."""

    answers: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  # key → id, reference
    refused: int = 0  # 503, or no answer: asked again
    slowest_s: float = 0.0
    compared: int = 0
    handed_over: int = 0  # from cooks that were lost
    fates: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    usurped: list[str] = field(default_factory=list)
    disagreeing: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)  # answers other than 201 and 503
    unsafe: list[str] = field(default_factory=list)  # what this Redis does not promise, by /readyz
    stack_traces: str = ""

    @property
    def acknowledged(self) -> dict[str, str]:
        """id → reference of all that was answered with 201."""
        return {i: reference for pairs in self.answers.values() for i, reference in pairs}

    def verdict(self, faults: Counter[str], minima: Minima) -> list[str]:
        """Why this soak has FAILED; empty if it has not."""
        rows = {
            "lost": self.lost,
            "doubled": self.doubled,
            "finished by who did not have it": self.usurped,
            "boards that disagree": self.disagreeing,
            "strange answers": self.strange,
            # A killed process loses nothing that the kernel has; only a power cut shows a missing
            # fsync. So a soak on a server that does not sync has proven nothing, and says so.
            "promises that this Redis does not make": self.unsafe,
        }
        reasons = [f"{len(found)} {what}: {found[:5]}" for what, found in rows.items() if found]
        if len(self.acknowledged) < minima.orders:
            reasons.append(f"fewer than {minima.orders} orders")
        rare = [name for name, count in faults.items() if count < minima.of_each_fault]
        if rare:
            reasons.append(f"fewer than {minima.of_each_fault} of: {', '.join(rare)}")
        if self.stack_traces:
            reasons.append(f"stack traces: {self.stack_traces}")
        return reasons


class Soak:
    """One run of it."""

    def __init__(self, house: House, redis: RedisServer | None, network: Proxy, seed: int) -> None:
        self.ledger = Ledger()
        self.faults: Counter[str] = Counter()
        self._house = house
        self._redis = redis
        self._network = network
        self._chance = random.Random(seed)
        self._webs: list[Web] = []
        self._kitchens: list[Process] = []
        self._boards: list[Viewer] = []
        self._ordering = True

    async def run(self, seconds: float, minima: Minima, say: Callable[[str], None]) -> Ledger:
        """For so long, and until there was so much of each fault; on a slow machine a while longer,
        until there were so many orders.
        """
        self._webs = [await self._house.web() for _ in range(2)]
        self._kitchens = [await self._house.kitchen() for _ in range(2)]
        async with a_client(self._webs[0].url, PATIENCE_S) as client:
            self.ledger.unsafe = (await client.get("/readyz")).raise_for_status().json()["warnings"]
        async with AsyncExitStack() as stack:
            for web in self._webs * 2:
                self._boards.append(await stack.enter_async_context(viewer(web.url)))
            async with asyncio.TaskGroup() as group:
                for _ in range(CUSTOMERS):
                    group.create_task(self._order_again_and_again())
                keeping = group.create_task(self._keep_up())
                comparing = group.create_task(self._compare_again_and_again())
                await self._torment(time.monotonic() + seconds, minima.of_each_fault, say)
                with suppress(AssertionError):  # the verdict says it
                    await eventually(
                        lambda: len(self.ledger.acknowledged) >= minima.orders, max(30, seconds)
                    )
                self._ordering = False
                say("all faults are over; what was ordered is cooked")
                await self._settle()
                comparing.cancel()
                keeping.cancel()
            await self._close_the_ledger()
        return self.ledger

    # -- customers --------------------------------------------------------------------------------

    async def _order_again_and_again(self) -> None:
        while self._ordering:
            key = secrets.token_hex(8)
            await self._insist(key)
            if random.random() < 0.2:  # taps once more
                await self._insist(key)
            await asyncio.sleep(random.uniform(0.5, 2.0))

    async def _insist(self, key: str) -> None:
        headers = {"Idempotency-Key": key}
        while True:
            web, began = random.choice(self._webs), time.monotonic()
            starting = began - web.process.born < STARTING_S  # keeps them waiting at the door
            try:
                async with a_client(web.url, PATIENCE_S) as client:
                    answer = await client.post(
                        "/api/orders", json=order_for("soak"), headers=headers
                    )
            except httpx.TransportError:
                answer = None
            if not starting:
                self.ledger.slowest_s = max(self.ledger.slowest_s, time.monotonic() - began)
            if answer is not None:
                if answer.status_code == 201:
                    order = answer.json()
                    pair = (order["id"], order["reference"])
                    self.ledger.answers.setdefault(key, set()).add(pair)
                    return
                if answer.status_code != 503:
                    self.ledger.strange.append(f"{answer.status_code}: {answer.text}")
            self.ledger.refused += 1
            await asyncio.sleep(random.uniform(0.1, 0.4))

    # -- faults -----------------------------------------------------------------------------------

    async def _torment(self, until: float, of_each_fault: int, say: Callable[[str], None]) -> None:
        """One fault after the other, in rounds of all, some of which overlap."""
        lasting: set[asyncio.Task[None]] = set()
        names = list(self._kinds())
        self.faults = Counter(dict.fromkeys(names, 0))

        def is_over() -> bool:
            return time.monotonic() >= until and min(self.faults.values()) >= of_each_fault

        while not is_over():
            self._chance.shuffle(names)
            for name in names:
                if is_over():
                    break
                left_s = max(0.0, until - time.monotonic())
                say(f"{left_s:4.0f} s left, {len(self.ledger.acknowledged)} orders: {name}")
                self.faults[name] += 1
                task = asyncio.create_task(self._kinds()[name]())
                lasting.add(task)
                if name != "kitchen paused" or self._chance.random() < 0.8:
                    await task  # otherwise the others go on while it is away
                await asyncio.sleep(self._chance.uniform(0.3, 1.5))
        await asyncio.gather(*lasting)

    def _kinds(self) -> dict[str, Callable[[], Awaitable[None]]]:
        kinds: dict[str, Callable[[], Awaitable[None]]] = {
            "kitchen killed": self._kill_kitchen,
            "kitchen paused": self._pause_kitchen,
            "web killed": self._kill_web,
            "connections cut": self._cut,
            "bytes swallowed": self._swallow,
        }
        if self._redis is not None:
            kinds |= {"Redis killed": self._kill_redis, "Redis paused": self._pause_redis}
        return kinds

    async def _kill_kitchen(self) -> None:
        self._chance.choice(self._kitchens).kill()

    async def _pause_kitchen(self) -> None:
        kitchen = self._chance.choice(self._kitchens)
        kitchen.pause()
        await self._a_while(5, 11)
        if kitchen.alive:
            kitchen.resume()

    async def _kill_web(self) -> None:
        self._chance.choice(self._webs).process.kill()

    async def _keep_up(self) -> None:
        """Start again what has ended, after a pause, as whoever runs this in earnest does. (A part that
        finds no Redis when it starts says so and ends.)
        """
        while True:
            for web in self._webs:
                if not web.process.alive:
                    web.process = self._house.start("web", port=web.port)
            for number, kitchen in enumerate(self._kitchens):
                if not kitchen.alive:
                    self._kitchens[number] = self._house.start("kitchen")
            await asyncio.sleep(1)

    async def _kill_redis(self) -> None:
        assert self._redis is not None
        self._redis.kill()
        await self._a_while(0, 3)
        await asyncio.to_thread(self._redis.start)

    async def _pause_redis(self) -> None:
        assert self._redis is not None
        self._redis.pause()
        await self._a_while(1, 6)
        self._redis.resume()

    async def _cut(self) -> None:
        self._network.cut()

    async def _swallow(self) -> None:
        self._network.swallow()
        await self._a_while(1, 5)
        self._network.heal()

    async def _a_while(self, least_s: float, most_s: float) -> None:
        await asyncio.sleep(self._chance.uniform(least_s, most_s))

    # -- boards -----------------------------------------------------------------------------------

    async def _compare_again_and_again(self) -> None:
        """Now and then, ask a counter for the board and look who shows this very version of it."""
        while True:
            await asyncio.sleep(0.5)
            asked = await self._board(self._webs[0])
            if asked is None:
                continue
            for board in self._boards:
                if not board.blind and board.position == (asked["epoch"], asked["version"]):
                    self.ledger.compared += 1
                    self._disagrees(board, asked)

    def _disagrees(self, board: Viewer, asked: dict[str, Any]) -> bool:
        truth = {ticket["reference"]: ticket["status"] for ticket in asked["tickets"]}
        difference = dict(truth.items() ^ board.tickets.items())
        if difference:
            self.ledger.disagreeing.append(f"{board.position}: {difference}")
        return bool(difference)

    async def _as_shown(self, board: Viewer, web: Web) -> dict[str, Any] | None:
        """The board as the counter tells it, if that is the very version which this one shows. (The book
        goes on all the time: what was ready for long is taken for collected.)
        """
        asked = await self._board(web)
        shown = asked and board.position == (asked["epoch"], asked["version"])
        return asked if shown else None

    async def _board(self, web: Web) -> dict[str, Any] | None:
        try:
            answer = await web.get("/api/board")
        except httpx.TransportError:
            return None
        return answer.json() if answer.status_code == 200 else None

    # -- the end ----------------------------------------------------------------------------------

    async def _settle(self) -> None:
        """Wait until nothing is waited for on the board; whoever still is after that is lost."""

        async def is_quiet() -> bool:
            asked = await self._board(self._webs[0])
            waiting = {"PENDING", "STARTED", "RETRY"}
            return asked is not None and not any(t["status"] in waiting for t in asked["tickets"])

        try:
            await eventually(is_quiet, SETTLED_WITHIN_S)
        except AssertionError:
            return

    async def _close_the_ledger(self) -> None:
        ledger, web = self.ledger, self._webs[1]
        await eventually(lambda: self._board(web), SETTLED_WITHIN_S)
        for key, pairs in ledger.answers.items():
            if len(pairs) > 1:
                ledger.doubled.append(f"one key, {len(pairs)} orders: {key}")
        for order_id, reference in ledger.acknowledged.items():
            path = f"/api/orders/{order_id}"
            answer = await insist(lambda path=path: web.get(path, headers=STAFF))
            status = answer.json()["status"] if answer.status_code == 200 else "UNKNOWN"
            ledger.fates[status] += 1
            if status not in READY | {"FAILURE"}:
                ledger.lost.append(f"{reference} is {status}")
            else:
                self._read_history(reference, answer.json()["history"])
        for board in self._boards:
            ledger.doubled += [f"{number} on a board" for number in _ready_twice(board)]
        for board in self._boards:
            try:
                asked = await eventually(lambda b=board: self._as_shown(b, web))
            except AssertionError:
                ledger.disagreeing.append(f"{board.position} is not what {web.url} tells")
                continue
            ledger.compared += 1
            self._disagrees(board, asked)
        ledger.stack_traces = self._house.stack_traces()

    def _read_history(self, reference: str, history: list[dict[str, Any]]) -> None:
        if [entry["status"] for entry in history].count("SUCCESS") > 1:
            self.ledger.doubled.append(f"{reference} in its history")
        self.ledger.handed_over += sum(entry["by"] == "crew" for entry in history)
        for before, entry in pairwise(history):
            if entry["status"] == "SUCCESS" and before["by"] != entry["by"]:
                self.ledger.usurped.append(f"{reference}: {before['by']}, {entry['by']}")


def _ready_twice(board: Viewer) -> Iterator[str]:
    """Numbers that were Ready on this board, and then not yet again. No number is given out twice in a
    soak (they stay reserved), and no staff is there to send an order back.
    """
    ready: set[str] = set()
    for event in board.events:
        for ticket in event.data.get("tickets", ()):
            number, status = ticket["reference"], ticket["status"]
            if status == "SUCCESS":
                ready.add(number)
            elif number in ready and status not in OFF_THE_BOARD:
                yield number


@contextmanager
def _a_redis(folder: Path, binary: str | None, options: dict[str, str]) -> Iterator[RedisServer]:
    server = RedisServer(folder / "redis", binary, **options)
    server.start()
    try:
        yield server
    finally:
        server.resume()
        server.kill()


async def soak(
    folder: Path,
    *,
    seconds: float,
    seed: int,
    minima: Minima,
    binary: str | None = None,
    options: dict[str, str] | None = None,
    redis_url: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Run one soak, and tell what comes out: why it has FAILED, nothing if it has not."""
    say(f"seed {seed}, {seconds:g} s")
    with ExitStack() as stack:
        server = None
        if redis_url is None:
            server = stack.enter_context(_a_redis(folder, binary, options or {}))
        port = server.port if server else urlsplit(str(redis_url)).port or 6379
        async with Proxy(port) as network:
            house = House(folder / "house", network.url, cooks=24, recall_s=100_000, ready_s=15)
            run = Soak(stack.enter_context(house), server, network, seed)
            ledger = await run.run(seconds, minima, say)
    reasons = ledger.verdict(run.faults, minima)
    for line in _report(ledger, run.faults):
        say(line)
    say("\n".join(["FAILED", *reasons]) if reasons else "passed: nothing lost, nothing doubled")
    return reasons


def _report(ledger: Ledger, faults: Counter[str]) -> Iterator[str]:
    yield "faults:        " + ", ".join(f"{count} x {name}" for name, count in faults.items())
    yield f"acknowledged:  {len(ledger.acknowledged)} orders"
    yield f"asked again:   {ledger.refused} times"
    yield f"slowest:       {ledger.slowest_s:.1f} s, not counting web processes that just start"
    yield "became:        " + ", ".join(f"{count} {name}" for name, count in ledger.fates.items())
    yield f"handed over:   {ledger.handed_over} times, from cooks that were given up"
    yield f"lost:          {len(ledger.lost)}"
    yield f"doubled:       {len(ledger.doubled)}"
    yield f"usurped:       {len(ledger.usurped)}"
    yield f"disagreeing:   {len(ledger.disagreeing)} of {ledger.compared} comparisons"


@click.command()
@click.option("--seconds", default=300.0, help="How long there are faults.")
@click.option("--seed", type=int, help="Repeat the faults of another run.")
@click.option("--redis-server", "binary", help="Another server than Valkey, to be started.")
@click.option("--option", multiple=True, help="An option of that server: appendonly=no")
@click.option("--orders", default=500, help="With fewer orders it has FAILED.")
@click.option("--of-each-fault", default=3, help="With fewer of any fault it has FAILED.")
def main(
    *,
    seconds: float,
    seed: int | None,
    binary: str | None,
    option: tuple[str, ...],
    orders: int,
    of_each_fault: int,
) -> None:
    """Faults by chance while customers order, and a ledger at the end."""
    with tempfile.TemporaryDirectory() as folder:
        run = soak(
            Path(folder),
            seconds=seconds,
            seed=secrets.randbelow(10**6) if seed is None else seed,
            minima=Minima(orders, of_each_fault),
            binary=binary,
            options=dict(text.split("=", 1) for text in option),
            redis_url=os.environ.get("REDIS_URL"),
            say=click.echo,
        )
        sys.exit(1 if asyncio.run(run) else 0)


if __name__ == "__main__":
    main()
