"""Lab 7: a mail server that turns two letters away, and then takes them."""

from __future__ import annotations

from kitchen.postbox import Postbox
from orders.states import Status

from .bench import Bench, expect

REFUSES = 2


async def check(bench: Bench) -> str:
    box = Postbox(lambda _: None, refuses=REFUSES)
    async with box.opened("127.0.0.1", 0) as port, bench.kitchen(mail_server=f"127.0.0.1:{port}"):
        order = await bench.place("lab-7")
        order = await bench.reached(order.id, Status.SUCCESS, Status.FAILURE, within_s=20)
    expect(order.status is Status.SUCCESS, f"The order is {order.status}: {order.error}.")
    expect(
        box.letters,
        f"The order says SUCCESS ({order.result!r}), and no letter has arrived: the server said "
        "451, try again later, and nobody heard.",
    )
    expect(len(box.letters) == 1, f"The same letter has arrived {len(box.letters)} times.")
    expect(
        order.attempt == REFUSES + 1, "Each try has to be an attempt of the order, with a pause."
    )
    return f"Turned away {REFUSES} times, and arrived once, in attempt {order.attempt}."
