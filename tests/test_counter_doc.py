"""docs/counter.md: what an owner is told to type makes what the page says it makes."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "counter.md"
COMMANDS = re.compile(r"^    (openssl (?:.*\\\n)*.*)$", re.MULTILINE)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("name", ["192.168.1.10", "counter.lan"])
def test_the_certificates_are_good_for_whoever_trusts_the_authority(
    tmp_path: Path, name: str
) -> None:
    """Both commands as written: a screen that knows ca.pem connects to the counter, under each name."""
    commands = COMMANDS.findall(PAGE.read_text(encoding="utf-8"))
    assert 2 == len(commands)
    for command in commands:
        subprocess.run(command, shell=True, cwd=tmp_path, check=True, capture_output=True)
    counter = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    counter.load_cert_chain(tmp_path / "counter.pem", tmp_path / "counter.key")
    screen = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    shake_hands(counter, screen, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(counter, screen, "192.168.1.11")


def shake_hands(counter: ssl.SSLContext, screen: ssl.SSLContext, name: str) -> None:
    """Raises SSLCertVerificationError when the screen does not take the counter for `name`."""
    to_counter, to_screen = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        screen.wrap_bio(to_screen, to_counter, server_hostname=name),
        counter.wrap_bio(to_counter, to_screen, server_side=True),
    ]
    for side in sides * 3:
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert sides[0].version() is not None
