"""What works on this machine, and what to do about what does not: `orderup doctor`, one screen.

Each examination looks at one thing and answers with a Finding; none of them raises, writes orders or
starts anything that stays. The workshop's page shows the same.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import platform
import shutil
import sys
import time
import webbrowser
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import click

from orders.book import DEFAULT_REDIS_URL, OrderBook
from orders.errors import BookError
from orders.flags import with_settings
from orders.menu import MenuError, load_menu
from orders.preflight import without_password
from orders.settings import Settings
from orders.valkey_server import HOST, PORT_FILE, ValkeyError, _binary
from web import door

BEAT_AGAIN_S = 1.2  # a crew beats twice a second
LOOKS = 3  # as long as the crew itself waits until a cook is lost
ANSWER_S = 2.0
CLOCK_MAY_DIFFER_MS = 2000
NEEDED = ("quart", "hypercorn", "arq", "redis", "pydantic_settings", "httpx", "aiosmtplib")
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "firefox", "msedge", "safari", "open")


class Mark(StrEnum):
    WORKS = "ok"
    NOTE = "note"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one thing; `cure` says what to do about it, if something is to do."""

    what: str
    mark: Mark
    found: str
    cure: str = ""


@click.command()
@with_settings
def doctor(settings: Settings) -> None:
    """Say what works on this machine, and what to do about what does not."""
    findings = asyncio.run(examine(settings))
    for finding in findings:
        click.echo(f"{finding.mark:<7}{finding.what:<10}{finding.found}")
        if finding.cure:
            click.echo(f"{'':<17}-> {finding.cure}")
    broken = sum(finding.mark is Mark.BROKEN for finding in findings)
    click.echo(
        f"{broken} of {len(findings)} do not work." if broken else "All that is needed works."
    )
    sys.exit(1 if broken else 0)


async def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order in which it is needed."""
    settings = settings.model_copy(
        update={"redis_url": settings.redis_url or _kept_redis(settings)}
    )
    looks: list[tuple[str, Callable[[Settings], Awaitable[list[Finding]]]]] = [
        ("Python", _python),
        ("packages", _packages),
        ("menu", _menu),
        ("data", _data),
        ("port", _port),
        ("Redis", _redis),
        ("phones", _phones),
        ("browser", _browser),
    ]
    return [finding for what, look in looks for finding in await _calmly(what, look, settings)]


async def _calmly(
    what: str, look: Callable[[Settings], Awaitable[list[Finding]]], settings: Settings
) -> list[Finding]:
    """A doctor does not faint: whatever goes wrong in an examination is what was found."""
    try:
        return await look(settings)
    except Exception as error:  # noqa: BLE001
        found = f"could not be examined: {type(error).__name__}: {error}"
        return [Finding(what, Mark.BROKEN, found, "Please report this, with this line.")]


async def _python(_: Settings) -> list[Finding]:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return [Finding("Python", Mark.WORKS, found)]  # an older one comes nowhere near here


async def _packages(_: Settings) -> list[Finding]:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if not missing:
        return [Finding("packages", Mark.WORKS, "all there")]
    cure = "Run `make run` once, or `pip install .`, and use the Python of that environment."
    return [Finding("packages", Mark.BROKEN, f"{', '.join(missing)} missing", cure)]


async def _menu(settings: Settings) -> list[Finding]:
    try:
        menu = load_menu(settings.menu)
    except MenuError as error:
        return [Finding("menu", Mark.BROKEN, str(error), "Mend it, or leave out --menu.")]
    return [Finding("menu", Mark.WORKS, f"{len(menu.items)} dishes and drinks")]


async def _data(settings: Settings) -> list[Finding]:
    folder = settings.data_dir.resolve()
    there = next(place for place in (folder, *folder.parents) if place.exists())
    cure = "Choose another one with --data-dir."
    if not there.is_dir() or not _writable(there):
        return [Finding("data", Mark.BROKEN, f"{there} cannot be written", cure)]
    free_mb = shutil.disk_usage(there).free // 2**20
    if free_mb < 200:  # noqa: PLR2004 - megabytes; a busy week needs less
        return [Finding("data", Mark.NOTE, f"{folder}: only {free_mb} MB are free", cure)]
    return [Finding("data", Mark.WORKS, f"{folder}, {free_mb} MB free")]


def _writable(folder: object) -> bool:
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=str(folder)):
            return True
    except OSError:
        return False


async def _port(settings: Settings) -> list[Finding]:
    try:
        door.listen(settings).close()
    except door.DoorError as error:
        if await _is_ours(settings):
            found = f"{settings.port} is Order Up's own: it is open, {door.here(settings)}/"
            return [Finding("port", Mark.WORKS, found)]
        return [
            Finding("port", Mark.BROKEN, str(error), "`orderup open --port 0` takes a free one.")
        ]
    return [Finding("port", Mark.WORKS, f"{settings.port} on {settings.host} is free")]


async def _is_ours(settings: Settings) -> bool:
    """Whether it is Order Up that has the port; somebody else's server may say nothing at all."""
    try:
        async with asyncio.timeout(ANSWER_S):
            return await door.answers(settings)
    except TimeoutError:
        return False


