"""`orderup open`: one command opens everything, keeps it up, and leaves nothing behind."""

from __future__ import annotations

import signal
import socket
import stat
from pathlib import Path

from orders.settings import Settings
from orders.valkey_server import PORT_FILE, choose_port
from tests.restaurant import Restaurant, eventually

VALKEY = "valkey-server"
GUARDIAN = "orders.valkey"
WEB = "orderup.py web"
KITCHEN = "orderup.py kitchen"


def test_one_command_opens_a_restaurant_that_cooks(restaurant: Restaurant) -> None:
    """An order that is placed at the told address becomes ready."""
    restaurant.open()
    order = restaurant.place()
    eventually(lambda: restaurant.status(order) == "SUCCESS")


def test_ctrl_c_closes_everything_in_order(restaurant: Restaurant) -> None:
    """Ctrl-C ends with exit code 0, leaves nobody behind, and nobody is left without Valkey."""
    restaurant.open()
    restaurant.place()
    restaurant.ctrl_c()
    assert restaurant.exit_code() == 0
    assert restaurant.everybody() == {}
    assert "Traceback" not in restaurant.log()
    assert "Redis" not in restaurant.log().partition("closing")[2]


def test_ctrl_c_while_opening_leaves_nobody(restaurant: Restaurant) -> None:
    """Whoever stops a restaurant that is not open yet gets the same clean end."""
    restaurant.start()
    eventually(lambda: restaurant.find(VALKEY))
    restaurant.ctrl_c()
    assert restaurant.exit_code() == 0
    assert restaurant.everybody() == {}
    assert "Traceback" not in restaurant.log()


def test_a_second_ctrl_c_hurries(restaurant: Restaurant) -> None:
    """A kitchen that would cook on for a minute is not waited for."""
    restaurant.open("--speed", "0.001", "--grace-s", "60")
    order = restaurant.place()
    eventually(lambda: restaurant.status(order) == "STARTED")
    restaurant.ctrl_c()
    eventually(lambda: restaurant.find(WEB) is None)
    restaurant.ctrl_c()
    assert restaurant.exit_code() == 0
    eventually(lambda: restaurant.everybody() == {})


def test_sigterm_closes_like_ctrl_c(restaurant: Restaurant) -> None:
    """What an init system sends does the same."""
    restaurant.open()
    assert restaurant.launcher is not None
    restaurant.launcher.send_signal(signal.SIGTERM)
    assert restaurant.exit_code() == 0
    assert restaurant.everybody() == {}


def test_a_killed_launcher_leaves_nobody(restaurant: Restaurant) -> None:
    """With the launcher gone without a word, everybody else goes too."""
    restaurant.open("--web-processes", "2")
    restaurant.kill("orderup.py open")
    eventually(lambda: restaurant.everybody() == {})


def test_the_orders_are_found_again_after_a_kill(restaurant: Restaurant) -> None:
    """A start right after the kill waits for the dying ones, and has every accepted order."""
    restaurant.open()
    order, port = restaurant.place(), restaurant.valkey_port
    restaurant.kill("orderup.py open")
    assert restaurant.exit_code() == -signal.SIGKILL
    restaurant.open()
    assert restaurant.valkey_port == port
    eventually(lambda: restaurant.status(order) is not None)


def test_a_killed_valkey_comes_back_with_its_data(restaurant: Restaurant) -> None:
    """It answers at the same port again, and the order is still there."""
    restaurant.open()
    order = restaurant.place()
    killed = restaurant.kill(VALKEY)
    eventually(lambda: restaurant.find(VALKEY) not in (None, killed))
    eventually(lambda: restaurant.status(order) is not None)
    assert "valkey was ended by SIGKILL" in restaurant.log()


def test_nobody_else_takes_the_port_of_a_killed_valkey(
    restaurant: Restaurant, tmp_path: Path
) -> None:
    """Another restaurant that opens in that moment takes another one, or it would be sent our orders."""
    restaurant.open()
    port = restaurant.valkey_port
    (tmp_path / PORT_FILE).write_text(str(port))  # where it would like best to be

    def is_away() -> bool:
        return restaurant.find(VALKEY) is None

    def is_held() -> bool:  # seen only while it is away, which lasts longer each time
        eventually(lambda: not is_away())
        restaurant.kill(VALKEY)
        eventually(is_away)
        while is_away():
            if choose_port(tmp_path) != port and is_away():
                return True
        return False

    eventually(is_held)
    eventually(lambda: not is_away())
    assert restaurant.valkey_port == port


def test_a_killed_guardian_comes_back_with_its_valkey(restaurant: Restaurant) -> None:
    """Without him his Valkey goes; the next guardian brings it back at the same port."""
    restaurant.open()
    order, orphan = restaurant.place(), restaurant.find(VALKEY)
    restaurant.kill(GUARDIAN)
    eventually(lambda: restaurant.find(VALKEY) not in (None, orphan))
    eventually(lambda: restaurant.status(order) is not None)


def test_a_killed_part_is_started_again(restaurant: Restaurant) -> None:
    """Web and kitchen come back; orders placed meanwhile wait at the door."""
    restaurant.open()
    restaurant.kill(WEB)
    restaurant.kill(KITCHEN)
    order = restaurant.place()
    eventually(lambda: restaurant.status(order) == "SUCCESS")


def test_a_data_directory_in_use_is_refused_at_once(restaurant: Restaurant) -> None:
    """Two starts on one directory: the second says so, and the first does not notice."""
    restaurant.open()
    second = restaurant.run("open", "--port", "0")
    assert second.returncode == 1
    assert "is in use by another Order Up" in second.stderr
    assert str(restaurant.launcher and restaurant.launcher.pid) in second.stderr
    assert restaurant.place()


def test_a_foreign_server_on_the_kept_port_is_left_alone(restaurant: Restaurant) -> None:
    """When somebody else has taken the port of the last time, Valkey moves."""
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        taken = foreign.getsockname()[1]
        restaurant.data.mkdir()
        (restaurant.data / PORT_FILE).write_text(str(taken))
        restaurant.open()
        assert restaurant.valkey_port != taken
        assert restaurant.valkey_port == int((restaurant.data / PORT_FILE).read_text())


def test_the_data_are_for_their_owner_only(restaurant: Restaurant) -> None:
    """Names and orders are nobody else's business."""
    new = restaurant.data / "new"
    restaurant.open("--data-dir", str(new))
    assert stat.S_IMODE(new.stat().st_mode) == 0o700


def test_another_redis_is_used_when_it_is_set(restaurant: Restaurant, settings: Settings) -> None:
    """With a Redis URL no private Valkey starts, and the set one keeps the orders."""
    restaurant.open("--redis-url", str(settings.redis_url), "--store", settings.store)
    assert restaurant.find(VALKEY) is None
    order = restaurant.place()
    eventually(lambda: restaurant.status(order) == "SUCCESS")
