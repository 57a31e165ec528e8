"""The recipe of every dish in workshop/menu.toml."""

from __future__ import annotations

from workshop.cooking import cook

__all__ = ["cook"]
