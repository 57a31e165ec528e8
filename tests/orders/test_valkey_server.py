"""The private Valkey's server process."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis

from orders.valkey import PrivateValkey, private_valkey
from orders.valkey_server import (
    PORT_FILE,
    PORTS,
    WRITERS_NICENESS,
    answers,
    choose_port,
    valkey_server,
)
from tests.conftest import eventually
from tests.ports import free_port


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the kernel tells of no children")
async def test_who_writes_the_file_anew_gives_way(tmp_path: Path) -> None:
    """It has less of the processors than the server, which goes on to answer."""
    port = free_port()  # not one that a restaurant of another test may choose in the same moment
    lock = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    async with valkey_server(tmp_path, port, lock) as server, Redis(port=port) as redis:
        assert await answers(server, port)
        await redis.mset({str(number): "an order" for number in range(400)})
        await redis.config_set(
            "rdb-key-save-delay", 100_000
        )  # µs for each key: it takes forty seconds
        await redis.bgrewriteaof()
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        writer = int(await eventually(children.read_text))
        await eventually(lambda: WRITERS_NICENESS == os.getpriority(os.PRIO_PROCESS, writer))
        assert os.getpriority(os.PRIO_PROCESS, server.pid) < WRITERS_NICENESS
    os.close(lock)


async def test_many_may_start_in_the_same_moment(tmp_path: Path) -> None:
    """Each finds a port of its own, though none of them is taken while they look."""
    async with AsyncExitStack() as open_ones:

        async def start(name: str) -> PrivateValkey:
            return await open_ones.enter_async_context(private_valkey(tmp_path / name))

        started = await asyncio.gather(*(start(name) for name in "abcdefgh"))
        assert 8 == len({valkey.url for valkey in started})


@pytest.mark.parametrize("kept", ["", "no number", "99999", "-1"])
def test_a_spoilt_port_file_does_no_harm(kept: str, tmp_path: Path) -> None:
    """Another port is chosen, as if there were no file."""
    (tmp_path / PORT_FILE).write_text(kept)
    assert choose_port(tmp_path) in PORTS


async def test_nobody_takes_the_port_of_one_that_is_pulled_out(tmp_path: Path) -> None:
    """It refuses, whoever looks for a port passes it by, and it is there for its owner."""
    own, other, port = tmp_path / "own", tmp_path / "other", free_port()
    for directory in (own, other):  # a port that no restaurant of another test may choose
        directory.mkdir()
        (directory / PORT_FILE).write_text(str(port))
    async with private_valkey(own) as valkey, Redis.from_url(valkey.url) as redis:
        assert valkey.url.endswith(f":{port}/0")
        await redis.set("order", "101")
        valkey.pull_out()
        await eventually(lambda: not accepts(port))
        await eventually(lambda: is_held(port))
        assert port != choose_port(other)
        assert not accepts(port)
        valkey.put_back()
        await eventually(lambda: accepts(port))
        assert b"101" == await eventually(lambda: redis.get("order"))


def is_held(port: int) -> bool:
    """Whether somebody has the port; to look as `choose_port` does would be in its way."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return 0 == probe.connect_ex(("127.0.0.1", port))
