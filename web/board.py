"""The LED board: its page, true without JavaScript, and the stream that keeps it so."""

from __future__ import annotations

from quart import Blueprint, Response, render_template

from orders.errors import BookUnavailable
from web import led
from web.counter import counter, stream

board = Blueprint("board", __name__)


@board.get("/board")
async def show_board() -> Response:
    hub = counter().hub
    try:
        tickets = list((await counter().book.snapshot()).tickets.values())
    except BookUnavailable:
        tickets = None
    page = await render_template(
        "board.html", led=led, tickets=tickets, blind_since_ms=hub.blind_since_ms
    )
    return Response(page, headers={"Cache-Control": "no-store"})


@board.get("/board/events")
async def board_events() -> Response:
    return stream(counter().hub.board())
