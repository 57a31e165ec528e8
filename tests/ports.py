"""Ports for servers that a test starts, and may kill and start again.

A port that the kernel has given away ("any") is given to somebody else as soon as it is free for a
moment: before our server has it, or while it is down. So these are below those that a kernel gives; each
process of a test run has its own, and takes none twice.
"""

from __future__ import annotations

import os
import random
import socket
from itertools import cycle

PROCESSES = 16
PORTS = range(10_000, 32_000)

_MINE = PORTS[int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % PROCESSES :: PROCESSES]
_BEGIN = random.randrange(len(_MINE))  # two test runs on one machine begin at different ones
_next = cycle([*_MINE[_BEGIN:], *_MINE[:_BEGIN]])


def free_port() -> int:
    """A port that nobody has, and that nobody else is going to take."""
    return next(port for port in _next if _is_free(port))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
