"""The labs of docs/workshop: starting code fails its check, the solution passes, commands run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from redis import Redis

import orderup
from docs.workshop import labs
from docs.workshop.labs import EXERCISES, SOLUTIONS, NotYet, check
from kitchen import recipes
from kitchen.postbox import postbox
from orders.menu import load_menu
from tests.conftest import Server
from tests.restaurant import ORDERUP, Restaurant, opened

# A stock worker closes its pool by a name that redis-py has given up.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")

WORKSHOP = ORDERUP.parent / "docs" / "workshop"
NUMBERS = range(1, labs.LABS + 1)
SECTIONS = ["question", "Predict", "Do", "See", "Why", "Elsewhere", "Check yourself"]

# What the check of the starting code says is missing: that it fails for this reason, not by chance.
MISSING = {
    1: "still stands at the counter",
    2: "its number is off the board",
    3: "the book was asked",
    4: "The line grows",
    5: "Nobody else was served",
    6: "stands in line behind a turkey",
    7: "no letter has arrived",
    8: "charged 2 times",
    9: "have ordered 4 breakfasts",
    10: "One guest, and",
    11: "nobody told the book",
}


@pytest.fixture
def _redis(valkey: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that knows none of the scripts, as the private Valkey of a learner who begins."""
    monkeypatch.setenv("REDIS_URL", valkey.url)
    with Redis.from_url(valkey.url) as client:
        client.script_flush()


def texts() -> list[Path]:
    return [WORKSHOP / "README.md", WORKSHOP / "trainer.md", *sorted(WORKSHOP.glob("lab-*.md"))]


def commands(text: str) -> list[list[str]]:
    """The words of every command line in the text's `sh` blocks, after `python`."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines() if line]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.usefixtures("_redis")
async def test_the_starting_code_fails(number: int) -> None:
    """With a sentence that says what is missing."""
    with pytest.raises(NotYet, match=re.escape(MISSING[number])):
        await check(number, EXERCISES)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.usefixtures("_redis")
async def test_the_solution_passes(number: int) -> None:
    """And says what it has shown."""
    assert await check(number, SOLUTIONS)


@pytest.mark.usefixtures("_redis")
async def test_a_lab_leaves_nothing_behind(valkey: Server) -> None:
    """Its store is taken off the Redis again, which may be somebody's own."""
    from redis.asyncio import Redis

    async with Redis.from_url(valkey.url, decode_responses=True) as client:
        await check(2, SOLUTIONS)
        left = [key async for key in client.scan_iter("*:lab-*")]  # an id may have lab- in it
        assert [] == left


def test_the_command_says_whether_it_is_solved() -> None:
    """Exit code 1 and a sentence, or 0; on a private Valkey, and without a traceback."""
    unsolved, solved = lab("6"), lab("6", "--solution")
    assert (1, "Lab 6: not yet. Number ") == (unsolved.returncode, unsolved.stdout[:23])
    assert (0, "Lab 6: solved. ") == (solved.returncode, solved.stdout[:15])
    assert "Traceback" not in unsolved.stderr + solved.stderr


@pytest.mark.usefixtures("_redis")
async def test_a_mistake_of_the_learner_is_named_with_its_line(tmp_path: Path) -> None:
    """Not with the traceback of the machine that checks."""
    (tmp_path / "lab_01.py").write_text("\n\nasync def serve(book, request):\n    return reqest\n")
    with pytest.raises(NotYet, match=r"lab_01.py, line 4: NameError: .*reqest"):
        await check(1, tmp_path)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("lab_01.py", "import sys\nsys.exit(0)\n"),
        ("lab_03.py", "import sys\nasync def wait_until_ready(*_): sys.exit(0)\n"),  # in a task
    ],
)
@pytest.mark.usefixtures("_redis")
def test_a_program_that_ends_itself_has_solved_nothing(
    file: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it says that all went well."""
    (tmp_path / file).write_text(text)
    told = tried(int(file[4:6]), tmp_path, monkeypatch)
    assert 1 == told.exit_code
    assert f"not yet. {file}, line 2: SystemExit: 0" in told.output


@pytest.mark.usefixtures("_redis")
@pytest.mark.parametrize(
    ("number", "file"), [(1, "lab_01.py"), (6, "lab_06.toml"), (8, "recipes/lab_08.py")]
)
def test_an_exercise_that_is_lost_is_told(
    number: int, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that brings this file back, and no other."""
    told = tried(number, tmp_path, monkeypatch)
    assert 1 == told.exit_code
    assert f"git checkout docs/workshop/{tmp_path.name}/{file}\n" in told.output


def tried(number: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """What the command says of the exercises in this folder."""
    monkeypatch.setattr(labs, "EXERCISES", folder)
    return CliRunner().invoke(labs.lab, [str(number)])


def lab(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ORDERUP), "lab", *arguments],
        cwd=ORDERUP.parent,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )


