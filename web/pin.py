"""The staff's PIN: from the settings, or made once and kept in the data directory."""

from __future__ import annotations

import errno
import os
import re
import secrets
from pathlib import Path

from orders.settings import STAFF_PIN, Settings

PIN_FILE = "staff-pin"


def staff_pin(settings: Settings) -> tuple[str, bool]:
    """The PIN, and whether it was made just now (then it has to be told to somebody).

    The file is readable for its owner only. Two processes that start at the same moment agree:
    the one that comes second reads what the first has written.

    Raises OSError when the data directory cannot be written, or what is kept there is no PIN.
    """
    if settings.staff_pin is not None:
        return settings.staff_pin, False
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / PIN_FILE
    fresh = f"{secrets.randbelow(10**6):06d}"
    draft = settings.data_dir / f".{PIN_FILE}-{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(fresh)
    try:
        os.link(draft, path)  # atomic, and fails when there is one already
    except FileExistsError:
        return _kept(path), False
    finally:
        draft.unlink()
    return fresh, True


def _kept(path: Path) -> str:
    pin = path.read_text(encoding="utf-8", errors="replace").strip()
    if not re.fullmatch(STAFF_PIN, pin):
        raise OSError(errno.EINVAL, f"{path.name} holds no PIN; delete it, and a new one is made")
    return pin
