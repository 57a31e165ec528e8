"""The office: what goes on in the kitchen, in the queue and with each order, and what may be done.

Everything on its page is there as of loading; every button is a form. With JavaScript the stream keeps
the page true, many orders can be moved at once, and the numbers are drawn.
"""

from __future__ import annotations

from quart import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from orders.errors import OrderMovedOn, TransitionRefused
from orders.states import Actor
from web.counter import counter, stream
from web.kitchen_api import KitchenRequest, tell
from web.menu import change_item
from web.office_page import copies, order_page, page
from web.schedule import ask_for
from web.schemas import StatusRequest
from web.staff import require_staff

office = Blueprint("office", __name__)


@office.get("/office")
async def show_office() -> Response:
    await require_staff()
    return await page(request.args)


@office.get("/office/events")
async def office_events() -> Response:
    await require_staff()
    return stream(counter().hub.office())


@office.get("/office/parts")
async def show_parts() -> Response:
    await require_staff()
    return await copies()


@office.get("/office/orders/<order_id>")
async def show_order(order_id: str) -> Response:
    await require_staff()
    return await order_page(await counter().book.order(order_id))


@office.post("/office/orders/<order_id>/status")
async def set_status(order_id: str) -> Response | AnyResponse:
    await require_staff()
    wanted = StatusRequest.model_validate({**await request.form})
    book = counter().book
    try:
        await book.set_status(order_id, wanted.status, Actor.STAFF, wanted.said, after=wanted.after)
    except (OrderMovedOn, TransitionRefused) as error:
        return await order_page(await book.order(order_id), error)
    return redirect(
        url_for("office.show_order", order_id=order_id, lang=request.args.get("lang")), 303
    )


@office.post("/office/kitchen")
async def tell_kitchen() -> AnyResponse:
    await require_staff()
    form = await request.form
    said: dict[str, object] = {**form}
    if "paused" in form:
        said["paused"] = form["paused"] == "true"
    if "cooks" in form:
        said["cooks"] = int(form["cooks"]) if form["cooks"].isdecimal() else None
    await tell(KitchenRequest.model_validate(said))
    return _back("kitchen")


@office.post("/office/menu/<sku>")
async def set_item(sku: str) -> AnyResponse:
    await require_staff()
    form = await request.form
    await change_item(sku, {name: form[name] == "true" for name in form})
    return _back("menu")


@office.post("/office/schedule/<name>")
async def run_task(name: str) -> AnyResponse:
    await require_staff()
    await ask_for(name)
    return _back("schedule")


@office.post("/office/hooks/<delivery_id>")
async def send_again(delivery_id: str) -> AnyResponse:
    await require_staff()
    if counter().settings.hook_url is not None:
        await counter().book.hooks.send_again(delivery_id)
    return _back("hooks")


def _back(section: str) -> AnyResponse:
    """To the page, where the form was."""
    here = url_for("office.show_office", lang=request.args.get("lang"))
    return redirect(f"{here}#{section}", 303)
