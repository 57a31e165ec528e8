"""docs/api.md: each call with curl is tried as it stands there."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from tests.conftest import PIN
from tests.web.conftest import Web

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
# As in a script that must not go on after an error; an answer of 400 or more is one.
BEGIN = (
    'set -euo pipefail\ncurl() { command curl --silent --show-error --fail --max-time 10 "$@"; }\n'
)


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
