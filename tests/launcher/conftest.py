"""A restaurant opened by `orderup open`, as a real process with everything below it."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ORDERUP = Path(__file__).parents[2] / "orderup.py"
OPEN_WITHIN_S = 20.0
CLOSED_WITHIN_S = 20.0


def eventually(condition: Callable[[], Any], within_s: float = 15.0) -> Any:
    """Wait until `condition` gives something true, and return that."""
    deadline = time.monotonic() + within_s
    while not (outcome := condition()):
        assert time.monotonic() < deadline, f"not within {within_s:g} s"
        time.sleep(0.02)
    return outcome


class Restaurant:
    """The command `orderup`, and all processes that descend from it, in a directory of their own.

    They are recognized by a mark in their environment, which every descendant inherits; Valkey, who
    overwrites his, by his working directory.
    """

    def __init__(self, directory: Path) -> None:
        self.data = directory / "a data directory"
        self._directory = directory
        self._mark = f"ORDERUP_TEST_MARK={secrets.token_hex(8)}"
        self.launcher: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that is expected to end by itself."""
        return subprocess.run(
            self._command(*arguments),
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
        with self._told.open("wb") as told, self._log.open("ab") as log:
            self.launcher = subprocess.Popen(
                self._command("open", "--port", "0", "--speed", "1000", *arguments),
                **self._surroundings(),
                stdout=told,
                stderr=log,
                start_new_session=True,
            )

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
        """Place an order; its id."""
        answer = httpx.post(
            f"{self.address}/api/orders", json={"items": [{"sku": "nuggets-6", "quantity": 1}]}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def status(self, order_id: str) -> str | None:
        """What the order is; `None` while nobody can say."""
        try:
            answer = httpx.get(f"{self.address}/api/orders/{order_id}")
        except httpx.TransportError:
            return None
        return str(answer.json()["status"]) if answer.status_code == 200 else None

    def everybody(self) -> dict[int, str]:
        """All processes of this restaurant: process id → command line."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                marked = self._mark.encode() in (process / "environ").read_bytes().split(b"\0")
                if marked or (process / "cwd").resolve() == self.data:
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


@pytest.fixture
def restaurant(tmp_path: Path) -> Iterator[Restaurant]:
    """A restaurant; whoever is left of it at the end is killed."""
    restaurant = Restaurant(tmp_path)
    yield restaurant
    for pid in restaurant.everybody():
        os.kill(pid, signal.SIGKILL)
    if restaurant.launcher is not None:
        restaurant.exit_code()
