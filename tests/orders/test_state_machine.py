"""The book against a model of a few lines: whatever is asked, in any order, both must agree."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from redis.asyncio import Redis

from orders.book import OrderBook
from orders.errors import TransitionRefused
from orders.model import Order
from orders.states import Actor, Status
from tests.conftest import NUGGETS, WATER, Server, settings_for

PENDING, STARTED, RETRY, SUCCESS = Status.PENDING, Status.STARTED, Status.RETRY, Status.SUCCESS
FAILURE, COLLECTED, REVOKED = Status.FAILURE, Status.COLLECTED, Status.REVOKED
ATTEMPTS = 2

# DESIGN §4 once more, for people, in other words than the product's.
BY_PEOPLE = {
    Actor.CUSTOMER: {(PENDING, REVOKED)},
    Actor.STAFF: {
        (PENDING, STARTED),
        (RETRY, STARTED),
        (STARTED, SUCCESS),
        (PENDING, REVOKED),
        (RETRY, REVOKED),
        (STARTED, REVOKED),
        (SUCCESS, COLLECTED),
        (COLLECTED, SUCCESS),
        (FAILURE, PENDING),
        (FAILURE, REVOKED),
    },
}
MUST_SAY_FROM = {(COLLECTED, SUCCESS), (FAILURE, PENDING)}


@dataclass
class Expected:
    """What an order must be."""

    reference: str
    status: Status
    attempt: int
    last_attempt: int
    history: list[tuple[Status, int, str]]
    cook: str | None = None
    robot: bool = False  # arq is running the slip, so it stays until arq has done with it
    error: str | None = None
    result: Any = None
    progress: tuple[int, int] | None = None

    def become(self, status: Status, by: str) -> None:
        if status in {PENDING, RETRY}:
            self.attempt += 1
        if status is SUCCESS:
            self.error = None
        self.status = status
        self.history.append((status, self.attempt, by))

    @property
    def slip(self) -> bool:
        return self.status in {PENDING, RETRY} or (self.status is STARTED and self.robot)

    @property
    def on_the_board(self) -> bool:
        return self.status not in {COLLECTED, REVOKED}


@dataclass
class Model:
    """The whole book as it must be."""

    orders: dict[str, Expected] = field(default_factory=dict)
    version: int = 0


orders_ = Bundle("orders")
rightly = st.sampled_from([True, True, True, False])  # by the cook who has it, mostly
stale = st.sampled_from([0, 0, 0, 0, -1, 1])  # in the attempt that is, mostly


class BookAgainstModel(RuleBasedStateMachine):
    server: Server
    directory: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.settings = settings_for(self.server, self.directory).model_copy(
            update={"attempts": ATTEMPTS}
        )
        self.book = OrderBook(self.settings)
        self.raw = Redis.from_url(self.server.url, decode_responses=True)
        self.model = Model()

    def teardown(self) -> None:
        self.runner.run(self._close())
        self.runner.close()

    async def _close(self) -> None:
        await self.book.__aexit__(None, None, None)
        await self.raw.aclose()

    # -- what may be asked ------------------------------------------------------------------------

    @initialize(target=orders_)
    def open_with_an_order(self) -> Any:
        return self.place(for_the_kitchen=True)

    @rule(target=orders_, for_the_kitchen=st.booleans())
    def place(self, for_the_kitchen: bool) -> Any:
        if len(self.model.orders) == 3:
            return multiple()
        order = self.runner.run(self.book.place(NUGGETS if for_the_kitchen else WATER))
        status, attempt = (PENDING, 1) if for_the_kitchen else (SUCCESS, 0)
        self.model.orders[order.id] = Expected(
            order.reference, status, attempt, ATTEMPTS, [(status, attempt, "customer")]
        )
        self.model.version += 1
        return order.id

    @rule(order_id=orders_, stale=stale, rightly=rightly)
    def start(self, order_id: str, stale: int, rightly: bool) -> None:
        expected, cook = self._order_and_cook(order_id, rightly)
        attempt = expected.attempt + stale
        if self._is_held(expected, stale, cook):
            outcome = "unchanged"
        elif expected.status in {PENDING, RETRY} and stale == 0:
            outcome = "moved"
            expected.cook, expected.robot, expected.progress = cook, True, None
            expected.become(STARTED, f"cook:{cook}")
        else:
            outcome = "refused"
        self._ask(outcome, self.book.start(order_id, attempt, cook))

    @rule(order_id=orders_, stale=stale, rightly=rightly, done=st.integers(0, 3))
    def report(self, order_id: str, stale: int, rightly: bool, done: int) -> None:
        expected, cook = self._order_and_cook(order_id, rightly)
        mine = self._is_held(expected, stale, cook)
        if mine:
            expected.progress = (done, 3)
        call = self.book.report(order_id, expected.attempt + stale, cook, done, 3)
        assert mine == self.runner.run(call)

    @rule(
        order_id=orders_, stale=stale, rightly=rightly, result=st.sampled_from([None, {"a": [1]}])
    )
    def finish(self, order_id: str, stale: int, rightly: bool, result: Any) -> None:
        expected, cook = self._order_and_cook(order_id, rightly)
        attempt = expected.attempt + stale
        if self._is_held(expected, stale, cook):
            outcome = "moved"
            expected.result = result if result is not None else expected.result
            expected.become(SUCCESS, f"cook:{cook}")
        elif self._had_it_last(expected, SUCCESS, stale, cook):
            outcome = "unchanged"
        else:
            outcome = "refused"
        self._ask(outcome, self.book.finish(order_id, attempt, cook, result))

    @rule(order_id=orders_, stale=stale, rightly=rightly)
    def retry(self, order_id: str, stale: int, rightly: bool) -> None:
        expected, cook = self._order_and_cook(order_id, rightly)
        attempt = expected.attempt + stale
        outcome = "unchanged" if self._had_it_last(expected, RETRY, stale, cook) else "refused"
        if self._is_held(expected, stale, cook):
            outcome = "moved"
            expected.error = "burnt"
            last = attempt >= expected.last_attempt
            expected.become(FAILURE if last else RETRY, f"cook:{cook}")
        self._ask(outcome, self.book.retry(order_id, attempt, cook, "burnt", 1000))

    @rule(order_id=orders_, stale=stale, rightly=rightly)
    def fail(self, order_id: str, stale: int, rightly: bool) -> None:
        expected, cook = self._order_and_cook(order_id, rightly)
        attempt = expected.attempt + stale
        if self._is_held(expected, stale, cook):
            outcome = "moved"
            expected.error = "no flour"
            expected.become(FAILURE, f"cook:{cook}")
        elif self._had_it_last(expected, FAILURE, stale, cook):
            outcome = "unchanged"
        else:
            outcome = "refused"
        self._ask(outcome, self.book.fail(order_id, attempt, cook, "no flour"))

    @rule(order_id=orders_, stale=stale, rightly=rightly)
    def put_back(self, order_id: str, stale: int, rightly: bool) -> None:
        expected, cook = self._order_and_cook(order_id, rightly)
        attempt = expected.attempt + stale
        outcome = "unchanged" if self._had_it_last(expected, RETRY, stale, cook) else "refused"
        if self._is_held(expected, stale, cook):
            outcome = "moved"
            expected.last_attempt += 1
            expected.become(RETRY, f"cook:{cook}")
        self._ask(outcome, self.book.put_back(order_id, attempt, cook))

    @rule(order_id=orders_, rightly=rightly)
    def give_up(self, order_id: str, rightly: bool) -> None:
        expected, cook = self._order_and_cook(order_id, rightly)
        outcome = "unchanged" if expected.status is RETRY else "refused"
        if self._is_held(expected, 0, cook):
            outcome = "moved"
            expected.error = f"The cook {cook} was lost."
            last = expected.attempt >= expected.last_attempt
            expected.become(FAILURE if last else RETRY, "crew")
        self._ask(outcome, self.book.give_up(order_id, cook))

    @rule(
        order_id=orders_,
        to=st.sampled_from(Status),
        actor=st.sampled_from([Actor.STAFF, Actor.STAFF, Actor.CUSTOMER]),
        says_from=st.sampled_from(["no", "truth", "truth", "lie"]),
        lie=st.sampled_from(Status),
    )
    def set_status(
        self, order_id: str, to: Status, actor: Actor, says_from: str, lie: Status
    ) -> None:
        expected = self.model.orders[order_id]
        said = {"no": None, "truth": expected.status, "lie": lie}[says_from]
        step = (expected.status, to)
        if expected.status is to:
            outcome = "unchanged"
        elif (
            step in BY_PEOPLE[actor]
            and said in {None, expected.status}
            and not (said is None and step in MUST_SAY_FROM)
        ):
            outcome = "moved"
            if to is STARTED:
                expected.cook, expected.robot, expected.progress = "staff", False, None
            expected.become(to, str(actor))
            if to is PENDING:
                expected.last_attempt = expected.attempt - 1 + ATTEMPTS
        else:
            outcome = "refused"
        self._ask(outcome, self.book.set_status(order_id, to, actor, said))

    @rule(order_id=orders_, turns=st.lists(st.integers(0, 5), min_size=1, max_size=8))
    def go_its_way(self, order_id: str, turns: list[int]) -> None:
        """Some steps that the table allows, since steps by chance alone seldom get far."""
        for turn in turns:
            ways = self._ways(order_id)
            ways[turn % len(ways)]()
            self.the_book_agrees_with_the_model()

    def _ways(self, order_id: str) -> list[Callable[[], None]]:
        mine = {"order_id": order_id, "stale": 0, "rightly": True}
        staff = {"order_id": order_id, "actor": Actor.STAFF, "says_from": "truth", "lie": PENDING}
        match self.model.orders[order_id].status:
            case Status.PENDING | Status.RETRY:
                return [partial(self.start, **mine)]
            case Status.STARTED:
                retry, fail = partial(self.retry, **mine), partial(self.fail, **mine)
                back, done = partial(self.put_back, **mine), partial(self.finish, **mine)
                lost = partial(self.give_up, order_id=order_id, rightly=True)
                return [retry, retry, fail, back, lost, partial(done, result=[1])]
            case Status.SUCCESS:
                return [partial(self.set_status, to=COLLECTED, **staff)]
            case Status.COLLECTED:
                return [partial(self.set_status, to=SUCCESS, **staff)]
            case Status.FAILURE | Status.REVOKED:
                return [partial(self.set_status, to=PENDING, **staff)]

    @rule()
    def tick(self) -> None:
        assert (0, 0) == self.runner.run(self.book.tick())

    @rule()
    def sweep(self) -> None:
        mended = self.runner.run(self.book.sweep())
        assert {"numbers": 0, "board": 0, "queue": 0} == mended

    # -- what must hold after each step -----------------------------------------------------------

    @invariant()
    def the_book_agrees_with_the_model(self) -> None:
        self.runner.run(self._compare())

    # -- within -----------------------------------------------------------------------------------

    def _order_and_cook(self, order_id: str, rightly: bool) -> tuple[Expected, str]:
        """What the order must be, and the cook who has it; or else one who has not."""
        expected = self.model.orders[order_id]
        has_it = expected.cook or "anna"
        return expected, has_it if rightly else ("bob" if has_it == "anna" else "anna")

    @staticmethod
    def _had_it_last(expected: Expected, status: Status, stale: int, cook: str) -> bool:
        return expected.status is status and stale == 0 and expected.cook == cook

    def _is_held(self, expected: Expected, stale: int, cook: str) -> bool:
        return self._had_it_last(expected, STARTED, stale, cook)

    def _ask(self, outcome: str, call: Any) -> None:
        """Ask the book, and see whether it refuses where the model says so."""
        try:
            self.runner.run(call)
        except TransitionRefused:
            assert outcome == "refused"
        else:
            assert outcome != "refused"
        self.model.version += outcome == "moved"

    async def _compare(self) -> None:
        prefix, model = self.settings.key_prefix, self.model.orders
        async with self.raw.pipeline() as pipe:
            pipe.get(f"{prefix}version")
            pipe.hgetall(f"{prefix}references")
            pipe.hgetall(f"{prefix}cooking")
            pipe.zrange(f"{prefix}queue", 0, -1)
            pipe.zrange(f"{prefix}placed", 0, -1)
            pipe.zrange(f"{prefix}ready", 0, -1)
            pipe.zrange(f"{prefix}collected", 0, -1)
            pipe.hgetall(f"{prefix}board")
            (
                version,
                references,
                cooking,
                queue,
                placed,
                ready,
                collected,
                board,
            ) = await pipe.execute()
        found = await self.book.orders(list(model))

        assert self.model.version == int(version or 0)
        assert references == {e.reference: i for i, e in model.items() if e.status is not REVOKED}
        assert cooking == {i: e.cook for i, e in model.items() if e.status is STARTED}
        assert set(queue) == {self._slip(i, e.attempt) for i, e in model.items() if e.slip}
        assert set(placed) == set(model)
        assert set(ready) == {i for i, e in model.items() if e.status is SUCCESS}
        assert set(collected) == {i for i, e in model.items() if e.status is COLLECTED}
        assert {i: json.loads(ticket) for i, ticket in board.items()} == {
            i: {
                "reference": e.reference,
                "status": e.status,
                "since_ms": found[i].history[-1].at_ms,
            }
            for i, e in model.items()
            if e.on_the_board
        }
        assert {i: self._seen(order) for i, order in found.items()} == {
            i: replace(e, last_attempt=0, robot=False) for i, e in model.items()
        }
        await self._compare_jobs()

    async def _compare_jobs(self) -> None:
        """Of all attempts of an order only the last has a job, and only while its slip is there."""
        attempts = [
            (self._slip(i, attempt), e.slip and attempt == e.attempt)
            for i, e in self.model.orders.items()
            for attempt in range(e.attempt + 1)
        ]
        async with self.raw.pipeline() as pipe:
            for slip, _ in attempts:
                pipe.exists(f"arq:job:{slip}")
            exist = await pipe.execute()
        assert exist == [int(expected) for _, expected in attempts]

    def _slip(self, order_id: str, attempt: int) -> str:
        return f"{self.settings.store}:{order_id}:{attempt}"

    @staticmethod
    def _seen(order: Order) -> Expected:
        assert (order.finished_ms is not None) == (order.status in {COLLECTED, REVOKED})
        return Expected(
            reference=order.reference,
            status=order.status,
            attempt=order.attempt,
            last_attempt=0,
            history=[(e.status, e.attempt, e.by) for e in order.history],
            cook=order.cook,
            error=order.error,
            result=order.result,
            progress=order.progress,
        )


@pytest.mark.timeout(300)  # when it fails, hypothesis looks for a shorter way to the failure
def test_the_book_agrees_with_the_model_whatever_is_asked(valkey: Server, tmp_path: Path) -> None:
    """Any sequence of requests, stale and wrong ones among them, leaves exactly what the table says."""

    class Machine(BookAgainstModel):
        server, directory = valkey, tmp_path

    run_state_machine_as_test(
        Machine, settings=how(max_examples=60, stateful_step_count=20, deadline=None, database=None)
    )
