"""Put so many orders into the queue: `python -m bench.peers.classic.fill 20000`."""

from __future__ import annotations

import sys
import uuid

from bench.peers.classic import shop
from bench.peers.classic.app import create_app

app = create_app()
with app.app_context():
    from bench.peers.classic.tasks import cook_order

    for _ in range(int(sys.argv[1])):
        order_id = uuid.uuid4().hex
        number = shop.place(
            app.extensions["redis"], order_id, [{"sku": "nuggets-6", "quantity": 1}]
        )
        cook_order.delay(order_id, number)
