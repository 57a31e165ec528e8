"""The staff's PIN: from the settings, or made once and kept in the data directory."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders.settings import Settings

PIN_FILE = "staff-pin"


def staff_pin(settings: Settings) -> tuple[str, bool]:
    """The PIN, and whether it was made just now (then it has to be told to somebody).

    The file is readable for its owner only. Two processes that start at the same moment agree:
    the one that comes second reads what the first has written.

    Raises OSError when the data directory cannot be written.
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
        return path.read_text(encoding="ascii").strip(), False
    finally:
        draft.unlink()
    return fresh, True
