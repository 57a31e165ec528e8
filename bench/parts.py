"""What scenarios are made of: a Valkey, our web and kitchen, the peers' processes, and their cost.

Everything listens on 127.0.0.1 and on a free port, and is stopped on leaving. Only what was started
here is stopped.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from redis.asyncio import Redis

from bench.harness import NotHere
from orders.valkey_server import OPTIONS, _binary, _die_with_parent, writers_give_way

HOME = Path(__file__).parents[1]
PEERS = HOME / ".venv-bench"  # made by `make bench` from bench/requirements.lock
START_S, STOP_S = 30.0, 15.0
OURS = {
    "ORDERUP_STAFF_PIN": "1234",
    "ORDERUP_MENU": str(HOME / "bench" / "menu.toml"),
    "ORDERUP_RECIPES": str(HOME / "bench" / "recipes"),
    "ORDERUP_WAITING_LIMIT": "1000000",
}


@dataclass(frozen=True)
class Program:
    """A running process, and what it started."""

    pid: int
    log: Path

    def family(self) -> list[int]:
        """Its id and those of all who descend from it."""
        found = [self.pid]
        for pid in found:
            with suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    found += map(int, (task / "children").read_text().split())
        return found

    def cpu_s(self) -> float:
        """Seconds of CPU used so far, by its family that is still alive."""
        ticks = 0
        for pid in self.family():
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> int:
        """Proportional set size of its family."""
        total = 0
        for pid in self.family():
            with suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
        return total


@dataclass(frozen=True)
class Valkey(Program):
    """A Valkey on a fresh directory."""

    port: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@dataclass(frozen=True)
class Web(Program):
    """A web server that answers."""

    address: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def program(
    folder: Path, name: str, *words: str, gently: bool = False, **environment: str
) -> AsyncIterator[Program]:
    """A process, its output in `<folder>/<name>.log`; killed on leaving, or asked first."""
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *words,
            cwd=HOME,
            env={**surroundings(), **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent(),  # should this process be killed before it can stop them
        )
    try:
        yield Program(process.pid, log)
        if process.returncode is not None:
            raise RuntimeError(f"{name} ended: {_last_words(log)}")
    finally:
        await _stop(process, gently=gently)


def surroundings() -> dict[str, str]:
    """Our environment without anybody's settings."""
    foreign = ("ORDERUP_", "REDIS_", "CELERY_", "BENCH_")
    return {key: value for key, value in os.environ.items() if not key.startswith(foreign)}


async def _stop(process: asyncio.subprocess.Process, *, gently: bool) -> None:
    """Take away its whole session, children without a parent included; what counts is counted by now."""
    if gently:
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _last_words(log: Path) -> str:
    return " / ".join(log.read_text(errors="replace").splitlines()[-8:])


@asynccontextmanager
async def valkey(folder: Path) -> AsyncIterator[Valkey]:
    """A Valkey as `orderup open` runs its own: append-only file, fsync before each answer."""
    data, port = folder / "valkey", free_port()
    data.mkdir()
    options = {**OPTIONS, "dir": str(data), "logfile": ""}
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    async with program(folder, "valkey", str(_binary()), "--port", str(port), *words) as server:
        async with redis(port) as client, asyncio.timeout(START_S):
            while not await _pongs(client):
                await asyncio.sleep(0.01)
        giving_way = asyncio.create_task(writers_give_way(server.pid))
        try:
            yield Valkey(server.pid, server.log, port)
        finally:
            giving_way.cancel()


async def _pongs(client: Redis) -> bool:
    try:
        return bool(await client.ping())
    except (OSError, ConnectionError):
        return False
    except Exception as error:  # noqa: BLE001 - redis-py's own tree: refused, or still loading
        return "Connection" not in type(error).__name__ and "Busy" not in type(error).__name__


@asynccontextmanager
async def redis(port: int) -> AsyncIterator[Redis]:
    """A client for bookkeeping; texts, not bytes."""
    client = Redis(port=port, decode_responses=True)
    try:
        yield client
    finally:
        await client.aclose()


@asynccontextmanager
async def web(folder: Path, name: str, port: int, *words: str, **env: str) -> AsyncIterator[Web]:
    """Any web server, once it accepts connections on `port`."""
    async with program(folder, name, *words, **env) as server:
        await accepts(port, server)
        yield Web(server.pid, server.log, f"http://127.0.0.1:{port}")


async def accepts(port: int, server: Program) -> None:
    """Wait until somebody listens on the port."""
    try:
        async with asyncio.timeout(START_S):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise RuntimeError(f"does not listen on {port}: {_last_words(server.log)}") from None


@asynccontextmanager
async def our_web(folder: Path, redis_url: str, **settings: str) -> AsyncIterator[Web]:
    """Our counter as it is delivered, on Hypercorn; settings as `ORDERUP_…` variables."""
    port = free_port()
    env = {**OURS, "REDIS_URL": redis_url, "ORDERUP_PORT": str(port), **settings}
    async with web(folder, "web", port, sys.executable, "orderup.py", "web", **env) as server:
        await ready(server)
        yield server


async def ready(server: Web) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(START_S):
        while not (await client.get(f"{server.address}/readyz")).is_success:
            await asyncio.sleep(0.05)


@asynccontextmanager
async def our_kitchen(folder: Path, redis_url: str, **settings: str) -> AsyncIterator[Program]:
    """Our crew, one process, started but perhaps not on shift yet."""
    env = {**OURS, "REDIS_URL": redis_url, **settings}
    async with program(folder, "kitchen", sys.executable, "orderup.py", "kitchen", **env) as crew:
        yield crew


def peer(program_name: str) -> str:
    """The path of a program of the peers' environment. Raises NotHere."""
    path = PEERS / "bin" / program_name
    if not path.exists():
        raise NotHere(f"{path.relative_to(HOME)} is missing; `make bench` installs it")
    return str(path)