@pytest.mark.parametrize("path", sorted(WORKSHOP.glob("lab-*.md")), ids=lambda path: path.stem)
def test_a_lab_has_all_its_parts(path: Path) -> None:
    """Question, prediction, what to do and see, why, the names elsewhere, and the check."""
    text = path.read_text(encoding="utf-8")
    number = int(path.name[4:6])
    assert text.startswith(f"# Lab {number}: ")
    assert SECTIONS == re.findall(r"^## (?:The )?(.+)$", text, re.MULTILINE)
    assert ["orderup.py", "lab", str(number)] == commands(text)[-1]
    assert f"({path.name})" in (WORKSHOP / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", texts(), ids=lambda path: path.stem)
def test_what_the_texts_name_is_there(path: Path) -> None:
    """Files, modules, and commands with flags that exist."""
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:orders|kitchen|web|exercises|solutions)/[\w./-]+)`", text):
        assert (ORDERUP.parent / name).exists() or (WORKSHOP / name).exists(), name
    for words in commands(text):
        if words[0] == "-m":
            assert (ORDERUP.parent / f"{words[1].replace('.', '/')}.py").is_file()
            continue
        assert "orderup.py" == words[0]
        command = orderup.main.get_command(click.Context(orderup.main), words[1])
        assert command is not None
        command.make_context(words[1], list(words[2:]))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restaurant]:
    """The workshop's restaurant, as the texts open it."""
    menu, recipes = str(WORKSHOP / "menu.toml"), str(WORKSHOP / "exercises" / "recipes")
    flags = ("--menu", menu, "--recipes", recipes, "--reload", "--retry-base-s", "0.01")
    with opened(tmp_path_factory.mktemp("workshop"), *flags) as house:
        yield house


@pytest.mark.long
def test_each_order_of_the_texts_is_taken(house: Restaurant) -> None:
    """What a learner types as a customer gets a number, and an end that the text foresees."""
    orders = {
        tuple(words)
        for path in texts()
        for words in commands(path.read_text(encoding="utf-8"))
        if words[1] == "order"
    }
    for words in sorted(orders):
        told = customer(house, *words[2:])
        assert 0 == told.returncode, told.stderr
        last = told.stdout.splitlines()[-1]
        expected = "FAILURE" if "letter" in words else "SUCCESS"  # there is no postbox here
        assert expected in last or "--no-wait" in words, told.stdout


def test_a_key_makes_two_orders_one(house: Restaurant) -> None:
    """As lab 9 shows it: without a key two numbers, with one the same."""
    keyed = [customer(house, "water", "--key", "twice").stdout.split()[2] for _ in range(2)]
    free = customer(house, "water", "--times", "2").stdout.split()[2::6]
    assert 1 == len(set(keyed))
    assert 2 == len(set(free))


def test_a_customer_is_told_what_is_wrong(house: Restaurant) -> None:
    """An unknown dish, a key that is none, an address where no counter is: a sentence each."""
    for refused, words in (
        (customer(house, "caviar"), "caviar"),
        (customer(house, "water", "--key", "\u00fc"), "Idempotency-Key"),
        (at(house, "http://127.0.0.1:1"), "Nobody answers at http://127.0.0.1:1"),
        (at(house, "http://[::1"), "Nobody answers at http://[::1"),
        (at(house, f"{house.address}/nowhere"), "/nowhere/api/orders is no Order Up"),
    ):
        assert 1 == refused.returncode
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr


def test_another_program_on_the_port_is_told(house: Restaurant) -> None:
    """Who learns has often left something else running there."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        answering = threading.Thread(target=other.handle_request)
        answering.start()
        refused = at(house, f"http://127.0.0.1:{other.server_port}")
        answering.join(timeout=10)
    assert 1 == refused.returncode
    assert "is no Order Up (status 501)" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("words", [("--port", "99999"), ("--slow-s", "-1"), ("--refuse", "-1")])
def test_a_postbox_that_cannot_be_is_refused(words: tuple[str, str]) -> None:
    """Before anything is opened, in a sentence."""
    refused = CliRunner().invoke(postbox, words)
    assert (2, True) == (refused.exit_code, f"Invalid value for '{words[0]}'" in refused.output)


def at(house: Restaurant, url: str) -> subprocess.CompletedProcess[str]:
    return house.call("order", "water", "--url", url)


def customer(house: Restaurant, *arguments: str) -> subprocess.CompletedProcess[str]:
    return house.call("order", *arguments, "--url", house.address)


def test_the_other_kitchen_is_short_and_knows_no_arq() -> None:
    """Under sixty lines, and what it imports does not import arq either."""
    source = (SOLUTIONS / "lab_11.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 60
    asked = "import sys, docs.workshop.solutions.lab_11; sys.exit('arq' in sys.modules)"
    subprocess.run([sys.executable, "-c", asked], cwd=ORDERUP.parent, check=True, timeout=20)


def test_every_dish_of_the_workshop_has_a_recipe() -> None:
    """One that comes along, or one that the learners write."""
    own = {path.stem for path in (EXERCISES / "recipes").glob("*.py")}
    for item in load_menu(WORKSHOP / "menu.toml").items.values():
        assert item.recipe in own or recipes.find(item.recipe)
