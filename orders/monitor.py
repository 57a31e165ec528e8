"""What Redis is told, as it tells it itself (MONITOR): for the workshop's look into the machine.

MONITOR costs Redis a good part of its speed, so nobody looks in a real restaurant. It is read from a
plain socket: redis-py's own reader joins the words of a command, and where one ends is then lost.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from orders.errors import BookUnavailable
from orders.keys import Keys
from orders.lua import SCRIPTS, load

LONGEST = 1024 * 1024
LINE = re.compile(r"\+(\d+\.\d+) \[\d+ (\S+)\] (.*)")
WORD = re.compile(r'"((?:[^"\\]|\\.)*)"')
ESCAPED = re.compile(r"\\(x[0-9a-f]{2}|.)")
CONTROL = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b"}
PRIVATE = ("cookie_secret", "wrong_pins")  # never shown
WITHIN = {"words", "counts", "errands", "telling", "transition"}  # they stand in others


@dataclass(frozen=True)
class Told:
    """One command: `script` is our name of the script it runs, `by_script`: a script sent it."""

    at_s: float
    words: tuple[str, ...]
    script: str | None
    by_script: bool


async def commands(url: str, keys: Keys) -> AsyncGenerator[Told, None]:
    """Every command that touches this store alone, as it happens, and those that name no store.

    The first one is empty: from now on none is missed. For a Redis on this machine without a password,
    as the private Valkey is. Raises BookUnavailable.
    """
    where = urlsplit(url)
    try:
        reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=LONGEST)
        with closing(writer):
            writer.write(b"MONITOR\r\n")
            await reader.readline()
            yield Told(0.0, (), None, by_script=False)
            while line := await reader.readline():
                told = _told(line.decode("ascii", "replace").rstrip())
                if told is not None and _is_ours(told.words, keys.prefix):
                    yield told
    except OSError as error:
        raise BookUnavailable("Redis cannot be reached.") from error
    raise BookUnavailable("Redis has closed the connection.")


def _told(line: str) -> Told | None:
    """One line of MONITOR: `+1795000000.1 [0 127.0.0.1:5000] "EVALSHA" "…"`."""
    if (found := LINE.fullmatch(line)) is None:
        return None
    at, client, rest = found.groups()
    words = tuple(ESCAPED.sub(_unescaped, word) for word in WORD.findall(rest))
    runs = len(words) > 1 and words[0].upper() in {"EVALSHA", "EVAL"}
    return Told(float(at), words, _names().get(words[1]) if runs else None, client == "lua")


def _unescaped(found: re.Match[str]) -> str:
    letter = found[1]
    return chr(int(letter[1:], 16)) if len(letter) > 1 else CONTROL.get(letter, letter)


def _is_ours(words: tuple[str, ...], prefix: str) -> bool:
    """Whether it names no other store, and nothing private."""
    text = " ".join(words)
    return not any(name in text for name in PRIVATE) and "orderup:" not in text.replace(prefix, "")


@cache
def _names() -> dict[str, str]:
    """What Redis knows each script by, its digest or all of its text → our name."""
    scripts = {
        path.stem: load(path.stem) for path in SCRIPTS.glob("*.lua") if path.stem not in WITHIN
    }
    digests = {script.sha: name for name, script in scripts.items()}
    return digests | {script.text: name for name, script in scripts.items()}
