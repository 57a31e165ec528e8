"""Opens the restaurant: the command line.

`orderup open` starts everything and keeps it up; `orderup web` and `orderup kitchen` run one part.
This module alone knows both sides, and imports either only when its command is called.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

try:
    import click
except ModuleNotFoundError:
    sys.exit("The packages are missing here: use `make run`, or Python 3.11+ and `pip install .`.")

from orders import logs
from orders.errors import BookError
from orders.flags import LazyGroup, environment, with_settings
from orders.menu import MenuError
from orders.preflight import check_files, check_redis, without_password
from orders.settings import Settings
from orders.upkeep import Part, cancel_on_signals, follow_lifeline, keep_up
from orders.valkey_server import ValkeyError
from web import door, pin

if TYPE_CHECKING:
    from orders.valkey import PrivateValkey
    from web.workshop.opening import Staging

WEB_STOP_S = 10.0
KITCHEN_STOP_S = 5.0  # beside the time in which it may finish what it has in hand

log = logging.getLogger("orderup")


COMMANDS_ELSEWHERE = {
    "order": "web.customer:order",
    "doctor": "web.doctor:doctor",
    "postbox": "kitchen.postbox:postbox",
    "lab": "docs.workshop.labs:lab",
}


@click.group(
    cls=LazyGroup, elsewhere=COMMANDS_ELSEWHERE, context_settings={"max_content_width": 100}
)
def main() -> None:
    """Order Up: an order display for a food counter, and a working model of a task queue."""


@main.command("open")
@with_settings
@click.option("--workshop", is_flag=True, help="Open the workshop, on a store of its own, instead.")
def open_(settings: Settings, *, workshop: bool) -> None:
    """Open the restaurant: a private Valkey (unless a Redis URL is set), web and kitchen."""
    logs.begin("open", settings.log)
    if workshop:
        from web.workshop.opening import for_workshop

        settings = for_workshop(settings)
    if sys.platform == "win32" and settings.redis_url is None:
        raise click.ClickException(
            "There is no private Valkey on Windows: set REDIS_URL, or use WSL or docker compose."
        )
    with _one_sentence(), suppress(asyncio.CancelledError):  # cancelled by Ctrl-C
        check_files(settings)
        asyncio.run(_open(settings, workshop=workshop))


async def _open(settings: Settings, *, workshop: bool) -> None:
    """Each thing stands on the one before it; when this task is cancelled, the last goes first."""
    cancel_on_signals()
    async with _redis(settings) as (redis_url, valkey):
        settings = settings.model_copy(update={"redis_url": redis_url})
        listener = door.listen(settings)
        settings, about_pin = _with_pin(_with_port(settings, listener))
        async with asyncio.TaskGroup() as keeping:
            with listener:  # closed first: nobody new comes in while web serves whom it has
                parts = tuple(_parts(settings, listener, (valkey.hold,) if valkey else ()))
                if workshop and valkey:
                    from web.workshop.house import House

                    lives = [House(settings, door.here(settings), parts, valkey).keep()]
                else:
                    lives = [keep_up(part.name, part.live) for part in parts]
                for life in lives:
                    keeping.create_task(life)
                while not await door.answers(settings):  # noqa: ASYNC110, it is another process
                    await asyncio.sleep(0.1)
                _tell(settings, about_pin, *(["workshop"] if workshop else []))
                await asyncio.Future()


@asynccontextmanager
async def _redis(settings: Settings) -> AsyncIterator[tuple[str, PrivateValkey | None]]:
    """The Redis that is set, or a private Valkey, whose hold its users inherit, to keep it there."""
    if settings.redis_url is not None:
        await check_redis(settings)
        yield settings.redis_url, None
        return
    from orders.valkey import private_valkey

    async with private_valkey(settings.data_dir, settings.log) as valkey:
        yield valkey.url, valkey


def _parts(settings: Settings, listener: socket.socket, hold: tuple[int, ...]) -> Iterator[Part]:
    """Web, as often as is set, on the one listening socket; and a kitchen."""
    me = (sys.executable, str(Path(__file__).resolve()))
    surroundings = environment(settings)
    door_is: tuple[str, ...] = ("--fd", str(listener.fileno()))
    inherited = (*hold, listener.fileno())
    if sys.platform == "win32":  # where no socket can be handed on: web opens the port again
        listener.close()
        door_is, inherited = (), ()
    for number in range(1, settings.web_processes + 1):
        yield Part(
            name="web" if settings.web_processes == 1 else f"web {number}",
            command=(*me, "web", "--lifeline", str(WEB_STOP_S), *door_is),
            environment=surroundings,
            descriptors=inherited,
            stop_s=WEB_STOP_S,
        )
    stop_s = settings.grace_s + KITCHEN_STOP_S
    yield Part(
        name="kitchen",
        command=(*me, "kitchen", "--lifeline", str(stop_s)),
        environment=surroundings,
        descriptors=hold,
        stop_s=stop_s,
    )


@main.command()
@with_settings
@click.option("--lifeline", type=float, hidden=True)
@click.option("--fd", type=int, hidden=True)
@click.option("--stage", type=int, hidden=True)
def web(settings: Settings, *, lifeline: float | None, fd: int | None, stage: int | None) -> None:
    """Run the counter alone: the web server. Without a Redis URL: redis://127.0.0.1:6379/0."""
    with _one_sentence():
        settings = _begin("web", settings, lifeline)
        if fd is None:
            listener = door.listen(settings)
            settings, about_pin = _with_pin(_with_port(settings, listener))
            _tell(settings, about_pin)
            fd = listener.detach()
        from web import serve

        serve.run(settings, fd=fd, staging=None if stage is None else _staging(stage))


