"""For whom a kit has wheels, and which packages of the lock each of them needs.

It is found out here and not by pip, which judges the lock's conditions (`; sys_platform != 'win32'`) by
the machine on which it runs, whatever platform it is told to download for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
OLDEST_GLIBC, NEWEST_GLIBC = 17, 28  # 2.28 is that of 2018: Debian 10, Ubuntu 18.10, RHEL 8
OLDEST_MAC = (13, 0)
PATCHES = (0, 99)  # a condition may tell 3.11.2 from 3.11.3; a kit serves both


@dataclass(frozen=True)
class Pin:
    """One package of the lock: its requirement with the condition, and its hashes as pip reads them."""

    requirement: Requirement
    hashes: str

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        return str(self.requirement.specifier).removeprefix("==")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class System:
    """A kind of machine: how people and the command line call it, and what its wheels may be tagged."""

    name: str
    key: str
    platforms: tuple[str, ...]
    markers: dict[str, str] = field(hash=False)


@dataclass(frozen=True)
class Target:
    """A kind of machine with one version of Python."""

    system: System
    python: str

    def __str__(self) -> str:
        return f"{self.system.name}, Python {self.python}"

    def needs(self, pins: Iterable[Pin]) -> list[Pin]:
        """Those packages whose condition some patch version of this Python meets here."""
        return [pin for pin in pins if self._meets(pin)]

    def lacks(self, pins: Iterable[Pin], wheels: Iterable[str]) -> list[Pin]:
        """What this machine needs, and none of these wheels (names of files) is good for."""
        there = {(name, str(version)) for name, version in self._usable(wheels)}
        return [pin for pin in self.needs(pins) if (pin.name, pin.version) not in there]

    def _meets(self, pin: Pin) -> bool:
        if (marker := pin.requirement.marker) is None:
            return True
        of_python = {"python_version": self.python, "implementation_name": "cpython"}
        here = self.system.markers | of_python | {"platform_python_implementation": "CPython"}
        full = (f"{self.python}.{patch}" for patch in PATCHES)
        return any(marker.evaluate({**here, "python_full_version": version}) for version in full)

    def _usable(self, wheels: Iterable[str]) -> Iterator[tuple[str, object]]:
        for wheel in wheels:
            name, version, _, tags = parse_wheel_filename(wheel)
            if tags & self._tags:
                yield name, version

    @cached_property
    def _tags(self) -> frozenset[Tag]:
        major, minor = map(int, self.python.split("."))
        version, platforms = (major, minor), self.system.platforms
        special = cpython_tags(version, platforms=platforms)
        general = compatible_tags(version, f"cp{major}{minor}", platforms)
        return frozenset((*special, *general))


def pinned(lock: str) -> list[Pin]:
    """The packages that a lock names (the text of requirements.lock)."""
    lines = lock.replace("\\\n", " ").splitlines()
    parts = [line.partition(" --hash") for line in lines if line and not line.startswith("#")]
    return [Pin(Requirement(named), " ".join((mark + rest).split())) for named, mark, rest in parts]


def _linux(machine: str) -> tuple[str, ...]:
    new = [f"manylinux_2_{of}_{machine}" for of in range(NEWEST_GLIBC, OLDEST_GLIBC - 1, -1)]
    old = ["manylinux2014", *(["manylinux2010", "manylinux1"] if machine == "x86_64" else [])]
    return (*new, *(f"{name}_{machine}" for name in old), f"linux_{machine}")


def _is(platform: str, name: str, machine: str) -> dict[str, str]:
    """What a lock's conditions may ask about the machine."""
    os_name = "nt" if platform == "win32" else "posix"
    return {
        "sys_platform": platform,
        "platform_system": name,
        "platform_machine": machine,
        "os_name": os_name,
    }


SYSTEMS = (
    System("Linux (x86-64)", "linux-x86_64", _linux("x86_64"), _is("linux", "Linux", "x86_64")),
    System("Linux (ARM)", "linux-aarch64", _linux("aarch64"), _is("linux", "Linux", "aarch64")),
    System(
        "macOS (Apple silicon)",
        "macos-arm64",
        tuple(mac_platforms(OLDEST_MAC, "arm64")),
        _is("darwin", "Darwin", "arm64"),
    ),
    System(
        "macOS (Intel)",
        "macos-x86_64",
        tuple(mac_platforms(OLDEST_MAC, "x86_64")),
        _is("darwin", "Darwin", "x86_64"),
    ),
    System("Windows", "windows-amd64", ("win_amd64",), _is("win32", "Windows", "AMD64")),
)
