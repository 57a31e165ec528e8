"""A restaurant that is not open yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.restaurant import Restaurant


@pytest.fixture
def restaurant(tmp_path: Path) -> Iterator[Restaurant]:
    """A restaurant; whoever is left of it at the end is killed."""
    restaurant = Restaurant(tmp_path)
    yield restaurant
    restaurant.clear()
