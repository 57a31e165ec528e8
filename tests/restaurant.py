"""Order Up as real processes: opened whole by `orderup open`, or part by part."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from orders.valkey_server import PORT_FILE
from tests import http
from tests.ports import free_port

ORDERUP = Path(__file__).parents[1] / "orderup.py"
NUGGETS = {"items": [{"sku": "nuggets-6", "quantity": 1}]}
OPEN_WITHIN_S = 60.0
CLOSED_WITHIN_S = 40.0  # less than a kitchen may take its time, see --grace-s


def eventually(condition: Callable[[], Any], within_s: float = 30.0) -> Any:
    """Wait until `condition` gives something true, and return that."""
    deadline = time.monotonic() + within_s
    while not (outcome := condition()):
        assert time.monotonic() < deadline, f"not within {within_s:g} s"
        time.sleep(0.02)
    return outcome


def on_duty(crew: list[dict[str, Any]]) -> int:
    """How many of a crew, as `/api/kitchen` tells it, are there."""
    return sum(cook["on_duty"] and not cook["lost"] for cook in crew)


def is_outage(answer: httpx.Response) -> bool:
    """Whether Redis did not answer in time, and the customer is asked to come again."""
    problem = answer.headers.get("Content-Type") == "application/problem+json"
    return problem and answer.json()["type"] == "urn:orderup:problem:unavailable"


class Restaurant:
    """The command `orderup`, and all processes that descend from it, in a directory of their own.

    They are recognized by a mark in their environment, which every descendant inherits; Valkey, who
    overwrites his, by his working directory, which is the data directory or within it.
    """

    def __init__(self, directory: Path) -> None:
        self.data = directory / "a data directory"
        self._directory = directory
        self._mark = f"ORDERUP_TEST_MARK={secrets.token_hex(8)}"
        self.launcher: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that is expected to end by itself."""
        if arguments[0] == "open":
            self._keep_a_port(*arguments)
        return subprocess.run(
            self._command(*arguments),
            **self._surroundings(),
            capture_output=True,
            text=True,
            timeout=OPEN_WITHIN_S,
            check=False,
        )

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command that knows nothing of this restaurant but what is said."""
        return subprocess.run(
            [sys.executable, str(ORDERUP), *words],
            **self._surroundings(),
            capture_output=True,
            text=True,
            timeout=OPEN_WITHIN_S,
            check=False,
        )

    def open(self, *arguments: str) -> None:
        """Start `orderup open`, and wait until it has told where everything is."""
        self.start(*arguments)
        eventually(lambda: "Ctrl-C stops it" in self.told() or self._ended(), OPEN_WITHIN_S)

    def start(self, *arguments: str) -> None:
        self._keep_a_port(*arguments)
        with self._told.open("wb") as told, self._log.open("ab") as log:
            self.launcher = subprocess.Popen(
                self._command("open", "--port", "0", "--speed", "1000", *arguments),
                **self._surroundings(),
                stdout=told,
                stderr=log,
                start_new_session=True,
            )

    def _keep_a_port(self, *arguments: str) -> None:
        """As if its Valkey had run before, on a port of the test's own. The usual ones are those of all
        restaurants: another test's may take one while a Valkey is killed, or in the same moment.
        """
        folder = self.data / "workshop" if "--workshop" in arguments else self.data
        if not (folder / PORT_FILE).exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / PORT_FILE).write_text(str(free_port()))

    def _command(self, command: str, *arguments: str) -> list[str]:
        return [sys.executable, str(ORDERUP), command, "--data-dir", str(self.data), *arguments]

    def _surroundings(self) -> dict[str, Any]:
        foreign = {"REDIS_URL"} | {name for name in os.environ if name.startswith("ORDERUP_")}
        own = {name: value for name, value in os.environ.items() if name not in foreign}
        name, value = self._mark.split("=")
        return {"cwd": self._directory, "env": {**own, name: value}, "stdin": subprocess.DEVNULL}

    @property
    def _told(self) -> Path:
        return self._directory / "told"

    @property
    def _log(self) -> Path:
        return self._directory / "log"

    def told(self) -> str:
        return self._told.read_text()

    def log(self) -> str:
        return self._log.read_text()

    def _ended(self) -> bool:
        assert self.launcher is not None
        assert self.launcher.poll() is None, self.log()
        return False

    @property
    def address(self) -> str:
        found = re.search(r"kiosk +(http://\S+)/", self.told())
        assert found, self.told()
        return found[1]

    @property
    def valkey_port(self) -> int:
        found = re.search(r"redis-cli -u redis://127.0.0.1:(\d+)/0", self.told())
        assert found, self.told()
        return int(found[1])

    def place(self) -> str:
        """Place an order; its id. Asked again while Redis does not answer in time: so does a customer,
        and a machine that stands still for a moment makes an outage.
        """
        headers = {"Idempotency-Key": secrets.token_hex(8)}

        def answered() -> httpx.Response | None:
            answer = http.post(f"{self.address}/api/orders", json=NUGGETS, headers=headers)
            return None if is_outage(answer) else answer

        answer = eventually(answered)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def status(self, order_id: str) -> str | None:
        """What the order is; `None` while nobody can say."""
        try:
            answer = http.get(f"{self.address}/api/orders/{order_id}")
        except httpx.TransportError:
            return None
        return str(answer.json()["status"]) if answer.status_code == 200 else None

    def everybody(self) -> dict[int, str]:
        """All processes of this restaurant: process id → command line."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                marked = self._mark.encode() in (process / "environ").read_bytes().split(b"\0")
                if marked or (process / "cwd").resolve().is_relative_to(self.data):
                    words = (process / "cmdline").read_bytes().split(b"\0")
                    found[int(process.name)] = b" ".join(words).decode()
            except OSError:  # gone in the meantime
                continue
        return found

    def find(self, words: str) -> int | None:
        """The process with these words in its command line."""
        return next((pid for pid, line in self.everybody().items() if words in line), None)

    def kill(self, words: str) -> int:
        """Kill the process with these words in its command line, as `kill -9` does; its id."""
        pid = self.find(words)
        assert pid is not None, self.everybody()
        os.kill(pid, signal.SIGKILL)
        return pid

    def ctrl_c(self) -> None:
        """What a terminal does: SIGINT to the whole process group."""
        assert self.launcher is not None
        os.killpg(self.launcher.pid, signal.SIGINT)

    def exit_code(self) -> int:
        assert self.launcher is not None
        return self.launcher.wait(timeout=CLOSED_WITHIN_S)

    def clear(self) -> None:
        """Kill whoever is left."""
        for pid in self.everybody():
            with suppress(ProcessLookupError):  # gone with another
                os.kill(pid, signal.SIGKILL)
        if self.launcher is not None:
            self.exit_code()


