"""The bell on the counter."""

from __future__ import annotations

import asyncio
import time

import pytest

from kitchen import bell as bell_module
from kitchen.bell import FIRST_PAUSE_S, Bell
from tests.conftest import PATIENCE_S, Server


async def test_a_silent_bell_is_not_asked_without_pause(own_valkey: Server) -> None:
    """While Redis is away the crew listens again with growing pauses, not as fast as it can."""
    own_valkey.kill()
    bell, began = Bell(own_valkey.url, "bell"), time.monotonic()
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(5):
            assert not await bell.heard()
    shortest_s = sum(FIRST_PAUSE_S * 2**n / 2 for n in range(5))
    assert time.monotonic() - began > 0.99 * shortest_s
    await bell.close()


async def test_a_ring_waits_for_a_listener(
    own_valkey: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that nobody was listening for is heard by the next who listens."""
    monkeypatch.setattr(bell_module, "RING_WITHIN_S", PATIENCE_S)
    bell = Bell(own_valkey.url, "bell")
    await bell.ring()
    async with asyncio.timeout(PATIENCE_S):
        assert await bell.heard()
    await bell.close()
