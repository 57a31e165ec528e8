"""Celery's tasks."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from bench.peers.classic import shop


@shared_task(name="cook_order")
def cook_order(order_id: str, number: str) -> None:
    redis = current_app.extensions["redis"]
    shop.move(redis, order_id, number, "STARTED")
    shop.move(redis, order_id, number, "SUCCESS")


@shared_task(name="collect")
def collect() -> None:
    shop.collect(current_app.extensions["redis"])