def _kept_redis(settings: Settings) -> str | None:
    """The private Valkey of the data directory, if one was started there before."""
    try:
        port = int((settings.data_dir / PORT_FILE).read_text())
    except (OSError, ValueError):
        return None
    return f"redis://{HOST}:{port}/0"


async def _redis(settings: Settings) -> list[Finding]:
    """Redis, and what only Redis knows: its clock, and the crew."""
    where = without_password(settings.redis_url or DEFAULT_REDIS_URL)
    try:
        async with OrderBook(settings, load_menu(None)) as book:  # the shop's is another matter
            inspection = await book.inspect()
            apart_ms = inspection.clock_ms - time.time_ns() // 1_000_000
            findings = [Finding("Redis", Mark.WORKS, f"{inspection.version} at {where}")]
            findings += [Finding("Redis", Mark.NOTE, text) for text in inspection.warnings]
            return [*findings, _clock(apart_ms), *await _crew(book)]
    except (BookError, ValueError) as error:
        return [_no_redis(settings, where, error)]


def _no_redis(settings: Settings, where: str, error: Exception) -> Finding:
    private = settings.redis_url in {None, _kept_redis(settings)}
    try:
        if private and sys.platform != "win32":
            _binary()
            return Finding("Redis", Mark.WORKS, "a private Valkey starts with `orderup open`")
    except ValkeyError as none:
        return Finding(
            "Redis", Mark.BROKEN, str(none), "Install Redis 7 or newer and set REDIS_URL."
        )
    cure = "Start Redis 7 or newer there, or set REDIS_URL (--redis-url) to where one is."
    return Finding("Redis", Mark.BROKEN, f"{error} ({where})", cure)


def _clock(apart_ms: int) -> Finding:
    if abs(apart_ms) <= CLOCK_MAY_DIFFER_MS:
        return Finding("clock", Mark.WORKS, "this machine and Redis agree")
    found = f"Redis is {abs(apart_ms) / 1000:.0f} s {'ahead' if apart_ms > 0 else 'behind'}"
    return Finding("clock", Mark.NOTE, found, "Times on the pages are Redis's: set both by NTP.")


async def _crew(book: OrderBook) -> list[Finding]:
    """Who is on shift: those whose beat changes while we look."""
    before, alive = await book.crew.on_duty(), dict[str, str]()
    for _ in range(LOOKS if before else 1):  # a busy machine may be late
        await asyncio.sleep(BEAT_AGAIN_S)
        after = await book.crew.on_duty()
        if alive := {name: beat for name, beat in after.items() if before.get(name) != beat}:
            break
    if not alive:
        cure = (
            "Orders wait until one comes: `orderup kitchen`, or `orderup open` for everything. "
            "If one runs, it is at another Redis or store: its first lines say which."
        )
        return [Finding("crew", Mark.NOTE, "no cook is on shift", cure)]
    findings = [Finding("crew", Mark.WORKS, f"on shift: {', '.join(sorted(alive))}")]
    for beat in alive.values():
        said = json.loads(beat)
        mistakes = [*said.get("broken_recipes", ()), *filter(None, (said.get("standstill"),))]
        findings += [Finding("recipes", Mark.BROKEN, mistake) for mistake in mistakes]
    return findings


async def _phones(settings: Settings) -> list[Finding]:
    outside = settings.public_url or door.on_the_net(settings)
    if outside:
        return [Finding("phones", Mark.WORKS, f"{outside}/ (the same network, no guest network)")]
    if door.address_on_the_net() is None:
        return [
            Finding(
                "phones", Mark.NOTE, "this machine is on no network", "Join one, or go on alone."
            )
        ]
    cure = f"`orderup open --host 0.0.0.0` lets them in at http://{door.address_on_the_net()}:{settings.port}/"
    return [Finding("phones", Mark.NOTE, "only this machine can come in", cure)]


async def _browser(_: Settings) -> list[Finding]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        name = found or webbrowser.get().name
    except webbrowser.Error:
        cure = "Any browser of the last two years will do; `orderup order` works without one."
        return [Finding("browser", Mark.NOTE, "none was found", cure)]
    return [Finding("browser", Mark.WORKS, str(name))]
