"""The line: who waits in which place, and what the customer of an order may expect.

It hears every change of the board, as the hub does, and asks nobody. Its time is Redis's clock, as far
as the changes tell it: a phone's clock is anybody's guess, and this machine's may be another one.
"""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from orders.board import Ticket
from orders.model import Order
from orders.states import Status
from web.estimate import Estimate, Range
from web.outlook import Outlook, Progress

WAITING = frozenset({Status.PENDING, Status.RETRY})

_Turn = tuple[bool, int, str]  # its turn only, since when in ms, id


@dataclass(frozen=True, slots=True)
class _Passage:
    """What was seen of an order on its way through the kitchen."""

    placed_ms: int
    ahead: int
    said: Range | None  # when it would be ready, in times
    started_ms: int | None = None


class Line:
    """`steady_s` is a clock that nobody sets."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self.seeded = False
        self._steady_s = steady_s
        self._estimate = Estimate()
        self._waiting: list[_Turn] = []  # in the order in which the crew takes them
        self._tickets: dict[str, Ticket] = {}
        self._passages: dict[str, _Passage] = {}
        self._started_ms = 0  # when the last one was
        self._clock_ms, self._clock_at = int(time.time() * 1000), steady_s()

    @property
    def now_ms(self) -> int:
        """Redis's clock, or close to it."""
        return self._clock_ms + int((self._steady_s() - self._clock_at) * 1000)

    @property
    def tickets(self) -> Mapping[str, Ticket]:
        """The board as it was last heard."""
        return self._tickets

    def outlook(self, progress: Progress) -> Outlook:
        """What its customer may expect, while it waits or is being cooked. When an order that goes
        before others, or that waits for another attempt, will be started, nobody knows.
        """
        now_ms = self.now_ms
        if progress.status is Status.STARTED and progress.started_ms:
            return Outlook(None, self._estimate.on_the_stove(now_ms - progress.started_ms, now_ms))
        if progress.status is not Status.PENDING or progress.first:
            return Outlook()
        ticket = self._tickets.get(progress.order_id)
        since_ms = ticket.since_ms if ticket else progress.placed_ms
        ahead = bisect_left(self._waiting, (True, since_ms, progress.order_id))
        if not self._estimate.trusted:
            return Outlook(ahead)
        quiet_ms, waited_ms = self._quiet_ms(since_ms, now_ms), now_ms - since_ms
        return Outlook(ahead, self._estimate.in_line(ahead, waited_ms, quiet_ms, now_ms))

    def seed(self, orders: Iterable[Order]) -> None:
        """Learn from orders of before this process began."""
        self.seeded = True
        ways = sorted(way for order in orders if (way := _way(order)))
        for placed_ms, started_ms, ready_ms in ways:
            ahead = sum(before < placed_ms < started for before, started, _ in ways)
            self._estimate.waited(started_ms, ahead, started_ms - placed_ms)
            self._estimate.cooked(ready_ms, ready_ms - started_ms)

    def replace(self, tickets: Mapping[str, Ticket]) -> None:
        """This is the board now. An order that went on unseen teaches nothing."""
        self._passages = {
            order_id: passage
            for order_id, passage in self._passages.items()
            if tickets.get(order_id) == self._tickets[order_id]
        }
        self._tickets = dict(tickets)
        self._waiting = sorted(
            _turn(order_id, ticket)
            for order_id, ticket in tickets.items()
            if ticket.status in WAITING
        )

    def change(self, tickets: Mapping[str, Ticket]) -> None:
        """These orders have just changed."""
        for order_id, ticket in tickets.items():
            before = self._leave(order_id)
            if before and replace(before, first=ticket.first) == ticket:
                self._passages.pop(order_id, None)  # only its turn is another: it teaches nothing
            else:
                self._learn(order_id, ticket)
                self._clock_ms, self._clock_at = ticket.since_ms, self._steady_s()
            if ticket.on_the_board:
                self._tickets[order_id] = ticket
            if ticket.status in WAITING:
                insort(self._waiting, _turn(order_id, ticket))

    def _leave(self, order_id: str) -> Ticket | None:
        ticket = self._tickets.pop(order_id, None)
        if ticket and ticket.status in WAITING:
            del self._waiting[bisect_left(self._waiting, _turn(order_id, ticket))]
        return ticket

    def _learn(self, order_id: str, ticket: Ticket) -> None:
        at_ms, passage = ticket.since_ms, self._passages.pop(order_id, None)
        match ticket.status:
            case Status.PENDING if not ticket.first:
                self._passages[order_id] = self._see(order_id, at_ms)
            case Status.STARTED:
                self._started_ms = at_ms
                if passage and passage.started_ms is None:
                    self._estimate.waited(at_ms, passage.ahead, at_ms - passage.placed_ms)
                    passage = replace(passage, started_ms=at_ms)
                if passage:
                    self._passages[order_id] = passage
            case Status.RETRY if passage:
                self._passages[order_id] = passage
            case Status.SUCCESS if passage and passage.started_ms is not None:
                self._estimate.cooked(at_ms, at_ms - passage.started_ms)
                if passage.said:
                    self._estimate.check(passage.said, at_ms)

    def _see(self, order_id: str, at_ms: int) -> _Passage:
        ahead = bisect_left(self._waiting, (True, at_ms, order_id))
        ready = self._estimate.in_line(ahead, 0, self._quiet_ms(at_ms, at_ms), at_ms)
        said = ready and Range(at_ms + ready.low_ms, at_ms + ready.high_ms)
        return _Passage(at_ms, ahead, said)

    def _quiet_ms(self, since_ms: int, now_ms: int) -> int:
        """How long nothing has been started, while this order or one before it has waited."""
        oldest = bisect_left(self._waiting, (True,))  # of those who wait for their turn
        first_ms = min([since_ms, *(turn[1] for turn in self._waiting[oldest : oldest + 1])])
        return now_ms - max(self._started_ms, first_ms)


def _turn(order_id: str, ticket: Ticket) -> _Turn:
    """Who goes first stands before all others, else who has waited longest."""
    return not ticket.first, ticket.since_ms, order_id


def _way(order: Order) -> tuple[int, int, int] | None:
    """When it was placed, started and ready; `None` for an order that did not go that way."""
    started_ms = Progress.of(order).started_ms
    if started_ms is None or order.ready_ms is None:
        return None
    return order.placed_ms, started_ms, order.ready_ms
