"""The screens that the pages are made for, in CSS pixels."""

from __future__ import annotations

from playwright.async_api import ViewportSize

SIZES: dict[str, ViewportSize] = {
    "kiosk": {"width": 1080, "height": 1920},
    "phone": {"width": 390, "height": 844},
    "television": {"width": 1920, "height": 1080},
    "tablet": {"width": 1024, "height": 768},
}
PROJECTOR: ViewportSize = {"width": 1280, "height": 720}
