"""`orderup lab N`: says whether a lab is solved, and what is still missing.

The learner's file stands in `docs/workshop/exercises/`; `lab_NN.py` here runs it on a real book.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from .bench import Bench, NotYet, opened

HERE = Path(__file__).parent
EXERCISES, SOLUTIONS = HERE.with_name("exercises"), HERE.with_name("solutions")
LABS = 11
LONGEST_S = 60.0


@click.command()
@click.argument("number", type=click.IntRange(1, LABS))
@click.option("--solution", is_flag=True, help="Check the solution that comes along.")
def lab(number: int, *, solution: bool) -> None:
    """Say whether lab NUMBER is solved."""
    folder = SOLUTIONS if solution else EXERCISES
    try:
        with _in_words(folder):  # once more: a task that calls sys.exit ends the loop, past `check`
            told = asyncio.run(check(number, folder))
    except NotYet as missing:
        click.echo(f"Lab {number}: not yet. {missing}")
        sys.exit(1)
    click.echo(f"Lab {number}: solved. {told}")


async def check(number: int, folder: Path) -> str:
    """What the solved lab has shown. Raises NotYet, with a sentence that says what is missing."""
    module = importlib.import_module(f"{__name__}.lab_{number:02}")
    file = _file(number)
    if not (folder / file).is_file():
        where = f"docs/workshop/{folder.name}/{file.as_posix()}"
        raise NotYet(f"{where} is not there. This brings it back: git checkout {where}")
    try:
        async with asyncio.timeout(LONGEST_S), opened(folder) as bench:
            with _in_words(folder):
                told: str = await module.check(bench)
            return told
    except TimeoutError:
        raise NotYet(f"It is not done within {LONGEST_S:g} s.") from None


def _file(number: int) -> Path:
    """What the learner mends, within the folder of exercises, as the solution is called."""
    name = f"lab_{number:02}.*"
    (solution,) = (*SOLUTIONS.glob(name), *SOLUTIONS.glob(f"recipes/{name}"))
    return solution.relative_to(SOLUTIONS)


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """A mistake in the learner's file is named with its line; all else is ours, and comes whole."""
    try:
        yield
    except NotYet:
        raise
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        theirs = [frame for frame in frames if folder in Path(frame.filename).parents]
        if isinstance(error, SyntaxError):
            raise NotYet(f"{error.filename}, line {error.lineno}: {error.msg}.") from error
        if not theirs:
            raise
        where = f"{Path(theirs[-1].filename).name}, line {theirs[-1].lineno}"
        raise NotYet(f"{where}: {type(error).__name__}: {error}") from error


__all__ = ["EXERCISES", "LABS", "SOLUTIONS", "Bench", "NotYet", "check", "lab"]
