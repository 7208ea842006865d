"""What /metrics tells beside our own meters: PostgreSQL, Redis, the broker, the processes, asked at each scrape.

A part that does not answer is `wc_up 0` and its figures are missing; the scrape goes on. With several web servers each
tells the same of the shared servers: take `max`, not `sum`.
"""

from collections.abc import Callable, Iterable, Iterator

import kombu.exceptions
import psycopg
import redis
import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from metrics import caches, database, samples, workers
from metrics.parts import Unavailable
from metrics.probing import own_connection
from metrics.processes import live_processes

log = structlog.get_logger("whitecross.metrics")

AWAY = (psycopg.Error, redis.RedisError, kombu.exceptions.OperationalError, OSError, Unavailable)


def gauge(name: str, text: str, value: float | None) -> list[Metric]:
    """Return a gauge without labels; nothing where there is no value."""
    return [] if value is None else [GaugeMetricFamily(name, text, value=value)]


def labelled(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
    """Return a gauge with one label."""
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def of_database() -> Iterator[Metric]:
    """Tell what PostgreSQL says."""
    with own_connection() as connection:
        whole = database.whole(connection)
        sessions = database.sessions(connection)
        replicas = database.replicas(connection)
        seals = database.seals(connection)
    yield labelled("wc_database_connections", "Connections to the database.", "state", sessions["by_state"])
    yield from gauge("wc_database_connections_most", "max_connections of the server.", sessions["most"])
    yield from gauge("wc_database_lock_waits", "Connections that wait for a lock.", sessions["waiting_for_a_lock"])
    yield from gauge(
        "wc_database_longest_transaction_seconds", "Age of the oldest open transaction.",
        sessions["longest_transaction_seconds"],
    )  # fmt: skip
    yield from gauge("wc_database_size_bytes", "Size of the database.", whole["size_bytes"])
    yield CounterMetricFamily("wc_database_deadlocks", "Deadlocks.", value=whole["deadlocks"])
    yield from gauge("wc_replicas", "Replicas that stream from this server.", len(replicas["replicas"]))
    yield from gauge("wc_replica_lag_seconds", "The largest lag of a replica.", replicas["lag_seconds"])
    yield CounterMetricFamily("wc_audit_seals", "Seals over the audit trail.", value=seals["seals"])
    yield from gauge(
        "wc_audit_seal_lag_seconds", "Age of the oldest audit row that no seal covers.", seals["seal_lag_seconds"]
    )


def of_cache() -> Iterator[Metric]:
    """Tell what Redis says, and how long ago beat and a worker last kept a sample in it."""
    server, keys = caches.server(), caches.key_counts()
    yield labelled("wc_cache_keys", "Keys in a cache of the settings.", "cache", keys)
    yield from gauge("wc_cache_memory_bytes", "Memory of the Redis that caches.", server["memory_bytes"])
    yield from gauge("wc_cache_memory_limit_bytes", "maxmemory; 0 is none.", server["memory_limit_bytes"] or 0)
    yield CounterMetricFamily("wc_cache_evicted_keys", "Keys thrown away for room.", value=server["evicted_keys"])
    yield from gauge(
        "wc_pulse_age_seconds", "Since beat and a worker last did their work.", samples.seconds_since_the_last()
    )


def of_broker() -> Iterator[Metric]:
    """Tell what waits for a worker."""
    yield labelled("wc_queue_length", "Tasks that wait for a worker.", "queue", workers.queue_lengths())


def of_processes() -> Iterator[Metric]:
    """Tell the memory of this machine's processes."""
    processes = live_processes()
    for name, text, value in (
        ("wc_processes", "Processes on this machine.", lambda process: 1),
        ("wc_process_memory_bytes", "Resident memory of the processes on this machine.", lambda p: p.resident_bytes),
    ):
        totals: dict[str, int] = {}
        for process in processes:
            totals[process.role] = totals.get(process.role, 0) + value(process)
        yield labelled(name, text, "role", totals)


PARTS: dict[str, Callable[[], Iterator[Metric]]] = {
    "database": of_database,
    "cache": of_cache,
    "broker": of_broker,
    "processes": of_processes,
}


class Servers(Collector):
    """Collects all parts; each either whole or not at all."""

    def collect(self) -> Iterable[Metric]:
        """Ask each part."""
        up = {}
        for name, ask in PARTS.items():
            try:
                told = list(ask())
            except AWAY as error:
                log.warning("part did not tell", reason=f"{name}: {type(error).__name__}")
                told = []
            up[name] = int(bool(told))
            yield from told
        yield labelled("wc_up", "Whether a part answered.", "part", up)


def servers_registry() -> CollectorRegistry:
    """Return a registry of the parts alone."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Servers())
    return registry
