"""What cooks ask of the order book: slips to cook, and to note what has become of them.

A cook names the order, the attempt and himself: who was given up and comes back changes nothing.
"""

from __future__ import annotations

import json
import re
from typing import Any

from orders.claims import Claim, Slip
from orders.logs import step
from orders.model import MAX_RESULT_BYTES, MAX_STEPS_BYTES, Meal, Order
from orders.moves import Moves
from orders.states import Actor, Status, sources

STEP_NAME = r"[a-z0-9][a-z0-9-]{0,39}"


class Cooking(Moves):
    """The cooks' part of the book. Every method raises BookUnavailable while Redis is away."""

    async def claim(
        self, cook: str, at_most: int, lasts_ms: int, number: int | None = None
    ) -> Claim:
        """A cook takes the slips that have waited longest, at most so many, and starts their orders.

        `lasts_ms` is how long arq's own claim lasts. `number` grows with each answer the cook gets: a
        claim sent again with the same number gets the same slips. A slip that is not an order's, or
        is void, is claimed all the same: arq knows what to do with it.
        """
        ask: dict[str, Any] = {"cook": cook, "at_most": at_most, "lasts_ms": lasts_ms}
        ask["from"] = sources(Status.STARTED, Actor.COOK)
        ask |= {"by": f"cook:{cook}"} | ({} if number is None else {"number": number})
        claimed, started, next_ms = await self._gateway.script("claim", ask)
        slips = tuple(map(Slip.parse, claimed, started))
        for meal in filter(None, (slip.meal for slip in slips)):
            step(meal.order_id, "%s STARTED by cook:%s", meal.reference, cook)
        return Claim(slips, None if next_ms < 0 else next_ms / 1000)

    async def start(self, order_id: str, attempt: int, cook: str) -> Order:
        """A cook claims an attempt; the same claim sent again gets the same answer.

        Raises TransitionRefused when somebody else has it, or it is over.
        """
        return await self._move(
            order_id,
            Status.STARTED,
            Actor.COOK,
            attempt=attempt,
            cook=cook,
            keep_slip=True,
            by=f"cook:{cook}",
        )

    async def report(self, order_id: str, attempt: int, cook: str, done: int, of: int) -> bool:
        """A cook's progress, `done` of `of` steps. False when the order is no longer this cook's."""
        ask = {"id": order_id, "attempt": attempt, "held_by": cook, "progress": f"{done}/{of}"}
        return bool(await self._gateway.script("report", ask))

    async def keep_step(
        self, meal: Meal, cook: str, number: int, name: str, result: object
    ) -> bool:
        """A cook has finished a step of portion `number`, and what it returned is kept.

        False when the order is no longer this cook's. Raises ValueError for a name or a result that
        cannot be kept.
        """
        if not re.fullmatch(STEP_NAME, name):
            raise ValueError(f"{name!r} is no name of a step: small letters, figures and dashes.")
        ask = {"id": meal.order_id, "attempt": meal.attempt, "held_by": cook}
        ask |= {"mark": f"{number} {meal.portions[number].sku} {name}", "most": MAX_STEPS_BYTES}
        kept = await self._gateway.script("step", ask | {"result": _small_json(result)})
        if kept < 0:
            raise ValueError(f"The steps of an order have {MAX_STEPS_BYTES} bytes together.")
        return bool(kept)

    async def finish(
        self,
        order_id: str,
        attempt: int,
        cook: str,
        result: object = None,
        steps: int | None = None,
    ) -> None:
        """A cook is done: SUCCESS, with a small JSON `result` (None: there is none).

        `steps` is how many there were to report; all of them are done now.

        Raises TransitionRefused when the order is no longer this cook's, ValueError for a result
        that is not JSON or larger than MAX_RESULT_BYTES.
        """
        stored = {} if result is None else {"result": _small_json(result)}
        if steps is not None:
            stored["progress"] = f"{steps}/{steps}"
        mine: dict[str, Any] = {"attempt": attempt, "held_by": cook, "by": f"cook:{cook}"}
        await self._moved(order_id, Status.SUCCESS, Actor.COOK, quiet=True, **mine | stored)

    async def retry(
        self, order_id: str, attempt: int, cook: str, error: str, delay_ms: int
    ) -> Order:
        """A cook failed: RETRY after `delay_ms`, or FAILURE when that was the last attempt."""
        return await self._move_as_cook(
            order_id, Status.RETRY, attempt, cook, error=error, delay_ms=delay_ms
        )

    async def fail(self, order_id: str, attempt: int, cook: str, error: str) -> Order:
        """A cook sees that no attempt can succeed: FAILURE, whatever attempts are left."""
        return await self._move_as_cook(order_id, Status.FAILURE, attempt, cook, error=error)

    async def put_back(self, order_id: str, attempt: int, cook: str) -> Order:
        """A cook goes home before the order is done: at once back to the crew, and not counted."""
        return await self._move_as_cook(order_id, Status.RETRY, attempt, cook, forgiven=True)

    async def give_up(self, order_id: str, cook: str) -> Order:
        """`cook` is lost: the order goes back to the crew at once, as a new attempt."""
        error = f"The cook {cook} was lost."
        return await self._move(
            order_id, Status.RETRY, Actor.COOK, held_by=cook, error=error, by="crew"
        )

    async def _move_as_cook(
        self, order_id: str, target: Status, attempt: int, cook: str, **more: Any
    ) -> Order:
        by = f"cook:{cook}"
        return await self._move(
            order_id, target, Actor.COOK, attempt=attempt, held_by=cook, by=by, **more
        )


def _small_json(result: object) -> str:
    try:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"The result is not JSON: {error}.") from error
    if len(text.encode()) > MAX_RESULT_BYTES:
        raise ValueError(f"The result is larger than {MAX_RESULT_BYTES} bytes.")
    return text
