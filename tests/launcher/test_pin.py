"""The PIN that `orderup open` makes: shown once, kept, and good for signing in ever after."""

from __future__ import annotations

import re

from tests import http
from tests.restaurant import Restaurant

MADE = re.compile(r"staff PIN +(\d{6}), new; kept in (.+)")


def test_the_pin_is_shown_at_the_first_start_only(restaurant: Restaurant) -> None:
    """It opens the door at both starts, and stands in no log."""
    restaurant.open()
    found = MADE.search(restaurant.told())
    assert found, restaurant.told()
    pin = found[1]
    assert 303 == _sign_in(restaurant, pin)
    restaurant.ctrl_c()
    restaurant.exit_code()
    restaurant.open()
    assert pin not in restaurant.told()
    assert f"kept in {found[2]}" in restaurant.told()
    assert 303 == _sign_in(restaurant, pin)
    assert pin not in restaurant.log()


def _sign_in(restaurant: Restaurant, pin: str) -> int:
    return http.post(f"{restaurant.address}/staff", data={"pin": pin}).status_code
