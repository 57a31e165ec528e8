"""`orderup doctor`, with things that are really broken: each is named, and what to do about it."""

from __future__ import annotations

import socket
import subprocess
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest

from orders.book import OrderBook
from orders.settings import Settings
from orders.valkey_server import _binary, _die_with_parent
from tests.ports import free_port
from tests.restaurant import Restaurant, eventually
from web.doctor import Finding, Mark, _browser, _clock, _crew, _packages, examine


async def found(settings: Settings, **changed: object) -> dict[str, Finding]:
    """What was found about each thing, with these settings."""
    settings = settings.model_copy(update={"port": 0, **changed})
    return {finding.what: finding for finding in await examine(settings)}


@pytest.fixture
def forgetful_redis(tmp_path: Path) -> Iterator[str]:
    """A server that keeps nothing on disk, and evicts what it likes."""
    port = free_port()
    process = subprocess.Popen(
        [_binary(), "--port", str(port), "--maxmemory-policy", "allkeys-lru", "--save", ""],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        preexec_fn=_die_with_parent(),  # noqa: PLW1509 - as the product does it
    )
    eventually(lambda: _answers(port))
    yield f"redis://127.0.0.1:{port}/0"
    process.kill()
    process.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


async def test_a_healthy_machine(settings: Settings, book: OrderBook) -> None:
    """Nothing is broken; without a cook on shift it says which command brings one. Who was killed still
    stands in the book, and is none.
    """
    await book.crew.arrive("killed", {"beat": 7})
    seen = await found(settings)
    assert [] == [finding for finding in seen.values() if finding.mark is Mark.BROKEN]
    assert (Mark.WORKS, Mark.WORKS) == (seen["Redis"].mark, seen["clock"].mark)
    assert Mark.NOTE == seen["crew"].mark
    assert "orderup kitchen" in seen["crew"].cure


async def test_a_cook_whose_beat_is_late_is_on_shift(
    book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine misses one or two; the crew itself waits for three."""
    on_duty, looked = book.crew.on_duty, list[int]()

    async def look() -> dict[str, str]:
        looked.append(len(looked))
        await book.crew.beat("late", {"beat": max(0, len(looked) - 3)})
        return await on_duty()

    monkeypatch.setattr("web.doctor.BEAT_AGAIN_S", 0)
    monkeypatch.setattr(book.crew, "on_duty", look)
    [crew] = await _crew(book)
    assert (Mark.WORKS, "on shift: late") == (crew.mark, crew.found)


async def test_no_redis(settings: Settings) -> None:
    """Named by its address, never with its password."""
    seen = await found(settings, redis_url="redis://:secret@127.0.0.1:1/0")
    assert Mark.BROKEN == seen["Redis"].mark
    assert "redis://127.0.0.1:1/0" in seen["Redis"].found
    assert "secret" not in str(seen)
    assert "REDIS_URL" in seen["Redis"].cure


async def test_a_redis_that_forgets(settings: Settings, forgetful_redis: str) -> None:
    """It works, and what it does not promise is said."""
    findings = await examine(settings.model_copy(update={"redis_url": forgetful_redis, "port": 0}))
    told = [finding.found for finding in findings if finding.what == "Redis"]
    assert 3 == len(told)
    assert any("appendonly yes" in text for text in told)
    assert any("noeviction" in text for text in told)


@pytest.mark.parametrize(("apart_ms", "told"), [(5000, "5 s ahead"), (-5000, "5 s behind")])
def test_a_clock_that_is_wrong(apart_ms: int, told: str) -> None:
    """Two machines whose clocks differ: by how much, whose is the other, and the cure."""
    assert Mark.WORKS == _clock(-500).mark
    finding = _clock(apart_ms)
    assert (Mark.NOTE, True, True) == (finding.mark, told in finding.found, "NTP" in finding.cure)


async def test_a_package_that_is_missing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its name, with the command that brings it."""
    monkeypatch.setattr("web.doctor.NEEDED", ("quart", "an_oven"))
    [packages] = await _packages(settings)
    assert (Mark.BROKEN, "an_oven missing") == (packages.mark, packages.found)
    assert "make run" in packages.cure


async def test_no_browser(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """One can order without it, by a command."""

    def none() -> None:
        raise webbrowser.Error

    monkeypatch.setattr("web.doctor.BROWSERS", ())
    monkeypatch.setattr(webbrowser, "get", none)
    [browser] = await _browser(settings)
    assert (Mark.NOTE, True) == (browser.mark, "orderup order" in browser.cure)


async def test_no_redis_is_set_and_none_has_run(settings: Settings, tmp_path: Path) -> None:
    """Then a private one will start; that is no fault."""
    seen = await found(settings, redis_url=None, data_dir=tmp_path / "new")
    assert Mark.WORKS == seen["Redis"].mark
    assert "private Valkey" in seen["Redis"].found


async def test_a_port_in_use(settings: Settings) -> None:
    """Somebody else's server on the port is named, and so is the way out."""
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        occupied.settimeout(0)
        seen = await found(settings, port=port, redis_url=None)
    assert Mark.BROKEN == seen["port"].mark
    assert str(port) in seen["port"].found
    assert "--port 0" in seen["port"].cure


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("menu", {"menu": Path("missing.toml")}),
        ("data", {"data_dir": Path("/proc/data")}),
    ],
)
async def test_what_cannot_be_used(
    settings: Settings, what: str, changed: dict[str, object]
) -> None:
    """A menu that is not there, a data directory that cannot be written."""
    seen = await found(settings, **changed)
    assert [what] == [name for name, finding in seen.items() if finding.mark is Mark.BROKEN]
    assert seen[what].cure


async def test_phones(settings: Settings) -> None:
    """A counter for this machine alone says how to let others in; one for all says where it is."""
    alone, for_all = await found(settings), await found(settings, host="0.0.0.0")
    assert "--host 0.0.0.0" in alone["phones"].cure or "network" in alone["phones"].found
    assert "" == for_all["phones"].cure or "network" in for_all["phones"].found


def test_an_open_restaurant_is_well(restaurant: Restaurant, tmp_path: Path) -> None:
    """The command finds its Valkey, port and cook; a recipe with a mistake is told, exit code 1."""
    recipes = tmp_path / "recipes"
    recipes.mkdir()
    restaurant.open("--recipes", str(recipes), "--reload")
    port = restaurant.address.rpartition(":")[2]
    healthy = restaurant.run("doctor", "--port", port)
    assert 0 == healthy.returncode, healthy.stdout + healthy.stderr
    assert "All that is needed works." in healthy.stdout
    assert "on shift: " in healthy.stdout
    assert "it is open" in healthy.stdout

    (recipes / "odd.py").write_text("async def\n")
    eventually(lambda: "odd.py, line 1" in restaurant.log())
    ill = restaurant.run("doctor", "--port", port)
    assert 1 == ill.returncode
    assert "odd.py, line 1: SyntaxError" in ill.stdout
    assert "Traceback" not in ill.stdout + ill.stderr
