"""The kitchen as arq's own command knows it: `arq kitchen.worker.WorkerSettings`.

That runs a stock worker: the same orders, the same book, only slower to wake. `orderup kitchen` runs
ours (`kitchen/crew.py`). Read at import, since arq's command leaves no other moment.
"""

from __future__ import annotations

from typing import Any

from arq.connections import RedisSettings

from kitchen.shift import worker_options
from orders.book import DEFAULT_REDIS_URL
from orders.settings import Settings

_settings = Settings()
_options: dict[str, Any] = worker_options(_settings)


class WorkerSettings:
    """Each name is a parameter of arq's `Worker`."""

    functions = _options["functions"]
    queue_name = _options["queue_name"]
    redis_pool = _options["redis_pool"]
    redis_settings = RedisSettings.from_dsn(_settings.redis_url or DEFAULT_REDIS_URL)  # for --check
    on_startup = _options["on_startup"]
    on_shutdown = _options["on_shutdown"]
    max_jobs = _options["max_jobs"]
    queue_read_limit = _options["queue_read_limit"]
    job_completion_wait = _options["job_completion_wait"]
    health_check_interval = _options["health_check_interval"]
    keep_result = _options["keep_result"]
    log_results = _options["log_results"]
    job_serializer = staticmethod(_options["job_serializer"])
    job_deserializer = staticmethod(_options["job_deserializer"])
    ctx = _options["ctx"]
