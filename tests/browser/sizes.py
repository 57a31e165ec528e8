"""The screens that the pages are made for, in CSS pixels."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import ViewportSize

SIZES: dict[str, ViewportSize] = {
    "kiosk": {"width": 1080, "height": 1920},
    "phone": {"width": 390, "height": 844},
    "television": {"width": 1920, "height": 1080},
    "tablet": {"width": 1024, "height": 768},
}
PROJECTOR: ViewportSize = {"width": 1280, "height": 720}


def first(name: str) -> list[Any]:
    """All sizes, this one in every run and the others in the long one."""
    others = [pytest.param(size, marks=pytest.mark.long) for size in SIZES if size != name]
    return [name, *others]
