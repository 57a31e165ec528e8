"""A television's board: what its address says, how far it can be read, and which page is its turn."""

from __future__ import annotations

import httpx
import pytest

from orders.board import Ticket
from orders.states import Status
from web.columns import page_of
from web.television import READY_STEPS, Television, inches, readable_m


def test_what_is_not_understood_is_as_usual() -> None:
    """An address with nonsense opens the usual board; one that was made here is understood again."""
    assert Television() == Television.of({"theme": "pink", "sound": "", "voice": "loud"})
    chosen = Television("contrast", "left", "off", "on")
    assert "/board?lang=de" == Television().path("de")
    query = chosen.path("de").removeprefix("/board?")
    assert chosen == Television.of(dict(pair.split("=") for pair in query.split("&")))


@pytest.mark.parametrize(
    ("text", "expected"), [("55", 55), ("54.6", 55), ("", 43), ("nan", 43), ("inf", 43), ("1", 10)]
)
def test_any_size_that_is_typed_gives_a_television(text: str, expected: int) -> None:
    """Nonsense is a usual one, and what nobody builds the nearest that somebody does."""
    assert expected == inches(text)


def test_digits_can_be_read_from_as_far_as_the_standard_says() -> None:
    """43 inches are 535 mm high; a fifth of that is 22 minutes of arc from 16.7 m, and 16 from 23 m."""
    assert 16 == readable_m(43, READY_STEPS[6])
    assert 23 == readable_m(43, READY_STEPS[6], arc_min=16)


@pytest.mark.parametrize("count", [0, 4, 5, 9, 100])
def test_every_number_has_its_turn_on_a_full_page(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Nothing is on no page, and all pages are equally full, or their numbers would differ in size."""
    tickets = [Ticket(str(100 + n), Status.SUCCESS, n) for n in range(count)]
    seen: set[str] = set()
    for turn in range(count + 1):
        monkeypatch.setattr("web.columns.time.time", lambda turn=turn: turn * 5.0)
        column = page_of(tickets, room=4)
        assert min(count, 4 if count <= 4 else 3) == len(column.tickets)
        assert count == len(column.tickets) + column.more
        seen |= {ticket.reference for ticket in column.tickets}
    assert {ticket.reference for ticket in tickets} == seen


async def test_the_set_up_gives_an_address_that_others_can_open(client: httpx.AsyncClient) -> None:
    """It names the host under which the set-up was opened."""
    page = await client.get("/board/setup?voice=on&language=ar", headers={"Host": "counter.test"})
    assert "http://counter.test/board?lang=ar&amp;voice=on<" in page.text
