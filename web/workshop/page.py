"""The workshop's page: the tale, the controls, the first restaurant's counter. It is there only under
`orderup open --workshop`, and its long texts are English only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, cast

from quart import Blueprint, Quart, Response, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from orders.errors import BookUnavailable, NotOnTheMenu
from orders.menu import SOURCE_LANGUAGE
from orders.model import OrderRequest
from web.answers import answer, json_body
from web.counter import Counter, counter, stream
from web.hub import Hub
from web.problem import Unacceptable
from web.staff import is_staff, require_staff
from web.workshop.controls import (
    COOKS_AT_MOST,
    PER_MINUTE,
    SPEEDS,
    Controls,
    NoSuchControl,
    changed,
)
from web.workshop.counter import LineTooLong, OneCounter, Plate, Spoilt
from web.workshop.hall import hall, ways_in
from web.workshop.mistakes import mistakes, nobody_cooks
from web.workshop.opening import Staging, access_log
from web.workshop.stage import Stage

workshop = Blueprint("workshop", __name__, url_prefix="/workshop")

DOES = ("rush", "reset", "hire", "send-home", "x-ray")
FAULTS = ("cook", "redis", "redis-back", "web", "viewer")
LOG_LINES = 60


def put_up(app: Quart, staging: Staging) -> None:
    """Add the workshop to the counter."""
    here: Counter = app.extensions["counter"]
    stage = Stage(
        staging.line,
        ended=lambda: here.hub.ended,
        beside=lambda play: {
            "screens": here.hub.streams["kitchen"],
            "mistakes": _mistakes(here.hub, play),
        },
    )
    here.vitals.other_streams["workshop"] = lambda: stage.viewers
    app.extensions["stage"] = stage
    app.extensions["one counter"] = OneCounter(staging.cook, stage.serving)
    app.register_blueprint(workshop)
    app.register_blueprint(hall)
    app.extensions["hatch"] = staging.hatch

    @app.while_serving
    async def _open() -> AsyncGenerator[None, None]:
        async with stage.open():
            yield


@workshop.get("")
async def show_workshop() -> Response:
    try:
        presenter = await is_staff()
    except BookUnavailable:
        presenter = False
    g.language = SOURCE_LANGUAGE
    page = await render_template(
        "workshop.html",
        presenter=presenter,
        state=_stage().state,
        controls=(_stage().state or {}).get("controls") or asdict(Controls()),
        speeds=SPEEDS,
        per_minute=PER_MINUTE,
        cooks_at_most=COOKS_AT_MOST,
        ways_in=ways_in(presenter=presenter),
        hatch=current_app.extensions["hatch"] if presenter else None,
    )
    return Response(page, headers={"Cache-Control": "no-store"})


@workshop.get("/events")
async def workshop_events() -> Response:
    return stream(_stage().frames())


@workshop.post("/counter")
async def serve_at_once() -> Response:
    """The first restaurant: the order is cooked within the request."""
    wanted = OrderRequest.model_validate_json(await json_body())
    plates = [_plate(line.sku) for line in wanted.items for _ in range(line.quantity)]
    try:
        served = await _one_counter().serve(request.headers.get("X-Customer", "somebody"), plates)
    except LineTooLong:
        return answer({"error": "The line reaches into the street."}, 503)
    except Spoilt as spoilt:
        return answer({"error": f"{spoilt}. The order is gone with it: order again."}, 500)
    return answer({"waited_ms": served.waited_ms, "cooked_ms": served.cooked_ms}, 200)


@workshop.post("/controls")
async def turn_controls() -> Response | AnyResponse:
    """One form for all: `do`, `fault`, or a control by its name."""
    await require_staff()
    form = {name: value for name, value in (await request.form).items() if value}
    message = _message(form)
    if form.get("fault") == "viewer":
        _stage().cut()
    elif not _stage().wish(message):
        raise Unacceptable(
            503, "no-launcher", "The launcher is not heard", "Try again in a moment."
        )
    if "text/html" in request.headers.get("Accept", ""):
        return redirect("/workshop", 303)
    return Response(status=HTTPStatus.NO_CONTENT)


@workshop.get("/preflight")
async def look_over() -> Response:
    """What works on this machine, as `orderup doctor` says it."""
    await require_staff()
    from web.doctor import examine

    found = await examine(counter().settings)
    return answer({"findings": [asdict(finding) for finding in found]}, 200)


@workshop.get("/log")
async def show_log() -> Response:
    """The last lines of the access log, in which every figure of the page can be found."""
    await require_staff()
    with access_log(counter().settings).open(encoding="utf-8") as file:
        lines = deque(file, maxlen=LOG_LINES)
    return Response("".join(lines), mimetype="text/plain", headers={"Cache-Control": "no-store"})


def _message(form: dict[str, str]) -> dict[str, object]:
    """What the launcher is told. Raises Unacceptable."""
    kind, value = next(iter(form.items()), ("", ""))
    known = {"do": DOES, "fault": FAULTS}
    if kind in known and value in known[kind] and len(form) == 1:
        return {kind: value}
    try:
        changed(Controls(), form)
    except NoSuchControl as error:
        raise Unacceptable(422, "no-such-control", "No such control", str(error)) from error
    return {"set": form}


def _mistakes(hub: Hub, play: dict[str, Any]) -> list[str]:
    """What the page says is wrong; of a kitchen that cannot be seen nothing is known."""
    told = mistakes(hub.crew.beats)
    if hub.blind_since_ms is None and not hub.crew.on_shift:
        told += nobody_cooks(play, people=hub.standing.mode == "people")
    return told


def _plate(sku: str) -> Plate:
    """Raises NotOnTheMenu."""
    item = counter().book.menu.items.get(sku)
    if item is None:
        raise NotOnTheMenu(sku, sold_out=False)
    return Plate(sku, item.cooking_ms / 1000)


def _stage() -> Stage:
    return cast("Stage", current_app.extensions["stage"])


def _one_counter() -> OneCounter:
    return cast("OneCounter", current_app.extensions["one counter"])
