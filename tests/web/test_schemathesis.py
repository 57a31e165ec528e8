"""The API tried against its own description, by schemathesis and in real processes.

Whatever it thinks of to send: no 5xx, no answer that the description does not allow, nothing wrong
taken, nothing right refused, no operation for the staff done for others.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import http
from tests.restaurant import Restaurant, eventually, opened

HERE = Path(__file__).parent
AS_STAFF = ("--header", "Authorization: Bearer 1234")
# The same few requests in every run of the short tests; the long one tries others, and random ones.
FEW = ("--phases", "examples,coverage,stateful", "--max-examples", "3", "--seed", "20260712")


@pytest.fixture(scope="module")
def restaurant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restaurant]:
    with opened(tmp_path_factory.mktemp("api"), "--staff-pin", "1234") as it:
        yield it


def examine(restaurant: Restaurant, directory: Path, *words: str) -> None:
    """Run schemathesis with all checks; what it has found is shown when it has found something."""
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        HERE / "schemathesis.toml",
    ]
    found = subprocess.run(
        [*command, "run", f"{restaurant.address}/openapi.json", "--checks", "all", *words],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": str(HERE), "PYTHONWARNINGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == found.returncode, found.stdout[-20_000:] + found.stderr[-5_000:]
    eventually(lambda: http.get(f"{restaurant.address}/readyz").status_code == 200)


# The staff first: whoever tries ten wrong PINs, as a stranger does, is not heard for a while.


@pytest.mark.timeout(240)
def test_the_staff_find_nothing(restaurant: Restaurant, tmp_path: Path) -> None:
    """A few requests for each operation and each check, with the PIN."""
    examine(restaurant, tmp_path, *FEW, *AS_STAFF)


@pytest.mark.timeout(240)
def test_strangers_find_nothing(restaurant: Restaurant, tmp_path: Path) -> None:
    """The same without it."""
    examine(restaurant, tmp_path, *FEW)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("credentials", [AS_STAFF, ()], ids=["staff", "strangers"])
def test_nothing_is_found_by_looking_longer(tmp_path: Path, credentials: tuple[str, ...]) -> None:
    """At least a hundred requests for each operation, links included, other ones in each run."""
    with opened(tmp_path, "--staff-pin", "1234") as restaurant:
        examine(restaurant, tmp_path, "--max-examples", "100", *credentials)
