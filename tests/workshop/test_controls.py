"""The controls of the workshop are bounded: no setting takes the machine down."""

from __future__ import annotations

import pytest

from web.workshop.controls import Controls, NoSuchControl, changed


@pytest.mark.parametrize(
    "wanted",
    [
        {"speed": "1000"},
        {"speed": "nan"},
        {"per_minute": "100000"},
        {"per_minute": "-1"},
        {"turkeys": "101"},
        {"paused": "perhaps"},
        {"cooks": "50"},
    ],
)
def test_what_is_out_of_bounds_is_refused(wanted: dict[str, str]) -> None:
    """The answer names the control and what can be set."""
    with pytest.raises(NoSuchControl, match=next(iter(wanted))):
        changed(Controls(), wanted)


def test_what_is_set_is_set_and_nothing_else() -> None:
    """Several controls at once, the others as they were."""
    wanted = {"speed": "0.25", "per_minute": "40", "failing": "true"}
    before = Controls(turkeys=80)
    assert Controls(speed=0.25, per_minute=40, failing=True, turkeys=80) == changed(before, wanted)
