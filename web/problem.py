"""A problem: what went wrong, as a value; and the errors that the counter itself raises.

Which error is which problem is told in web/problems.py, how it is answered in web/error_answers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RETRY_AFTER_S = 2


@dataclass(frozen=True)
class Problem:
    """`kind` is a name for programs, `title` says what happened, `detail` what is safe and to do."""

    status: int
    kind: str
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


class Unacceptable(Exception):
    """A request that cannot be understood, with the problem to answer."""

    def __init__(self, status: int, kind: str, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.problem = Problem(status, kind, title, detail, more=more)


class NobodyCooks(Exception):
    """No cook is on shift, and this counter takes no orders for the kitchen then."""


class NoSeat(Exception):
    """So many watch and wait that nobody else can wait here."""


class StaffOnly(Exception):
    """The staff's PIN is missing or wrong."""


class TooManyAttempts(Exception):
    """So many wrong PINs were tried that none is looked at for `wait_s`."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not heard for {wait_s:g} s")
        self.wait_s = wait_s


class TooManyRequests(Exception):
    """So much came from one address that nothing is taken from there for `wait_s`."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"nothing is taken for {wait_s:g} s")
        self.wait_s = wait_s
