"""Every setting as a flag of the command line, and as a variable for a child process."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Callable, Coroutine, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from orders.settings import Settings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class LazyGroup(click.Group):
    """A group whose further commands are imported when they are called, so that all start quickly.

    `elsewhere`: name of the command → "module:attribute".
    """

    def __init__(self, *args: Any, elsewhere: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._elsewhere = elsewhere

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *self._elsewhere]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._elsewhere:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self._elsewhere[cmd_name].partition(":")
        try:
            command: click.Command = getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            if not module.startswith(str(error.name)):
                raise
            return click.Command(cmd_name, callback=_not_installed, help="Comes with the source.")
        return command


def _not_installed() -> None:
    raise click.ClickException("This comes with the source: git clone it, and work there.")


def command_of(work: Callable[[Settings], Coroutine[Any, Any, None]]) -> click.Command:
    """A program of its own that takes the settings as flags, and nothing else."""

    @click.command()
    @with_settings
    def run(settings: Settings) -> None:
        asyncio.run(work(settings))

    return run


class WrongSetting(click.ClickException):
    exit_code = 2


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a click command one flag for each setting, and hand it the Settings.

    A flag wins over the variable. A wrong value ends the command with exit code 2 and a sentence
    for each wrong one.
    """

    @functools.wraps(command)
    def run(**flags: object) -> None:
        texts = {name: flags.pop(name) for name in Settings.model_fields}
        command(_checked(texts), **flags)

    for name, field in reversed(Settings.model_fields.items()):
        # --reload alone is enough, and --reload false will do, too.
        alone: dict[str, Any] = (
            {"is_flag": False, "flag_value": "true"} if field.annotation is bool else {}
        )
        default = ",".join(field.default) if isinstance(field.default, tuple) else field.default
        run = click.option(
            flag(name),
            type=str,
            **alone,
            envvar=variable(name),
            default=default,
            help=field.description,
            show_envvar=True,
            show_default=default not in (None, ""),
        )(run)
    return run


def _checked(texts: dict[str, object]) -> Settings:
    try:
        return Settings(**texts)  # type: ignore[arg-type]  # pydantic makes more of the texts
    except ValidationError as error:
        wrong = {str(each["loc"][0]): _why(each) for each in error.errors()}
        raise WrongSetting(
            "\n".join(f"{variable(name)} ({flag(name)}): {why}." for name, why in wrong.items())
        ) from None


def _why(error: ErrorDetails) -> str:
    """In words. Nobody has to read a pattern; an example is told in its place."""
    if error["type"] == "string_pattern_mismatch":
        [example] = Settings.model_fields[str(error["loc"][0])].examples or []
        return f"{example} would do"
    return error["msg"].removeprefix("Value error, ")


def environment(settings: Settings) -> dict[str, str]:
    """Our environment, in which a child process reads these same settings and no others."""
    values = settings.model_dump(mode="json", exclude_none=True)
    ours = {variable(name) for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours} | {
        variable(name): ",".join(value) if isinstance(value, list) else str(value)
        for name, value in values.items()
    }


def flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"ORDERUP_{name}".upper()
