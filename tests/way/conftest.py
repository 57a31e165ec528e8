"""The parts of a restaurant, each started by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.restaurant import Parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """Nobody at first; whoever was started is killed at the end."""
    parts = Parts(tmp_path)
    yield parts
    parts.clear()
