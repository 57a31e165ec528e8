"""The private Valkey's server process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from redis.asyncio import Redis

from orders.valkey_server import WRITERS_NICENESS, answers, choose_port, valkey_server
from tests.conftest import eventually


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the kernel tells of no children")
async def test_who_writes_the_file_anew_gives_way(tmp_path: Path) -> None:
    """It has less of the processors than the server, which goes on to answer."""
    port = choose_port(tmp_path)
    lock = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    async with valkey_server(tmp_path, port, lock) as server, Redis(port=port) as redis:
        assert await answers(server, port)
        await redis.mset({str(number): "an order" for number in range(100)})
        await redis.config_set(
            "rdb-key-save-delay", 100_000
        )  # µs for each key: it takes ten seconds
        await redis.bgrewriteaof()
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        writer = int(await eventually(children.read_text))
        await eventually(lambda: WRITERS_NICENESS == os.getpriority(os.PRIO_PROCESS, writer))
        assert os.getpriority(os.PRIO_PROCESS, server.pid) < WRITERS_NICENESS
    os.close(lock)
