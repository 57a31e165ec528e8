"""The staff's PIN."""

from __future__ import annotations

import stat

import pytest

from orders.settings import Settings
from web.pin import PIN_FILE, staff_pin


def test_a_pin_is_made_once(settings: Settings) -> None:
    """Six digits at first, kept for the owner only, and the same ones ever after."""
    without = settings.model_copy(update={"staff_pin": None})
    first, made = staff_pin(without)
    assert (True, 6, True) == (made, len(first), first.isdecimal())
    assert (first, False) == staff_pin(without)
    assert 0o600 == stat.S_IMODE((settings.data_dir / PIN_FILE).stat().st_mode)


@pytest.mark.parametrize("kept", [b"", b"  \n", b"123", b"\xff\xfe\xfd\xfc"])
def test_what_is_no_pin_opens_nothing(settings: Settings, kept: bytes) -> None:
    """An empty or broken file is an error with a cure, not an empty PIN."""
    (settings.data_dir / PIN_FILE).write_bytes(kept)
    with pytest.raises(OSError, match="delete it"):
        staff_pin(settings.model_copy(update={"staff_pin": None}))
