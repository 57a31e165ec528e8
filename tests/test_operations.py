"""docs/operations.md says what the code says."""

from __future__ import annotations

import re

from docs.settings_table import PAGE, with_table
from orders.keys import Keys
from orders.schedule import TASKS
from orders.settings import Settings


def test_the_table_of_settings_is_that_of_the_code() -> None:
    """Whoever adds a setting runs `python -m docs.settings_table`."""
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page


def test_every_setting_it_names_is_one() -> None:
    """Also those in the text."""
    known = {name.upper() for name in Settings.model_fields}
    named = set(re.findall(r"\bORDERUP_([A-Z_]+)", PAGE.read_text(encoding="utf-8")))
    assert named <= known, named - known


def test_every_task_of_the_schedule_is_told() -> None:
    """By its name."""
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{task.name}` |" in page for task in TASKS)


def test_the_keys_it_names_are_those_of_the_book() -> None:
    """What begins with the prefix of the store `main` is a key that somebody may look at."""
    keys = {str(getattr(Keys("orderup:main:"), name)) for name in dir(Keys) if name[0] != "_"}
    for named in re.findall(r"`(orderup:main:\w+)`", PAGE.read_text(encoding="utf-8")):
        assert named in keys, named
