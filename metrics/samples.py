"""The last hour: the meters as they stood every 30 seconds, kept in Redis under one key for two hours.

A sample holds counts by view, method and cache name and nothing else. What happened between two samples is their
difference; figures of a process that began anew count from its beginning.
"""

import math
import time
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self, TypeVar

import orjson
from django_redis import get_redis_connection

from metrics.histogram import Histogram, together
from metrics.parts import Unavailable
from metrics.readings import Reading

KEY = "wc:metrics:samples"
SECONDS_KEPT = 7_200
SECONDS_BETWEEN = 30
# An hour and the sample that it begins with.
SAMPLES_KEPT = 3_600 // SECONDS_BETWEEN + 1
# Asked by machines every few seconds: they would hide how people are served.
PROBES = frozenset({"health_live", "health_ready", "metrics"})

View = tuple[str, str]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Sample:
    """What all meters showed at one moment (`at`, seconds since 1970), or grew by until then."""

    at: float
    times: dict[View, Histogram]
    """Times of answers by view and method, without the probes."""
    statuses: dict[str, float]
    """Answers by class of status, without the probes."""
    caches: dict[tuple[str, str], float]
    """Questions to caches by name and result."""

    @classmethod
    def of(cls, reading: Reading, at: float) -> Self:
        """Return the sample of a reading."""
        times = reading.histograms("wc_request_seconds", ("view", "method"))
        statuses: dict[str, float] = {}
        for (view, status), count in reading.sums("wc_requests_total", ("view", "status")).items():
            if view not in PROBES:
                statuses[status] = statuses.get(status, 0) + count
        caches = reading.sums("wc_cache_requests_total", ("name", "result"))
        return cls(
            at,
            {(view, method): time for (view, method), time in times.items() if view not in PROBES},
            statuses,
            {(name, result): count for (name, result), count in caches.items()},
        )

    @property
    def all_times(self) -> Histogram | None:
        """The times of all views together."""
        return together(self.times.values())

    def since(self, earlier: Self) -> Self:
        """Return what happened after the earlier sample."""
        return type(self)(
            self.at,
            {view: time.since(earlier.times.get(view)) for view, time in self.times.items()},
            grown(self.statuses, earlier.statuses),
            grown(self.caches, earlier.caches),
        )

    def to_json(self) -> bytes:
        """Return the sample as bytes."""
        bounds = next((time.bounds[:-1] for time in self.times.values()), ())
        return orjson.dumps(
            {
                "at": self.at,
                "bounds": bounds,
                "times": [[*view, time.total, *time.counts] for view, time in self.times.items()],
                "statuses": self.statuses,
                "caches": [[*cache, count] for cache, count in self.caches.items()],
            }
        )

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Return the sample in these bytes."""
        held: dict[str, Any] = orjson.loads(text)
        bounds = (*held["bounds"], math.inf)
        return cls(
            held["at"],
            {(view, method): Histogram(bounds, tuple(counts), total) for view, method, total, *counts in held["times"]},
            held["statuses"],
            {(name, result): count for name, result, count in held["caches"]},
        )


def grown(now: dict[Key, float], then: dict[Key, float]) -> dict[Key, float]:
    """Return by how much each count grew; one that went down began anew."""
    return {key: count - then.get(key, 0) if count >= then.get(key, 0) else count for key, count in now.items()}


def keep(reading: Reading) -> None:
    """Keep a sample of the meters as they stand now. Raises redis.RedisError."""
    sample = Sample.of(reading, time.time())
    with get_redis_connection("default").pipeline(transaction=False) as pipeline:
        pipeline.rpush(KEY, sample.to_json())
        pipeline.ltrim(KEY, -SAMPLES_KEPT, -1)
        pipeline.expire(KEY, SECONDS_KEPT)
        pipeline.execute()


def last_hour() -> list[Sample]:
    """Return what happened between each two samples of the last hour, the oldest first.

    Raises redis.RedisError, and Unavailable where there are not yet two samples.
    """
    since = time.time() - 3_600 - SECONDS_BETWEEN
    found = [Sample.from_json(text) for text in get_redis_connection("default").lrange(KEY, 0, -1)]
    kept = [sample for sample in found if sample.at >= since]
    if len(kept) < 2:
        raise Unavailable(
            f"No samples of the last hour yet. Beat and a worker keep one every {SECONDS_BETWEEN} s: are both running?"
        )
    return [later.since(earlier) for earlier, later in pairwise(kept)]


def seconds_since_the_last() -> float | None:
    """Return how old the newest sample is, in seconds; None if there is none. Raises redis.RedisError.

    Beat must have sent its task and a worker have run it, so this is the pulse of both.
    """
    newest = get_redis_connection("default").lindex(KEY, -1)
    return None if newest is None else max(0.0, time.time() - Sample.from_json(newest).at)
