"""A hall of waiting people: numbers that are put on the board, in the state that a test needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.restaurant import Restaurant, eventually, opened

TRIALS = Path(__file__).parents[1] / "faults"
STAFF = {"Authorization": "Bearer 1234"}
FLAGS = [
    *("--staff-pin", "1234", "--attempts", "1", "--cooks", "1000", "--ready-s", "3600"),
    *("--menu", str(TRIALS / "menu.toml"), "--recipes", str(TRIALS / "recipes")),
]
# Who goes home from where; nothing that is on the board is forgotten there.
OVER = {
    "STARTED": {"status": "REVOKED"},
    "SUCCESS": {"status": "COLLECTED"},
    "FAILURE": {"status": "REVOKED", "from": "FAILURE"},
}


@contextmanager
def opened_hall(directory: Path) -> Iterator[Hall]:
    with (
        opened(directory, *FLAGS) as restaurant,
        httpx.Client(base_url=restaurant.address, headers=STAFF, timeout=10) as client,
    ):
        yield Hall(restaurant, client)


class Hall:
    """Orders by what becomes of them. Each method gives the number that the board shows."""

    def __init__(self, restaurant: Restaurant, client: httpx.Client) -> None:
        self.address = restaurant.address
        self._client = client
        self._waiting: dict[str, tuple[str, str]] = {}  # number → id and status

    def ready(self) -> str:
        return self._place("water", "SUCCESS")

    def preparing(self) -> str:
        return self._place("hanging", "STARTED")

    def failed(self) -> str:
        return self._place("broken", "FAILURE")

    def leave(self, number: str) -> None:
        """Collected, closed or cancelled: off the board."""
        order_id, status = self._waiting.pop(number)
        answer = self._client.put(f"/api/orders/{order_id}/status", json=OVER[status])
        assert answer.status_code == 200, answer.text

    def clear(self) -> None:
        """Everybody has gone home."""
        for number in list(self._waiting):
            self.leave(number)

    def _place(self, sku: str, status: str) -> str:
        answer = self._client.post("/api/orders", json={"items": [{"sku": sku, "quantity": 1}]})
        assert answer.status_code == 201, answer.text
        order = answer.json()
        if order["status"] != status:
            eventually(lambda: self._status(order["id"]) == status)
        self._waiting[order["reference"]] = order["id"], status
        return str(order["reference"])

    def _status(self, order_id: str) -> str:
        return str(self._client.get(f"/api/orders/{order_id}").json()["status"])
