"""Counting for the rate limit, with the library `limits`. It knows no requests.

Source of the headers: draft-ietf-httpapi-ratelimit-headers-10.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from limits import parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

MOST_WINDOWS = 20_000  # some 5 MB


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wait_s`: how long nothing more is taken from there; 0, it is within the limits.
    `left` is the header `RateLimit`.
    """

    wait_s: float
    left: str


class RateCount:
    """Fixed windows: an address costs two numbers, however much it sends. For a moment, where one
    window ends and the next begins, up to twice as much may pass.
    """

    def __init__(self, text: str) -> None:
        self._limits = {f'"{limit.get_expiry()}s"': limit for limit in parse_many(text)}
        self._limiter = FixedWindowRateLimiter(Windows())
        self.policy = ", ".join(
            f"{name};q={limit.amount};w={limit.get_expiry()}"
            for name, limit in self._limits.items()
        )

    def hit(self, who: str) -> Verdict:
        """`who` asks for one more. What one limit refuses is not counted by the others either."""
        used_up = [limit for limit in self._limits.values() if not self._limiter.test(limit, who)]
        wait_s, left = 0.0, []
        for name, limit in self._limits.items():
            if not used_up:
                self._limiter.hit(limit, who)
            ends, remaining = self._limiter.get_window_stats(limit, who)
            ends_in_s = max(ends - time.monotonic(), 0.001)
            left.append(f"{name};r={remaining};t={round(ends_in_s)}")
            wait_s = max(wait_s, ends_in_s) if limit in used_up else wait_s
        return Verdict(wait_s, ", ".join(left))


class Windows(Storage):
    """Where `limits` keeps its counts. Its own memory looks through all addresses at every request;
    here one is a dictionary's entry, and when there are too many the one that began first is forgotten,
    so that nobody with a million addresses can fill the memory.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()  # when it ends, how many

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        ends, count = self._windows.get(key, (0.0, 0))
        if ends <= time.monotonic():
            self._windows.pop(key, None)
            ends, count = time.monotonic() + expiry, 0
        self._windows[key] = ends, count + amount
        if len(self._windows) > MOST_WINDOWS:
            self._windows.popitem(last=False)
        return count + amount

    def get(self, key: str) -> int:
        ends, count = self._windows.get(key, (0.0, 0))
        return count if ends > time.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, by the monotonic clock."""
        return self._windows.get(key, (time.monotonic(), 0))[0]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        self._windows.pop(key, None)
