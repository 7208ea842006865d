"""What the meters say about requests, in the words of the monitoring endpoints and the operators' page."""

from typing import Any

from metrics import samples
from metrics.caches import milliseconds
from metrics.histogram import Histogram, together
from metrics.readings import Reading

SLOW_SECONDS = 1.0
PERCENTILES = (50, 95, 99)


def answers(reading: Reading) -> dict[str, Any]:
    """Return the figures of all requests since the processes began, together without the probes, and by view."""
    counts = reading.sums("wc_requests_total", ("view", "method", "status"))
    times = reading.histograms("wc_request_seconds", ("view", "method"))
    statuses: dict[tuple[str, str], dict[str, float]] = {}
    for (view, method, status), count in counts.items():
        statuses.setdefault((view, method), {})[status] = count
    served = {view: time for view, time in times.items() if view[0] not in samples.PROBES}
    everything: dict[str, float] = {}
    for (view, _), by_status in statuses.items():
        for status, count in by_status.items() if view not in samples.PROBES else ():
            everything[status] = everything.get(status, 0) + count
    return {
        **figures(together(served.values()), everything),
        "by_view": [
            {"view": view, "method": method, **figures(time, statuses.get((view, method), {}))}
            for (view, method), time in sorted(times.items(), key=lambda item: -item[1].count)
        ],
    }


def figures(time: Histogram | None, statuses: dict[str, float]) -> dict[str, Any]:
    """Return count, errors (status 5xx), refusals (4xx), error rate, slow ones, average and percentiles in ms."""
    answered = int(sum(statuses.values()))
    errors = int(statuses.get("5xx", 0))
    return {
        "requests": answered,
        "errors": errors,
        "refused": int(statuses.get("4xx", 0)),
        "error_rate": round(errors / answered, 6) if answered else None,
        "slow": time.over(SLOW_SECONDS) if time else 0,
        "average_ms": milliseconds(time.average) if time else None,
        **{f"p{q}_ms": milliseconds(time.quantile(q / 100)) if time else None for q in PERCENTILES},
    }


def last_hour_of_requests() -> dict[str, Any]:
    """Return the same figures for the last hour, without the probes. Raises redis.RedisError, Unavailable."""
    kept = samples.last_hour()
    statuses: dict[str, float] = {}
    for sample in kept:
        for status, count in sample.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return figures(together(time for sample in kept for time in sample.times.values()), statuses) | {
        "by_view": by_view(kept)
    }


def by_view(kept: list[samples.Sample]) -> list[dict[str, Any]]:
    """Return requests and times by view over these samples, the most asked first."""
    found: dict[samples.View, Histogram] = {}
    for sample in kept:
        for view, time in sample.times.items():
            found[view] = found[view] + time if view in found else time
    return [
        {
            "view": view,
            "method": method,
            "requests": time.count,
            "slow": time.over(SLOW_SECONDS),
            "average_ms": milliseconds(time.average),
            **{f"p{q}_ms": milliseconds(time.quantile(q / 100)) for q in PERCENTILES},
        }
        for (view, method), time in sorted(found.items(), key=lambda item: -item[1].count)
        if time.count
    ]
