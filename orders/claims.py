"""What a cook gets for a claim: slips, and on each the meal of an order that is STARTED with it."""

from __future__ import annotations

from dataclasses import dataclass

from orders.model import Meal, portions_of


@dataclass(frozen=True, slots=True)
class Slip:
    """A claimed job of arq's: its id and score, and the meal of the order that is STARTED with it.

    `None` when it is no order's, is void, or the order was started by an earlier claim.
    """

    job_id: str
    score: int
    meal: Meal | None

    @classmethod
    def parse(cls, claimed: tuple[str, str], started: list[str]) -> Slip:
        """Read a claim's answer; `started` is the order's number and its portions, or empty."""
        (job_id, score), meal = claimed, None
        if started:
            _, order_id, attempt = job_id.rsplit(":", 2)
            meal = Meal(order_id, int(attempt), started[0], portions_of(started[1]))
        return cls(job_id, int(float(score)), meal)


@dataclass(frozen=True, slots=True)
class Claim:
    """The slips a cook has got, and when the next one falls due.

    `next_s`: seconds from now; `None` when no slip waits for its time.
    """

    slips: tuple[Slip, ...]
    next_s: float | None
