"""What can be expected to go wrong is said in one sentence, without a traceback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.restaurant import Restaurant

COMMANDS = ("open", "web", "kitchen")


@pytest.fixture
def old_redis() -> Iterator[str]:
    """Answers like a Redis 6.2 that has nothing to say but what it is."""
    info = b"# Server\r\nredis_version:6.2.14\r\nrun_id:abc\r\nprocess_id:1\r\n"

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):  # who has been told enough just hangs up
                while asked := connection.recv(65536):
                    told = b"$%d\r\n%s\r\n" % (len(info), info)
                    for command in asked.split(b"*")[1:]:
                        connection.sendall(told if b"INFO" in command.upper() else b"+OK\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        listener.shutdown(socket.SHUT_RDWR)
    server.join(timeout=60)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_old_redis(restaurant: Restaurant, old_redis: str, command: str) -> None:
    """Redis below 7.0 is named with its version."""
    refused = restaurant.run(command, "--redis-url", old_redis)
    assert refused.returncode == 1
    assert _only_sentence(refused.stderr).startswith("Redis 7.0 or newer is needed")
    assert "6.2.14" in refused.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unreachable_redis(restaurant: Restaurant, command: str) -> None:
    """A Redis that is not there is named by its address, but never with its password; and the cure."""
    refused = restaurant.run(command, "--redis-url", "redis://:secret@127.0.0.1:1/0")
    assert refused.returncode == 1
    assert "redis://127.0.0.1:1/0" in _only_sentence(refused.stderr)
    assert "Start Redis there, or say with REDIS_URL where it is" in refused.stderr
    assert "secret" not in refused.stderr


def test_a_port_in_use(restaurant: Restaurant) -> None:
    """A port in use is named, and so is the way out; the private Valkey goes again."""
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = str(occupied.getsockname()[1])
        refused = restaurant.run("open", "--port", port)
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use" in _only_sentence(refused.stderr)
    assert "--port" in refused.stderr
    assert restaurant.everybody() == {}


@pytest.mark.parametrize(
    ("flag", "value", "variable"),
    [
        ("--port", "eighty", "ORDERUP_PORT"),
        ("--port", "70000", "ORDERUP_PORT"),
        ("--cooks", "0", "ORDERUP_COOKS"),
        ("--kitchen", "martians", "ORDERUP_KITCHEN"),
        ("--redis-url", "http://localhost", "REDIS_URL"),
        ("--staff-pin", "1", "ORDERUP_STAFF_PIN"),
    ],
)
def test_a_wrong_setting(restaurant: Restaurant, flag: str, value: str, variable: str) -> None:
    """A wrong setting is named as variable and as flag; exit code 2."""
    refused = restaurant.run("open", flag, value)
    assert refused.returncode == 2
    assert _only_sentence(refused.stderr).startswith(f"{variable} ({flag}): ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--menu", "missing.toml"),
        ("--certfile", "missing.pem"),
        ("--certfile", "missing.pem", "--keyfile", "missing.pem"),
        ("--host", "192.0.2.1"),
        ("--data-dir", "/dev/null/data"),
    ],
)
def test_what_cannot_be_used(restaurant: Restaurant, arguments: tuple[str, ...]) -> None:
    """Files, addresses and directories that are not there: a sentence, and nobody is left."""
    refused = restaurant.run("open", *arguments)
    assert refused.returncode == 1
    assert any(word in _only_sentence(refused.stderr) for word in arguments)
    assert restaurant.everybody() == {}


def _only_sentence(stderr: str) -> str:
    """The one line of an error message, without the word that introduces it."""
    lines = [line for line in stderr.splitlines() if line]
    assert len(lines) == 1, stderr
    return lines[0].removeprefix("Error: ")
