"""The lifeline: a part goes when its keeper is gone, whatever it is doing."""

from __future__ import annotations

import subprocess
import sys

from tests.restaurant import ORDERUP

PART = """
import signal
from orders.upkeep import follow_lifeline
follow_lifeline(0.1)
{deaf}
print("working", flush=True)
while True:
    pass
"""


def test_a_busy_part_stops_as_on_sigterm() -> None:
    """A cut lifeline is noticed by a process that never looks up from its work."""
    assert _exit_code_after_cut(deaf="") == -15


def test_a_part_that_does_not_stop_just_goes() -> None:
    """Whoever ignores the signal is ended all the same."""
    assert _exit_code_after_cut(deaf="signal.signal(signal.SIGTERM, signal.SIG_IGN)") == 1


def _exit_code_after_cut(deaf: str) -> int:
    with subprocess.Popen(
        [sys.executable, "-c", PART.format(deaf=deaf)],
        cwd=ORDERUP.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as part:
        assert part.stdin is not None
        assert part.stdout is not None
        assert part.stdout.readline() == b"working\n"
        part.stdin.close()
        return part.wait(timeout=60)
