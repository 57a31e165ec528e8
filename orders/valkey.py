"""The private Valkey of a data directory, and the guardian who keeps it.

`private_valkey` is the launcher's side: it starts the guardian, `python -m orders.valkey`, which
starts Valkey, says on standard output which port it took, and starts it again there when it dies.
The guardian stops at nothing but the closing of its standard input, neither Ctrl-C nor SIGTERM. The
other end of that pipe, the *hold*, is inherited by everybody who writes to the book, so Valkey
goes last, also when the launcher is killed or the whole machine shuts down.

    launcher ──starts──► guardian ──starts──► valkey-server
       │ ▲                  ▲ stdin
       │ └────── port ──────│──
       └─ hold ─► web ──────┤   closed when the last of the three is gone
       └─ hold ─► kitchen ──┘

Neither side knows an order or a key. The guardian imports the standard library alone: it is up within
a tenth of a second. Linux and macOS only.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orders import logs
from orders.upkeep import keep_up
from orders.valkey_server import (
    HOST,
    LOG_FILE,
    ValkeyError,
    answers,
    choose_port,
    hold_place,
    keep_port,
    pulled_by_signals,
    valkey_server,
)

__all__ = ["PrivateValkey", "ValkeyError", "private_valkey"]

# Two locks, since two things are asked. Is another launcher at work here? Then give up at once.
# Is somebody still writing, though his launcher was killed? Then he is leaving: wait for him.
LAUNCHER_LOCK = "launcher.lock"
VALKEY_LOCK = "valkey.lock"

PREDECESSOR_S = 20.0
GOODBYE_S = 15.0
START_ATTEMPTS = 5  # others may start in the same moment, and be quicker to the port

log = logging.getLogger(__name__)


@dataclass
class PrivateValkey:
    """A Valkey that answers at `url`, and goes when the last copy of `hold` is closed."""

    url: str
    hold: int
    _guardian: list[int]  # his process id, in the end

    def pull_out(self) -> None:
        """Kill it, and leave it so until it is put back. (The workshop shows what happens then.)"""
        os.kill(self._guardian[-1], signal.SIGUSR1)

    def put_back(self) -> None:
        """Start it again on its data and its port."""
        os.kill(self._guardian[-1], signal.SIGUSR2)


@asynccontextmanager
async def private_valkey(
    directory: Path, log_form: logs.Form = "text"
) -> AsyncIterator[PrivateValkey]:
    """A Valkey on the data in `directory`, kept up until leaving, stopped then.

    Raises ValkeyError.
    """
    ear, hold = os.pipe()
    with (
        os.fdopen(ear, "rb") as stdin,
        os.fdopen(hold, "wb") as holding,
        _lock_file(directory, LAUNCHER_LOCK) as lock,
    ):
        if not _claim(lock):
            raise _in_use(directory, lock)
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        born: list[int] = []

        def life() -> Coroutine[Any, Any, int]:
            return _guardian(directory, stdin.fileno(), port, log_form, born)

        guarding = asyncio.create_task(keep_up("the guardian of Valkey", life))
        try:
            either: set[asyncio.Future[Any]] = {guarding, port}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if guarding.done():
                await guarding  # raises
            yield PrivateValkey(f"redis://{HOST}:{port.result()}/0", holding.fileno(), born)
        finally:
            holding.close()
            guarding.cancel()
            await asyncio.wait({guarding})


async def _guardian(
    directory: Path, stdin: int, port: asyncio.Future[int], log_form: logs.Form, born: list[int]
) -> int:
    """One life of a guardian. The first decides about the port, those after him insist on it."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    guardian = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "orders.valkey", str(directory)),
        *((str(port.result()),) if port.done() else ()),
        env={**os.environ, "PYTHONPATH": path, "ORDERUP_LOG": log_form},
        stdin=stdin,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert guardian.stdout is not None
    born[:] = [guardian.pid]
    try:
        report = json.loads(await guardian.stdout.readline() or '{"error": "The guardian died."}')
        if not port.done():
            if "error" in report:
                raise ValkeyError(report["error"])
            port.set_result(report["port"])
        elif "error" in report:
            log.error("%s", report["error"])
        return await guardian.wait()
    except asyncio.CancelledError:
        # The hold is closed by now. He stops Valkey, as soon as nobody else has a copy of it.
        await asyncio.wait({asyncio.create_task(guardian.wait())}, timeout=GOODBYE_S)
        raise


def main() -> int:
    """The guardian: `python -m orders.valkey DIRECTORY [PORT]`, a pipe on standard input."""
    logs.begin("valkey", "json" if os.environ.get("ORDERUP_LOG") == "json" else "text")
    for deaf_to in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(deaf_to, signal.SIG_IGN)
    directory, *port = sys.argv[1:]
    try:
        asyncio.run(_until_stdin_closes(Path(directory), int(port[0]) if port else None))
    except asyncio.CancelledError:
        return 0
    except ValkeyError as error:
        _report(error=str(error))
        return 1
    return 0


async def _until_stdin_closes(directory: Path, port: int | None) -> None:
    loop, guarding = asyncio.get_running_loop(), asyncio.current_task()
    assert guarding is not None

    def stdin_closed() -> None:
        loop.remove_reader(0)
        guarding.cancel()

    loop.add_reader(0, stdin_closed)  # nobody ever writes: readable means closed
    with _lock_file(directory, VALKEY_LOCK) as lock:
        await _wait_for_predecessor(directory, lock)
        await _guard(directory, port, lock)


async def _wait_for_predecessor(directory: Path, lock: int) -> None:
    try:
        async with asyncio.timeout(PREDECESSOR_S):
            while not _claim(lock):  # noqa: ASYNC110, flock(2) knows no time limit
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise _in_use(directory, lock) from None


async def _guard(directory: Path, port: int | None, lock: int) -> None:
    """Keep a Valkey up. Once its port was told to somebody, it is that port or none."""
    told, failures = False, 0
    present = asyncio.Event()
    present.set()
    place: socket.socket | None = None

    async def live() -> int:
        nonlocal port, told, failures, place
        await present.wait()
        chosen = port or choose_port(directory)
        if place is not None:
            place.close()
        async with valkey_server(directory, chosen, lock) as server:
            pulled_by_signals(present, server)
            if await answers(server, chosen):
                if not told:
                    keep_port(directory, chosen)
                    _report(port=chosen)
                    port, told = chosen, True
            elif not told and (failures := failures + 1) == START_ATTEMPTS:
                raise ValkeyError(f"Valkey does not start; {directory / LOG_FILE} says why.")
            ended = await server.wait()
        place = hold_place(chosen) if told else None
        return ended

    await keep_up("valkey", live)


def _report(**line: str | int) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")


@contextmanager
def _lock_file(directory: Path, name: str) -> Iterator[int]:
    """The descriptor of a lock file. Its lock lasts until the last process that has it is gone."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(directory / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ValkeyError(f"The data directory {directory}: {error.strerror}.") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _claim(lock: int) -> bool:
    """Lock the file unless somebody else has it, and leave our process id in it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return True


def _in_use(directory: Path, lock: int) -> ValkeyError:
    owner = os.pread(lock, 20, 0).decode() or "unknown"
    return ValkeyError(
        f"The data directory {directory} is in use by another Order Up (process {owner}); "
        "stop that one, or choose another directory with --data-dir."
    )


if __name__ == "__main__":
    sys.exit(main())
