"""Recipes. One file is one recipe: an async function `cook(dish)` that takes as long as it takes.

The menu names the recipe of an item by its file's name; without one it is `timed`. What a recipe
returns is stored with the order as its result (JSON, at most 4 KiB); None means there is none. A
recipe that raises has failed, and the order is tried again; raise Hopeless where that cannot help.
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path
from types import ModuleType

Work = Callable[[], Awaitable[object]]
Keep = Callable[[str, Work], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Dish:
    """What a cook has to do: so many of one item, in an attempt to cook an order."""

    sku: str
    quantity: int
    cooking_s: float
    order_id: str
    attempt: int
    mail_server: str = ""  # host:port, for recipes that send a letter
    today: Callable[[], date] = date.today  # the shop's business day, which may end at four
    keep: Keep | None = field(default=None, compare=False, repr=False)

    async def step(self, name: str, work: Work) -> object:
        """Do one named step, and keep what it returns (small JSON) with the order.

        A later attempt gets what was kept, and the work is not done again. Steps may be awaited one
        after the other, or side by side. The name: small letters, figures and dashes.
        """
        return await (work() if self.keep is None else self.keep(name, work))


Recipe = Callable[[Dish], Awaitable[object]]


class Hopeless(Exception):
    """No other attempt can help: the order is a FAILURE at once."""


class RecipeMissing(Hopeless):
    """The menu names a recipe that is not here, or cannot be used; the text says why and where."""


def also_look_in(folder: Path) -> None:
    """Find the recipes in `folder` as well, those of this package first."""
    __path__.append(str(folder.resolve()))


def find(name: str) -> Recipe:
    """The recipe in `kitchen/recipes/<name>.py`. Raises RecipeMissing."""
    try:
        module = import_module(f"{__name__}.{name}")
        recipe: Recipe = module.cook
    except (Exception, SystemExit) as error:  # a learner's file may do anything when it is imported
        raise RecipeMissing(_why(name, error)) from error
    if not iscoroutinefunction(recipe):
        raise RecipeMissing(f"{_place(module)}: its `cook` has to be an `async def`.")
    return recipe


def files() -> Iterator[Path]:
    """Every recipe file."""
    for folder in __path__:
        yield from sorted(Path(folder).glob("[a-z]*.py"))


def called(path: Path) -> str:
    """How a recipe file is named to people: short where it is one of the project's."""
    folder = Path(__path__[0])
    return str(path.relative_to(folder.parents[1]) if path.parent == folder else path)


def _why(name: str, error: BaseException) -> str:
    """What is wrong with this recipe, and on which line, for one who has just written it."""
    path = next((path for path in files() if path.stem == name), None)
    if path is None:
        near = get_close_matches(name, [path.stem for path in files()], n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"kitchen/recipes/{name}.py has no recipe: there is no such file{hint}"
    line = _line(path, error)
    if line is None and isinstance(error, AttributeError):
        return f"{called(path)} has no recipe: there is no `async def cook(dish)` in it."
    at = f", line {line}" if line else ""
    return f"{called(path)}{at}: {type(error).__name__}: {_message(error)}."


def _line(path: Path, error: BaseException) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((at.lineno for at in reversed(frames) if at.filename == str(path)), None)


def _message(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error)


def _place(module: ModuleType) -> str:
    """Where the `cook` of this recipe file stands; one that comes from elsewhere has no line there."""
    path, code = Path(str(module.__file__)), getattr(module.cook, "__code__", None)
    at = f", line {code.co_firstlineno}" if code and code.co_filename == str(path) else ""
    return f"{called(path)}{at}"
