"""The text that lies on top of a kit: what is in it, and the lines that install it, for each system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .targets import Pin, Target

TEXT = Path(__file__).with_name("letter.md")


def letter(version: str, lacking: Mapping[Target, Sequence[Pin]]) -> str:
    """The text, for a kit made from this version of the source; what each target lacks is named."""
    pythons = sorted({target.python for target in lacking}, key=lambda text: text.split("."))
    rows = [f"| {target} | {said(pins)} |" for target, pins in lacking.items()]
    table = "\n".join(["| machine | |", "|---|---|", *rows])
    text = TEXT.read_text(encoding="utf-8")
    return text.format(version=version, pythons=", ".join(pythons), table=table)


def said(lacking: Sequence[Pin]) -> str:
    """Whether a target can be installed, in a few words."""
    if not lacking:
        return "complete"
    listed = ", ".join(map(str, lacking))
    return (
        f"cannot be installed from here: there is no wheel of {listed} for it; take another Python"
    )
