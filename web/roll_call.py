"""The roll call: everybody on the roster, what each is doing, and when each was last heard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from orders.board import Ticket
from orders.crew import SCREEN, Overview
from orders.states import Actor
from orders.watch import CrewWatch

SHOWN = 12  # of what a cook has in hand

# What a beat says of its process, and we pass on.
TOLD = (
    "host",
    "pid",
    "version",
    "since_ms",
    "cooks",
    "follows",
    "screens",
    "broken_recipes",
    "standstill",
)


def roll_call(
    seen: Overview, tickets: Mapping[str, Ticket], watches: Sequence[CrewWatch]
) -> list[dict[str, Any]]:
    """One entry for each process on the roster, and one, the last, for the people who cook by hand.

    Who watches the beats has perhaps just begun to; so there may be several `watches`, and the one that
    has seen a beat stand still for longest is right.
    """
    in_hand: dict[str, list[dict[str, Any]]] = {}
    for order_id, cook in seen.cooking.items():
        if ticket := tickets.get(order_id):
            told = {"id": order_id, "reference": ticket.reference, "since_ms": ticket.since_ms}
            in_hand.setdefault(cook, []).append(told)
    crew = [
        {
            "name": name,
            "kind": "screen" if name.startswith(SCREEN) else "cook",
            "on_duty": name.startswith(SCREEN) == (seen.standing.mode == "people"),
            "lost": any(name in watch.lost for watch in watches),
            "silent_ms": int(max(watch.silent_s(name) for watch in watches) * 1000),
            **_described(beat),
            **_in_hand(in_hand.get(name, [])),
        }
        for name, beat in sorted(seen.beats.items())
    ]
    if by_hand := in_hand.get(Actor.STAFF):
        crew.append({"name": Actor.STAFF, "kind": "people", **_in_hand(by_hand)})
    return crew


def _described(beat: str) -> dict[str, Any]:
    """What the process says of itself; one of another version says less, or more."""
    try:
        told = json.loads(beat)
    except ValueError:
        return {}
    return {name: told[name] for name in TOLD if name in told} if isinstance(told, dict) else {}


def _in_hand(orders: list[dict[str, Any]]) -> dict[str, Any]:
    longest = sorted(orders, key=lambda order: order["since_ms"])
    return {"in_hand": len(orders), "orders": longest[:SHOWN]}
