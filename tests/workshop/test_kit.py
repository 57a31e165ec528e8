"""`make kit`: who needs which wheels, and a class that installs with the network shut off."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.workshop.kit.letter import letter
from docs.workshop.kit.targets import PYTHONS, SYSTEMS, Pin, Target, pinned
from tests.restaurant import ORDERUP

ROOT = ORDERUP.parent
# All that is started inside ends with it; of the network there is only the machine itself.
WITHOUT_NETWORK = (
    "unshare",
    "--map-root-user",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
    "sh",
    "-ec",
)
CLASS = """
ip link set lo up
test "$(ip -oneline link | wc -l)" = 1
make run PYTHON='{python}' ARGS='--speed 20' &
until .venv/bin/python orderup.py order nuggets-6; do kill -0 $!; sleep 1; done
"""
LOCK = """\
# This file was made by hand
flask==3.1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
uvloop==0.23.0 ; sys_platform != 'win32' \\
    --hash=sha256:cc
tomli==2.0.0 ; python_full_version < '3.11.3' \\
    --hash=sha256:dd
"""


def target(key: str, python: str) -> Target:
    [system] = [system for system in SYSTEMS if system.key == key]
    return Target(system, python)


def named(pins: list[Pin]) -> list[str]:
    return [pin.name for pin in pins]


def test_the_lock_is_read_with_its_hashes() -> None:
    """Each pin as pip wants it, without the condition, which is judged for each target."""
    flask, *_ = pinned(LOCK)
    assert ("flask", "3.1.0") == (flask.name, flask.version)
    assert "--hash=sha256:aa --hash=sha256:bb" == flask.hashes


@pytest.mark.parametrize(
    ("key", "python", "needed"),
    [
        ("linux-x86_64", "3.11", ["flask", "uvloop", "tomli"]),  # 3.11.2 needs it, 3.11.3 does not
        ("macos-arm64", "3.12", ["flask", "uvloop"]),
        ("windows-amd64", "3.12", ["flask"]),
    ],
)
def test_a_condition_is_judged_for_the_machine_that_will_install(
    key: str, python: str, needed: list[str]
) -> None:
    """Not for the one on which the kit is made."""
    assert needed == named(target(key, python).needs(pinned(LOCK)))


@pytest.mark.parametrize(
    ("wheel", "key", "python", "fits"),
    [
        ("flask-3.1.0-py3-none-any.whl", "windows-amd64", "3.14", True),
        ("flask-3.0.0-py3-none-any.whl", "windows-amd64", "3.14", False),
        ("flask-3.1.0-cp312-cp312-macosx_11_0_arm64.whl", "macos-arm64", "3.12", True),
        ("flask-3.1.0-cp312-cp312-macosx_11_0_arm64.whl", "macos-arm64", "3.13", False),
        ("flask-3.1.0-cp312-cp312-macosx_11_0_arm64.whl", "macos-x86_64", "3.12", False),
        ("flask-3.1.0-cp312-cp312-macosx_26_0_arm64.whl", "macos-arm64", "3.12", False),
        ("flask-3.1.0-cp39-abi3-manylinux_2_17_x86_64.whl", "linux-x86_64", "3.13", True),
        ("flask-3.1.0-cp39-abi3-manylinux_2_39_x86_64.whl", "linux-x86_64", "3.13", False),
        ("flask-3.1.0-cp39-abi3-musllinux_1_2_x86_64.whl", "linux-x86_64", "3.13", False),
    ],
)
def test_a_wheel_counts_only_where_it_can_be_installed(
    wheel: str, key: str, python: str, fits: bool
) -> None:
    """By version, Python, machine, and the age of the system."""
    flask = pinned(LOCK)[:1]
    assert ([] if fits else flask) == target(key, python).lacks(flask, [wheel])


def test_what_has_no_wheel_is_named_on_top() -> None:
    """With the package and the way out; whoever is complete is told so, and the Pythons in order."""
    whole, half = target("linux-aarch64", "3.11"), target("windows-amd64", "3.14")
    text = letter("v1", {whole: [], half: pinned(LOCK)[:1]})
    assert "| Linux (ARM), Python 3.11 | complete |" in text
    assert (
        "| Windows, Python 3.14 | cannot be installed from here: there is no wheel of flask 3.1.0"
        in text
    )
    assert "has to be on the machine: 3.11, 3.14." in text


def test_every_package_of_our_lock_goes_to_somebody() -> None:
    """A condition that no target meets would be a package nobody has; all have what is unconditional."""
    pins = pinned((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    targets = [Target(system, python) for system in SYSTEMS for python in PYTHONS]
    assert all(any(pin in target.needs(pins) for target in targets) for pin in pins)
    assert {"quart", "arq", "redis"} <= set(named(targets[0].needs(pins)))


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    """One sentence, and nothing is written."""
    (tmp_path / "thesis.doc").write_text("years of work")
    made = make_kit(tmp_path)
    assert 1 == made.returncode
    assert "neither empty nor a kit" in made.stderr
    assert ["thesis.doc"] == [path.name for path in tmp_path.iterdir()]


def make_kit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "docs.workshop.kit", str(folder), *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("unshare"), reason="the network can be shut off on Linux only")
def test_a_class_installs_with_the_network_shut_off(tmp_path: Path) -> None:
    """`make run` in a copy of the kit, in a folder with a space, without any way out of the machine."""
    kit, copy = tmp_path / "kit", tmp_path / "a class"
    machine, python = os.uname().machine, ".".join(map(str, sys.version_info[:2]))
    made = make_kit(kit, "--system", f"linux-{machine}", "--python", python)
    assert 0 == made.returncode, made.stdout + made.stderr
    assert "complete" in made.stdout
    shutil.copytree(kit, copy)
    done = subprocess.run(
        [*WITHOUT_NETWORK, CLASS.format(python=sys.executable)],
        cwd=copy,
        env=_bare(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "Order Up is open." in done.stdout
    assert "SUCCESS" in done.stdout


def _bare() -> dict[str, str]:
    """Without what this machine's pip may be told about other places to look."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