def _staging(line: int) -> Staging:
    """What the workshop's web server is given besides: its cashier cooks by the crew's own recipe."""
    from kitchen.recipes.as_directed import cook
    from web.workshop.opening import staging

    return staging(line, cook)


@main.command()
@with_settings
@click.option("--lifeline", type=float, hidden=True)
def kitchen(settings: Settings, *, lifeline: float | None) -> None:
    """Run a kitchen alone: the crew. Without a Redis URL: redis://127.0.0.1:6379/0."""
    with _one_sentence():
        settings = _begin("kitchen", settings, lifeline)
        from kitchen import crew

        crew.run(settings)


def _begin(name: str, settings: Settings, lifeline: float | None) -> Settings:
    """What a part does first. One started by `open` has a lifeline; its Redis is checked."""
    logs.begin(name, settings.log)
    if lifeline is not None:
        follow_lifeline(lifeline)
        return settings
    from orders.book import DEFAULT_REDIS_URL

    check_files(settings)
    settings = settings.model_copy(update={"redis_url": settings.redis_url or DEFAULT_REDIS_URL})
    asyncio.run(check_redis(settings))
    return settings


@contextmanager
def _one_sentence() -> Iterator[None]:
    """What could be expected to go wrong ends the command with a sentence, not with a traceback."""
    try:
        yield
    except (BookError, MenuError, ValkeyError, door.DoorError) as error:
        raise click.ClickException(str(error)) from error


def _with_port(settings: Settings, listener: socket.socket) -> Settings:
    return settings.model_copy(update={"port": listener.getsockname()[1]})


def _with_pin(settings: Settings) -> tuple[Settings, str]:
    """The settings with a staff PIN in any case, and what to tell about it."""
    try:
        number, made_now = pin.staff_pin(settings)
    except OSError as error:
        raise click.ClickException(
            f"The staff PIN cannot be kept in {settings.data_dir}: {error.strerror}."
        ) from error
    if settings.staff_pin is not None:
        about = "as set"
    else:
        about = (
            f"{f'{number}, new; ' if made_now else ''}kept in {settings.data_dir / pin.PIN_FILE}"
        )
    return settings.model_copy(update={"staff_pin": number}), about


def _tell(settings: Settings, about_pin: str, *pages: str) -> None:
    """Print where everything is found, these pages besides."""
    here = door.here(settings)
    outside = settings.public_url or door.on_the_net(settings)
    rows = {
        "kiosk": f"{here}/",
        "board": f"{here}/board",
        **{page: f"{here}/{page}" for page in pages},
        "from outside": f"{outside}/" if outside else "no (--host 0.0.0.0 lets others in)",
        "staff": f"{here}/staff",
        "staff PIN": about_pin,
        "data": settings.data_dir.resolve(),
        "Redis": f"redis-cli -u {without_password(settings.redis_url)}",
    }
    lines = [f"  {name:<14}{what}" for name, what in rows.items()]
    click.echo("\n".join(["Order Up is open.", *lines, "Ctrl-C stops it."]))


if __name__ == "__main__":
    main(prog_name="orderup")
