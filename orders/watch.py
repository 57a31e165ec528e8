"""Watching the crew's beats: who is on shift, and who has not been heard for too long.

A beat that stands still means little by itself, since the watcher may have been cut off as well. So a
cook counts as lost only after the watcher's *own* contact with Redis held without a break while that
beat did not change. Both sides watch: the crew to take over, the counter to tell customers.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

LOST_AFTER_S = 4.0


class CrewWatch:
    """What one process has seen of the beats (`OrderBook.crew`).

    `every_s` is how often it looks while all is well; a pause twice as long breaks its contact.
    """

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._contact_since = self._observed_at = time.monotonic()
        self._seen: dict[str, tuple[str, float]] = {}  # cook → beat, and since when it is that one

    def observe(self, beats: Mapping[str, str]) -> None:
        """Take note of the beats just read."""
        now = time.monotonic()
        if now - self._observed_at > 2 * self._every_s:  # stopped itself, or far too busy
            self._contact_since = now
        self._observed_at = now
        self._seen = {
            name: self._seen[name] if self._seen.get(name, ("", 0.0))[0] == beat else (beat, now)
            for name, beat in beats.items()
        }

    def contact_lost(self) -> None:
        """Redis did not answer: what was not seen until now may have happened unseen."""
        self._contact_since = time.monotonic()

    @property
    def beats(self) -> list[str]:
        """What each of them said last."""
        return [beat for beat, _ in self._seen.values()]

    @property
    def on_roster(self) -> frozenset[str]:
        """Every cook whose name stands there, heard or not."""
        return frozenset(self._seen)

    def silent_s(self, name: str) -> float:
        """For how long this cook's beat has stood still, as far as it was watched."""
        return self._observed_at - self._seen[name][1] if name in self._seen else 0.0

    @property
    def in_doubt(self) -> bool:
        """Whether some beat stood still between the last two looks: it is time to look more often."""
        return any(since < self._observed_at for _, since in self._seen.values())

    @property
    def lost(self) -> frozenset[str]:
        """The cooks that were not heard any more when the beats were last read."""
        return frozenset(
            name
            for name, (_, since) in self._seen.items()
            if self._observed_at - max(since, self._contact_since) > LOST_AFTER_S
        )

    @property
    def on_shift(self) -> frozenset[str]:
        """The cooks of whom nothing bad is known."""
        return self.on_roster - self.lost
