"""docs/api.md: each call with curl is tried as it stands there."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx

from tests.conftest import PIN
from tests.web.conftest import Web

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
# As in a script that must not go on after an error; an answer of 400 or more is one.
BEGIN = (
    'set -euo pipefail\ncurl() { command curl --silent --show-error --fail --max-time 30 "$@"; }\n'
)


async def test_every_operation_is_shown_with_curl(client: httpx.AsyncClient) -> None:
    """All that programs can call, by its method and path."""
    page = PAGE.read_text(encoding="utf-8").replace("\\\n", " ")
    shown = [(_method(line), line) for line in re.findall(r"^.*\bcurl .*$", page, re.MULTILINE)]
    paths = (await client.get("/openapi.json")).json()["paths"]
    for path, methods in paths.items():
        asked = re.compile(re.sub(r"\{\w+\}", r'[^/"?]+', rf'"\$URL{path}["?]'))
        for method in methods:
            assert any(method == how and asked.search(line) for how, line in shown), (method, path)


def _method(line: str) -> str:
    """What curl sends."""
    if said := re.search(r"-X (\w+)", line):
        return said[1].lower()
    return "post" if " -d " in line and " -G " not in line else "get"


async def test_every_call_of_the_page_works_as_it_stands_there(web: Web) -> None:
    """One after the other, in one shell."""
    blocks = re.findall(
        r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) > 5
    shell = await asyncio.create_subprocess_exec(
        "bash",
        "-xc",
        BEGIN + "".join(blocks),
        env={
            "PATH": "/usr/bin:/bin:/usr/local/bin",
            "URL": str(web.client.base_url).rstrip("/"),
            "PIN": PIN,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await shell.communicate()
    assert 0 == shell.returncode, said.decode()[-2000:]
