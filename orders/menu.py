"""The menu: what can be ordered, what it costs, how long it cooks. Read once from a data file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

MENU_FILE = Path(__file__).with_name("menu.toml")

SOURCE_LANGUAGE = "en"
Name = Annotated[dict[str, str], Field(description="language code → name")]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name

    @model_validator(mode="after")
    def _has_an_english_name(self) -> _Entry:
        if SOURCE_LANGUAGE not in self.name:
            raise ValueError(f"the name needs an entry for {SOURCE_LANGUAGE!r}")
        return self

    def called(self, language: str) -> str:
        """The name in `language`, or in English where it has none."""
        return self.name.get(language, self.name[SOURCE_LANGUAGE])


class Item(_Entry):
    """One dish or drink."""

    sku: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    price_cents: int = Field(ge=0)
    cooking_ms: int = Field(ge=0, description="0: served at the counter, no cook needed")
    recipe: str = Field("timed", pattern=r"^[a-z][a-z0-9_]*$", description="a kitchen/recipes/*.py")
    picture: str = Field(pattern=r"^[a-z0-9-]+$")
    allergens: tuple[str, ...] = ()
    available: bool = True
    daily: bool = Field(
        default=False, description="the clock orders one as the business day begins"
    )

    @property
    def served(self) -> Literal["counter", "kitchen"]:
        return "kitchen" if self.cooking_ms else "counter"


class Category(_Entry):
    key: str = Field(pattern=r"^[a-z0-9-]+$")
    items: tuple[Item, ...]


class Menu(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")
    categories: tuple[Category, ...]

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item by its sku."""
        return {item.sku: item for category in self.categories for item in category.items}

    @model_validator(mode="after")
    def _no_sku_twice(self) -> Menu:
        skus = [item.sku for category in self.categories for item in category.items]
        if twice := {sku for sku in skus if skus.count(sku) > 1}:
            raise ValueError(f"sku given twice: {', '.join(sorted(twice))}")
        return self


class MenuError(Exception):
    """The menu file cannot be used; the text says where and why."""


def load_menu(path: Path | None = None) -> Menu:
    """Read the menu from `path`, or the one that comes with the project.

    Raises MenuError, which names the file and the place in it.
    """
    path = path or MENU_FILE
    try:
        return Menu.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise MenuError(f"The menu {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise MenuError(f"The menu {path} is not UTF-8: byte {error.start}.") from error
    except tomllib.TOMLDecodeError as error:
        raise MenuError(f"The menu {path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise MenuError(f"The menu {path}, at {place or 'the top'}: {first['msg']}.") from error
