"""The bell on the counter."""

from __future__ import annotations

import asyncio

from kitchen.bell import Bell
from tests.conftest import Server


async def test_a_silent_bell_is_not_asked_without_pause(own_valkey: Server) -> None:
    """While Redis is away the crew listens again with growing pauses, not as fast as it can."""
    own_valkey.kill()
    bell, asked = Bell(own_valkey.url, "bell"), 0
    try:
        async with asyncio.timeout(1.5):
            while True:
                assert not await bell.heard()
                asked += 1
    except TimeoutError:
        assert 2 <= asked <= 20
    finally:
        await bell.close()


async def test_a_ring_waits_for_a_listener(own_valkey: Server) -> None:
    """A token that nobody was listening for is heard by the next who listens."""
    bell = Bell(own_valkey.url, "bell")
    await bell.ring()
    async with asyncio.timeout(5):
        assert await bell.heard()
    await bell.close()
