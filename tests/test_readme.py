"""What the README says is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WAY = README.split("## The way of an order")[1].split("\n## ")[0]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w./-]+\.(?:py|js|lua))`", README))))
def test_every_file_it_names_is_there(path: str) -> None:
    """A reader who follows the tour finds each file."""
    assert (ROOT / path).is_file()


def test_the_way_of_an_order_names_functions_that_are_there() -> None:
    """Ten sentences, and each names something that stands in the file it names."""
    sentences = re.split(r"\n\d+\. ", WAY)[1:]
    assert 10 == len(sentences)
    for sentence in sentences:
        names = [word.split(".")[-1] for word in re.findall(r"`([\w.]+)`", sentence)]
        assert names, sentence
        for name in names:
            pattern = rf"\b(def|function|class) {name}\b"
            assert re.search(pattern, _all_sources()), f"{name}: {sentence}"


def test_every_setting_it_names_is_one() -> None:
    """The flags and variables of the README exist."""
    settings = (ROOT / "orders" / "settings.py").read_text()
    for name in re.findall(r"ORDERUP_([A-Z_]+)", README):
        assert f"    {name.lower()}:" in settings, name


def _all_sources() -> str:
    return "\n".join(
        path.read_text()
        for folder in ("web", "orders", "kitchen", "static/js")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".lua", ".js"}
    )
