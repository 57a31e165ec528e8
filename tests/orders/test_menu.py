"""The menu: the one that comes along is whole, and a mistake in another is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from orders.menu import MenuError, load_menu

PICTURES = Path(__file__).parents[2] / "static" / "pictures"

GOOD = """
currency = "EUR"

[[categories]]
key = "soups"
name = { en = "Soups", de = "Suppen" }

[[categories.items]]
sku = "broth"
price_cents = 300
cooking_ms = 1000
picture = "broth"
name = { en = "Broth" }
"""


def test_the_menu_that_comes_along_is_whole() -> None:
    """Four categories, twelve items, cooked and not, names in two languages, every picture there."""
    menu = load_menu()
    items = menu.items.values()
    assert len(menu.categories) >= 4
    assert len(items) >= 12
    assert {"counter", "kitchen"} == {item.served for item in items}
    assert all(len(named.name) >= 2 for named in (*menu.categories, *items))
    assert [] == [i.sku for i in items if not (PICTURES / f"{i.picture}.svg").is_file()]


def test_another_menu_is_read(tmp_path: Path) -> None:
    """A name is given in the language asked for, and in English where that is missing."""
    path = tmp_path / "menu.toml"
    path.write_text(GOOD)
    [soups] = load_menu(path).categories
    assert ("Suppen", "Broth") == (soups.called("de"), soups.items[0].called("de"))


@pytest.mark.parametrize(
    ("good", "bad", "place"),
    [
        ("price_cents = 300", "price_cents = -1", "categories.0.items.0.price_cents"),
        ("price_cents = 300", 'price_cents = "cheap"', "categories.0.items.0.price_cents"),
        ("cooking_ms = 1000", "cooking_ms = -5", "categories.0.items.0.cooking_ms"),
        ('sku = "broth"', 'sku = "Broth of the day"', "categories.0.items.0.sku"),
        ('sku = "broth"\n', "", "categories.0.items.0.sku"),
        ('name = { en = "Broth" }', 'name = { de = "Brühe" }', "categories.0.items.0"),
        ('picture = "broth"', 'picture = "../broth"', "categories.0.items.0.picture"),
        ('picture = "broth"', 'picture = "broth"\nspicy = true', "categories.0.items.0.spicy"),
        ('picture = "broth"', 'picture = "broth"\nrecipe = "../x"', "categories.0.items.0.recipe"),
        ('key = "soups"', 'key = ""', "categories.0.key"),
        ('currency = "EUR"', 'currency = "euro"', "currency"),
    ],
)
def test_a_mistake_names_file_and_place(tmp_path: Path, good: str, bad: str, place: str) -> None:
    """Whoever edits the menu learns which entry of which file is wrong."""
    assert good in GOOD
    path = tmp_path / "menu.toml"
    path.write_text(GOOD.replace(good, bad))
    with pytest.raises(MenuError) as error:
        load_menu(path)
    assert str(error.value).startswith(f"The menu {path}, at {place}: ")


def test_an_item_given_twice_is_named(tmp_path: Path) -> None:
    """Two items with one sku cannot be told apart in an order."""
    path = tmp_path / "menu.toml"
    path.write_text(GOOD + GOOD[GOOD.index("[[categories.items]]") :])
    with pytest.raises(MenuError, match="sku given twice: broth"):
        load_menu(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"currency = \nname = 1", r"is not valid TOML: .*line 1"),
        (b'currency = "\xff"', r"is not UTF-8: byte 12\."),
        (None, r"cannot be read: No such file or directory\."),
    ],
)
def test_a_file_that_is_no_menu_is_named(tmp_path: Path, text: bytes | None, why: str) -> None:
    """Broken TOML, another encoding and a missing file each end in one sentence with the file's name."""
    path = tmp_path / "menu.toml"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(MenuError, match=why) as error:
        load_menu(path)
    assert str(path) in str(error.value)
