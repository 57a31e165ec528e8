"""A whole stack in service: web, kitchen, Valkey, customers who come, and boards in the hall."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import boards, parts, stacks
from bench.ear import Ear, listening
from bench.load import IN_TIME_S, SHARE_IN_TIME, Customers
from bench.statistic import quantile

BOARDS = 100
CONNECTIONS = 64
READY_S, RECALL_S = 3, 2
BEHIND_S = 2.5  # so long after the last answer everything is ready, or the kitchen does not keep up
COLLECTED_WITHIN_S = 60.0
SHOWN_WITHIN_S = 5.0


@dataclass(frozen=True)
class House:
    """A stack in service, with its customers and its boards."""

    programs: dict[str, parts.Program]
    customers: Customers
    hall: boards.Boards
    ear: Ear  # what Redis publishes

    def published(self) -> dict[str, int]:
        """How often an order was published as ready, and as collected."""
        return {word: self.ear.count(word.encode()) for word in ("SUCCESS", "COLLECTED")}

    def cpu_s(self) -> dict[str, float]:
        used = {name: program.cpu_s() for name, program in self.programs.items()}
        return {**used, "generator": time.process_time()}

    async def keeps_up(
        self, rate: float, seconds: float, say: Callable[[str], None], within_s: float = BEHIND_S
    ) -> bool:
        """Whether 99 % of the customers have their number in time, and the kitchen does not lag."""
        await self.customers.open()
        waited_s = await self.customers.come(rate, seconds)
        if self.customers.broken:
            raise RuntimeError(self.customers.broken[0])
        ready_in_time = await self._all_ready(within_s)
        p99_s = quantile(waited_s, SHARE_IN_TIME)
        behind = "" if ready_in_time else ", the kitchen falls behind"
        say(f"{rate:,.0f}/s: 99 % of numbers within {p99_s * 1000:.0f} ms{behind}")
        if not ready_in_time:
            await self._all_ready(COLLECTED_WITHIN_S)
        return ready_in_time and p99_s <= IN_TIME_S

    async def _all_ready(self, within_s: float) -> bool:
        return await self.ear.until(b"SUCCESS", self.customers.acknowledged, within_s)

    async def all_collected(self) -> None:
        """Wait until everything is collected, and all boards show it; if not, the ledger says it."""
        collected = self.customers.acknowledged
        await self.ear.until(b"COLLECTED", collected, COLLECTED_WITHIN_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(SHOWN_WITHIN_S):
                while self.hall.witness.collected < collected or self.hall.ended_alike() < BOARDS:
                    await asyncio.sleep(0.05)

    def ending(self) -> str:
        """How it ended, in words."""
        witness = self.hall.witness
        return (
            f"{self.customers.acknowledged:,} acknowledged; published: {self.published()}; on the "
            f"first board {witness.ready:,} ready, at most {witness.most:,} at once, and "
            f"{witness.collected:,} gone; {self.hall.ended_alike()} of {BOARDS} boards end alike"
        )


@asynccontextmanager
async def in_service(contestant: str, folder: Path) -> AsyncIterator[House]:
    """A stack that has served its first customers, so that everything is loaded."""
    async with AsyncExitStack() as stack:
        valkey = await stack.enter_async_context(parts.valkey(folder))
        clock = {"ORDERUP_READY_S": str(READY_S), "ORDERUP_RECALL_S": str(RECALL_S)}
        web = await stack.enter_async_context(stacks.web(contestant, folder, valkey.url, **clock))
        kitchen = await stack.enter_async_context(
            stacks.kitchen(
                *(contestant, folder, valkey.url),
                ready_s=READY_S,
                ORDERUP_COOKS="100",
                ORDERUP_RECALL_S=str(RECALL_S),
            )
        )
        hall = await stack.enter_async_context(boards.hang_up(contestant, web.address, BOARDS))
        customers = Customers(web.address, CONNECTIONS, hall.witness.served)
        stack.callback(customers.close)
        channel = stacks.channel(contestant)
        ear = await stack.enter_async_context(listening(valkey.port, channel, keep=False))
        house = House({"web": web, "kitchen": kitchen, "valkey": valkey}, customers, hall, ear)
        house.published()  # counted from now on
        await house.keeps_up(20, 1, lambda _: None, within_s=20)
        yield house
