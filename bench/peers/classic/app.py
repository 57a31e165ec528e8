"""The Flask application, and the Celery application that is configured through it."""

from __future__ import annotations

import os
import uuid

from celery import Celery, Task
from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request

from bench.peers.classic import shop

bp = Blueprint("orders", __name__)


def create_app() -> Flask:
    app = Flask(__name__)
    url = os.environ["BENCH_REDIS_URL"]
    app.config["CELERY"] = {
        "broker_url": url,
        "result_backend": url,
        "task_ignore_result": True,  # as Flask's guide has it; the orders' states are in the shop
        "broker_connection_retry_on_startup": True,
        "beat_schedule": {"collect": {"task": "collect", "schedule": 1.0}},
        "beat_schedule_filename": os.environ.get("BENCH_BEAT_FILE", "celerybeat-schedule"),
    }
    app.extensions["redis"] = shop.connect(url)
    celery_init_app(app)
    app.register_blueprint(bp)
    return app


def celery_init_app(app: Flask) -> Celery:
    """Let tasks run within the application's context, as Flask's guide shows."""

    class FlaskTask(Task):
        def __call__(self, *args: object, **kwargs: object) -> object:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.name, task_cls=FlaskTask)
    celery.config_from_object(app.config["CELERY"])
    celery.set_default()
    app.extensions["celery"] = celery
    return celery


@bp.post("/api/orders")
def place() -> tuple[Response, int]:
    from bench.peers.classic.tasks import cook_order

    items = (request.get_json() or {}).get("items")
    if not items or not all(
        isinstance(item.get("sku"), str) and 1 <= item.get("quantity", 0) <= 99 for item in items
    ):
        abort(400)
    order_id = uuid.uuid4().hex
    number = shop.place(current_app.extensions["redis"], order_id, items)
    cook_order.delay(order_id, number)
    return jsonify(id=order_id, reference=number, status="PENDING"), 201


@bp.get("/api/orders/<order_id>")
def show(order_id: str) -> Response:
    order = current_app.extensions["redis"].hgetall(f"order:{order_id}")
    return jsonify(order) if order else abort(404)


@bp.get("/api/board")
def board() -> Response:
    return jsonify(tickets=current_app.extensions["redis"].hgetall("board"))
