"""Receives what the other apps tell about their work and counts it (access/signals.py)."""

from functools import cache
from itertools import product
from typing import Any

from prometheus_client import Counter, Histogram

from access.events import Door, Outcome
from metrics import meters

BYPASS = "bypass"


@cache
def cache_meters(name: str, result: str) -> tuple[Counter, Histogram]:
    """Return the meters of a cache, found once: it is asked on the hot path."""
    return meters.cache_requests.labels(name, result), meters.cache_seconds.labels(name)


@cache
def audit_meter(door: str, outcome: str) -> Counter:
    """Return the meter of a door and an outcome."""
    return meters.audit_rows.labels(door, outcome)


def begin_at_zero() -> None:
    """Let every outcome at every door begin at zero, so that the first refusal is a rise that a rule can see."""
    for door, outcome in product(Door.values, Outcome.values):
        audit_meter(door, outcome)


def count_cache(sender: object, name: str, result: str, seconds: float, **kwargs: Any) -> None:
    """Receive cache_asked."""
    count, time = cache_meters(name, result)
    count.inc()
    # What went past the cache says nothing about how quick the cache is.
    if result != BYPASS:
        time.observe(seconds)


def count_audit(sender: object, door: str, outcome: str, rows: int, **kwargs: Any) -> None:
    """Receive audited."""
    audit_meter(door, outcome).inc(rows)
