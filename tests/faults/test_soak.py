"""The soak in its short form; `make soak` is the long one."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from .soak import Minima, soak

SECONDS = 10  # and until each fault was there once


@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled_whatever_happens(tmp_path: Path) -> None:
    """Each fault at least once, while customers order, insist, and tap twice."""
    assert [] == await soak(
        tmp_path,
        seconds=SECONDS,
        seed=secrets.randbelow(10**6),
        minima=Minima(orders=50, of_each_fault=1),
        say=print,
    )
