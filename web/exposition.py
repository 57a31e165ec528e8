"""The numbers in Prometheus's text format. Loaded when they are first asked for: it takes a while.

https://prometheus.io/docs/instrumenting/exposition_formats/, and for the names
https://prometheus.io/docs/practices/naming/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from orders.counts import Counts
from orders.histogram import Histogram
from orders.version import version
from web.scrape import Kitchen, Scrape


def write(scrape: Scrape) -> tuple[bytes, str]:
    """The text, and its content type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told(scrape))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Told(Collector):
    def __init__(self, scrape: Scrape) -> None:
        self._scrape = scrape

    def collect(self) -> Iterator[Metric]:
        kitchen = self._scrape.kitchen
        build = GaugeMetricFamily(
            "orderup_build_info", "Which Order Up this is.", labels=["version"]
        )
        build.add_metric([version()], 1)
        yield build
        yield _gauge(
            "redis_up", "Whether this web process reaches Redis.", int(kitchen is not None)
        )
        if kitchen is not None:
            yield from _kitchen_now(kitchen)
            yield from _kitchen_ever(kitchen.ever)
        yield from _web(self._scrape.web)


def _kitchen_now(kitchen: Kitchen) -> Iterator[Metric]:
    orders = GaugeMetricFamily("orderup_orders", "Open orders, by status.", labels=["status"])
    for status, number in kitchen.orders.by_status.items():
        orders.add_metric([status], number)
    yield orders
    yield _gauge("queue_waiting", "Orders that wait for the crew.", kitchen.orders.waiting)
    oldest_s = kitchen.orders.oldest_wait_ms / 1000
    yield _gauge("queue_oldest_wait_seconds", "How long the first of them has waited.", oldest_s)
    yield _gauge("crew_processes", "Kitchens (or kitchen screens) on shift.", kitchen.processes)
    yield _gauge("crew_cooks", "Orders that these cook at once.", kitchen.cooks)


def _kitchen_ever(ever: Counts) -> Iterator[Metric]:
    events = {
        "placed": (ever.placed, "Orders placed."),
        "ready": (ever.ready, "Orders that became ready."),
        "collected": (ever.collected, "Orders collected, by the customer or by the clock."),
        "failed": (ever.failed, "Orders whose last attempt failed."),
        "retried": (ever.retried, "Attempts that failed, or were given up, and are made again."),
        "revoked": (ever.revoked, "Orders cancelled or closed."),
    }
    for name, (number, text) in events.items():
        yield CounterMetricFamily(f"orderup_orders_{name}", text, value=number)
    items = CounterMetricFamily("orderup_items_ordered", "Items ordered.", labels=["sku"])
    for sku, number in ever.ordered.items():
        items.add_metric([sku], number)
    yield items
    number_text = "From an order's request until its number is told."
    yield _histogram("time_to_number_seconds", number_text, ever.number_ms)
    yield _histogram("wait_seconds", "From placed until a cook begins.", ever.wait_ms)
    yield _histogram("cooking_seconds", "From the last start until ready.", ever.cooking_ms)
    yield _histogram("time_to_ready_seconds", "From placed until ready.", ever.ready_ms)


def _web(reports: Mapping[str, Mapping[str, Any]]) -> Iterator[Metric]:
    answers = CounterMetricFamily(
        "orderup_web_answers", "Answers to requests.", labels=["process", "status"]
    )
    streams = GaugeMetricFamily("orderup_web_streams", "Open streams.", labels=["process", "of"])
    counters = {
        "outages": _counter("web_redis_outages", "How often Redis was not heard any more."),
        "gaps": _counter("web_redis_gaps", "Changes that were missed, and noticed."),
        "resyncs": _counter("web_resyncs", "Snapshots taken: the first, after an outage, a gap."),
        "slow_viewers": _counter("web_slow_viewers_closed", "Viewers who took nothing for long."),
    }
    for process, report in sorted(reports.items()):
        for status, number in report["answers"].items():
            answers.add_metric([process, status], number)
        for of, number in report["streams"].items():
            streams.add_metric([process, of], number)
        for name, family in counters.items():
            family.add_metric([process], report[name])
    yield from (answers, streams, *counters.values())


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"orderup_{name}", text, value=value)


def _counter(name: str, text: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"orderup_{name}", text, labels=["process"])


def _histogram(name: str, text: str, histogram: Histogram) -> Metric:
    """Four of our buckets are one here, which loses nothing: the bounds are the same."""
    buckets = [(f"{ms / 1000:g}", float(number)) for ms, number in histogram.doublings()]
    buckets.append(("+Inf", float(histogram.count)))
    sum_s = histogram.total_ms / 1000
    return HistogramMetricFamily(f"orderup_{name}", text, buckets=buckets, sum_value=sum_s)
