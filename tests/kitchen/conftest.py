"""A kitchen whose recipes a test may add to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitchen import processes, recipes


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which recipes are found for as long as the test lasts."""
    path, modules = list(recipes.__path__), set(sys.modules)
    folder = tmp_path / "recipes"
    folder.mkdir()
    recipes.also_look_in(folder)
    yield folder
    processes.close(at_once=True)
    recipes.__path__[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("kitchen.recipes."):
            del sys.modules[name]