@contextmanager
def opened(directory: Path, *arguments: str) -> Iterator[Restaurant]:
    """A restaurant that is open while inside."""
    restaurant = Restaurant(directory)
    try:
        restaurant.open(*arguments)
        yield restaurant
    finally:
        restaurant.clear()


class Parts:
    """Parts started one by one on a Redis that is there already, all on one store."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._store = f"test-{secrets.token_hex(4)}"
        self._started: list[subprocess.Popen[bytes]] = []

    def web(self, redis_url: str, *arguments: str) -> str:
        """Start a counter; its address."""
        before = self._addresses()
        self._start(redis_url, str(ORDERUP), "web", "--port", "0", *arguments)
        [address] = eventually(lambda: self._addresses() - before, OPEN_WITHIN_S)
        eventually(lambda: http.get(f"{address}/readyz").status_code == 200)
        return address

    def _addresses(self) -> set[str]:
        return set(re.findall(r"kiosk +(http://\S+)/", self.log()))

    def kitchen(self, redis_url: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a kitchen with `orderup kitchen`."""
        return self._start(redis_url, str(ORDERUP), "kitchen", "--speed", "1000", *arguments)

    def customer(self, *words: str) -> subprocess.Popen[bytes]:
        """Order with `orderup order`."""
        return self._start("", str(ORDERUP), "order", *words)

    def arq(self, redis_url: str) -> subprocess.Popen[bytes]:
        """Start a kitchen with arq's own command."""
        return self._start(redis_url, "-m", "arq", "kitchen.worker.WorkerSettings")

    def _start(self, redis_url: str, *words: str) -> subprocess.Popen[bytes]:
        own = {"REDIS_URL": redis_url, "ORDERUP_STORE": self._store, "ORDERUP_STAFF_PIN": "1234"}
        with (self._directory / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                cwd=ORDERUP.parent,
                env=os.environ | own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._started.append(process)
        return process

    def log(self) -> str:
        log = self._directory / "log"
        return log.read_text() if log.exists() else ""

    def clear(self) -> None:
        for process in self._started:
            process.kill()
            process.wait(timeout=CLOSED_WITHIN_S)
