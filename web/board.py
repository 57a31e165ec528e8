"""The LED board: its page, true without JavaScript, its set-up, and the stream that keeps it so."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from babel import Locale
from quart import Blueprint, Response, render_template, request

from orders.board import Ticket
from orders.errors import BookUnavailable
from web import led, television
from web.address import public_address
from web.columns import CALLED, PAGE_S, as_they_came, by_reference, page_of
from web.counter import counter, stream
from web.television import Television
from web.texts import language, languages

board = Blueprint("board", __name__)


@board.get("/board")
async def show_board() -> Response:
    hub = counter().hub
    try:
        tickets = list((await counter().book.snapshot()).tickets.values())
    except BookUnavailable:
        tickets = None
    screen = Television.of(request.args)
    page = await render_template(
        "board.html",
        led=led,
        television=screen,
        ready_first=screen.ready_first(Locale.parse(language()).text_direction),
        again_s=PAGE_S,
        is_blind=tickets is None,
        blind_since_ms=hub.blind_since_ms,
        **_columns(tickets or []),
    )
    return Response(page, headers={"Cache-Control": "no-store"})


def _columns(tickets: Collection[Ticket]) -> dict[str, Any]:
    ready_room, preparing_room = max(television.READY_STEPS), max(television.PREPARING_STEPS)
    preparing = by_reference(tickets, "PENDING", "STARTED", "RETRY")
    ready = as_they_came(tickets, "SUCCESS")
    ask = as_they_came(tickets, "FAILURE")
    return {
        "rooms": {"preparing": preparing_room, "ready": ready_room, "ask": television.ASK_ROOM},
        "preparing": page_of(preparing, preparing_room),
        "ready": page_of(ready, ready_room),
        "ask": page_of(ask, television.ASK_ROOM),
        "called": [ticket.reference for ticket in reversed(ready)][:CALLED],
    }


@board.get("/board/setup")
async def set_up_board() -> str:
    screen = Television.of(request.args)
    wanted = request.args.get("language", "")
    code = wanted if wanted in languages() else language()
    diagonal = television.inches(request.args.get("inches", ""))
    return await render_template(
        "board_setup.html",
        screen=screen,
        language=code,
        diagonal=diagonal,
        path=screen.path(code),
        address=public_address() + screen.path(code),
        distances=_distances(diagonal),
        limits=television,
    )


def _distances(diagonal: int) -> list[tuple[bool, int, int, int]]:
    """For each step: whether of Ready, up to how many numbers, and the metres at ease and at most."""
    steps = [(True, step) for step in television.READY_STEPS.items()]
    steps += [(False, step) for step in television.PREPARING_STEPS.items()]
    return [
        (
            ready,
            most,
            television.readable_m(diagonal, share, television.AT_EASE_ARC_MIN),
            television.readable_m(diagonal, share, television.AT_MOST_ARC_MIN),
        )
        for ready, (most, share) in steps
    ]


@board.get("/board/events")
async def board_events() -> Response:
    return stream(counter().hub.board())
