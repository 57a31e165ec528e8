"""Fetching wheels with pip, each checked against the lock's hashes; nothing is built, nothing is run."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from .targets import Pin, Target

NO_WHEEL = re.compile(r"No matching distribution found for ([\w.-]+)==")
UNREACHABLE = "Retrying (Retry("  # pip's warning; afterwards it says that there is no such package


def fetch(target: Target, pins: list[Pin], folder: Path) -> list[Pin]:
    """Put into the folder what this target still lacks there. What has no wheel for it is returned.

    Raises ClickException when pip cannot ask, or what comes is not what the lock names.
    """
    wanted = target.lacks(pins, names(folder))
    while wanted:
        told = _download(target, wanted, folder)
        if told is None:
            break
        refused = NO_WHEEL.search(told)
        if refused is None or UNREACHABLE in told:
            raise click.ClickException(f"pip cannot fetch the wheels for {target}:\n{told}")
        wanted = [pin for pin in wanted if pin.name != refused[1].lower().replace("_", "-")]
    return target.lacks(pins, names(folder))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.whl"))


def take_out_old(folder: Path, targets: Iterable[Target], pins: list[Pin]) -> None:
    """Remove the wheels that the lock names no longer, or that are for none of these targets."""
    for name in names(folder):
        with_it = [
            target for target in targets if len(target.lacks(pins, [name])) < _all(target, pins)
        ]
        if not with_it:
            (folder / name).unlink()


def _all(target: Target, pins: list[Pin]) -> int:
    return len(target.needs(pins))


def _download(target: Target, pins: list[Pin], folder: Path) -> str | None:
    """What pip has to say if it fails; None: all of it is there."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "requirements.txt"
        file.write_text("".join(f"{pin.name}=={pin.version} {pin.hashes}\n" for pin in pins))
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet"),
                *("--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
                *("--require-hashes", "--requirement", str(file), "--dest", str(folder)),
                *("--implementation", "cp", "--python-version", target.python),
                *(f"--platform={platform}" for platform in target.system.platforms),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    return (done.stderr or done.stdout).strip() if done.returncode else None
