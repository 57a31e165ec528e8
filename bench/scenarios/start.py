"""Start: from the command to the first accepted order."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time

from bench import http, parts, stacks
from bench.harness import Figure, Form, Goal, Ledger, Outcome, Scenario

SCENARIO = Scenario(
    name="start",
    title="Start: `orderup open` to the first accepted order",
    what=(
        "The command starts its private Valkey in an empty directory, web and kitchen; a customer tries "
        "every 10 ms until a POST is answered with 201. Files are in the system's cache, and modules "
        "are compiled. Five starts a round, the median counts; afterwards the kitchen cooks the orders."
    ),
    figures=(Figure("seconds", "s", "less"), Figure("slowest_s", "s, slowest", "less")),
    contestants=("ours",),
    goals=(Goal("at most 1.5 s on a warm machine", "seconds", 1.5),),
    rounds=1,
    plot=None,
)

LIMIT_S = 30.0


async def run(_: str, form: Form) -> Outcome:
    starts = form.pick(5, 1)
    await _start(form, "warm-up")
    times = [await _start(form, f"start {number}") for number in range(starts)]
    return Outcome(
        {"seconds": statistics.median(times), "slowest_s": max(times)},
        Ledger(starts, len(times), "first orders accepted and cooked"),
    )


async def _start(form: Form, name: str) -> float:
    """Seconds until the first order is accepted. Returns when it has been cooked as well."""
    port = parts.free_port()
    env = {**parts.OURS, "ORDERUP_PORT": str(port), "ORDERUP_DATA_DIR": str(form.folder / name)}
    began = time.perf_counter()
    words = (sys.executable, "orderup.py", "open")
    opened = parts.program(form.folder, name, *words, gently=True, **env)
    async with opened, asyncio.timeout(LIMIT_S):
        address = f"http://127.0.0.1:{port}"
        location = await _first_order(address)
        seconds = time.perf_counter() - began
        connection = await http.connect(address)
        while b'"SUCCESS"' not in (await connection.ask(http.get(location))).body:
            await asyncio.sleep(0.02)
        connection.close()
    return seconds


async def _first_order(address: str) -> str:
    """Try until an order is accepted; where it is found."""
    while True:
        try:
            connection = await http.connect(address)
            answer = await connection.ask(http.post("/api/orders", stacks.ORDER))
            connection.close()
        except OSError:
            answer = http.Answer(0, b"")
        if answer.status == 201:
            order_id = answer.body.partition(b'"id":"')[2].partition(b'"')[0].decode()
            return f"/api/orders/{order_id}"
        await asyncio.sleep(0.01)
