"""The back-up of docs/operations.md, done to the letter."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from redis import Redis

from tests.restaurant import Restaurant, eventually

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"

# What `redis-cli -p <port>` does, for machines that have none.
CLI = f"""#!{sys.executable}
import sys
from redis import Redis
_, _, port, *command = sys.argv
with Redis(port=int(port), decode_responses=True) as redis:
    redis.set_response_callback("INFO", lambda answer, **_: answer)
    print(redis.execute_command(*command))
"""


def commands() -> list[str]:
    """The two blocks of the page: how a copy is taken, and how it is put in place."""
    part = PAGE.read_text(encoding="utf-8").split("## Back-up and restore")[1].split("\n## ")[0]
    return re.findall(r"(?:^ {6}.+\n)+", part, re.MULTILINE)


def test_a_copy_of_a_running_restaurant_is_put_in_place_again(
    restaurant: Restaurant, tmp_path: Path
) -> None:
    """What was open is cooked, what was ready is there, what came later is not; Valkey is as before."""
    (tmp_path / "redis-cli").write_text(CLI)
    (tmp_path / "redis-cli").chmod(0o755)

    def run(block: str) -> None:
        words = block.replace("<port>", str(port)).replace(
            "orderup-data", f"'{restaurant.data.name}'"
        )
        path = f"{tmp_path}:{os.environ['PATH']}"
        done = subprocess.run(
            ["/bin/sh", "-e", "-c", words],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert 0 == done.returncode, done.stderr

    copy, restore = commands()
    restaurant.open("--speed", "0.01")
    port, pin = restaurant.valkey_port, (restaurant.data / "staff-pin").read_text()
    before = restaurant.place()
    eventually(lambda: restaurant.status(before) == "STARTED")
    with Redis(port=port, decode_responses=True) as redis:
        settings = redis.config_get("*aof*")
        run(copy)
        assert settings == redis.config_get("*aof*")
    after = restaurant.place()
    restaurant.ctrl_c()
    assert 0 == restaurant.exit_code()
    run(restore)
    restaurant.open()
    eventually(lambda: restaurant.status(before) == "SUCCESS")
    assert restaurant.status(after) is None
    assert pin == (restaurant.data / "staff-pin").read_text()
