"""What an order can be, and what may become of it.

The status names are Celery's, since that is where learners meet them elsewhere.
This table is the whole truth about transitions; the Lua script only applies it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Status(StrEnum):
    PENDING = "PENDING"  # in the queue
    STARTED = "STARTED"  # a cook has it
    RETRY = "RETRY"  # a cook failed or was given up; in the queue again
    SUCCESS = "SUCCESS"  # ready at the counter
    FAILURE = "FAILURE"  # the last attempt failed; staff decide
    COLLECTED = "COLLECTED"  # the customer has it
    REVOKED = "REVOKED"  # cancelled


class Actor(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    COOK = "cook"
    CLOCK = "clock"


ON_THE_BOARD = frozenset(
    {Status.PENDING, Status.STARTED, Status.RETRY, Status.SUCCESS, Status.FAILURE}
)
FINISHED = frozenset({Status.COLLECTED, Status.REVOKED})


@dataclass(frozen=True)
class Transition:
    """One row: who may take an order from `source` to `target`.

    `must_say_from`: only when the request names the source, so that a stale screen cannot
    bring an order back by accident.
    """

    source: Status
    target: Status
    actors: frozenset[Actor]
    must_say_from: bool = False


def _row(source: Status, target: Status, *actors: Actor, must_say_from: bool = False) -> Transition:
    return Transition(source, target, frozenset(actors), must_say_from)


TRANSITIONS = (
    _row(Status.PENDING, Status.STARTED, Actor.COOK, Actor.STAFF),
    _row(Status.RETRY, Status.STARTED, Actor.COOK, Actor.STAFF),
    _row(Status.STARTED, Status.SUCCESS, Actor.COOK, Actor.STAFF),
    _row(Status.STARTED, Status.RETRY, Actor.COOK),
    _row(Status.STARTED, Status.FAILURE, Actor.COOK),
    _row(Status.PENDING, Status.REVOKED, Actor.CUSTOMER, Actor.STAFF),
    _row(Status.RETRY, Status.REVOKED, Actor.STAFF),
    _row(Status.STARTED, Status.REVOKED, Actor.STAFF),
    _row(Status.SUCCESS, Status.COLLECTED, Actor.STAFF, Actor.CLOCK),
    _row(Status.COLLECTED, Status.SUCCESS, Actor.STAFF, must_say_from=True),  # recall
    _row(Status.FAILURE, Status.PENDING, Actor.STAFF, must_say_from=True),  # cook again
    _row(Status.FAILURE, Status.REVOKED, Actor.STAFF),  # close
)


@cache
def sources(target: Status, actor: Actor, said: Status | None = None) -> tuple[Status, ...]:
    """The statuses from which `actor` may take an order to `target`; empty when there is none.

    `said` is the status the actor believes the order has; `None` when not told.
    """
    return tuple(
        row.source
        for row in TRANSITIONS
        if row.target is target
        and actor in row.actors
        and (row.source is said if said is not None else not row.must_say_from)
    )
