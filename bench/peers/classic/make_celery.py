"""For the command `celery --app bench.peers.classic.make_celery`, as Flask's guide has it."""

from __future__ import annotations

from bench.peers.classic import tasks  # noqa: F401 - so that the worker knows them
from bench.peers.classic.app import create_app

flask_app = create_app()
celery_app = flask_app.extensions["celery"]
