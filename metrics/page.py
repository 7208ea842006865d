"""What the operators' page shows of the last hour: minutes, two charts, and tables."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from metrics.caches import milliseconds
from metrics.chart import Chart, Line, draw
from metrics.histogram import Histogram, together
from metrics.requests import by_view
from metrics.samples import Sample

BLUE, RED, GREEN = "#005ea2", "#b50909", "#00713d"


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute: requests, their median and 95th percentile in ms, errors, hit rate in percent; None of nothing."""

    at: datetime
    requests: int
    p50_ms: float | None
    p95_ms: float | None
    errors: int
    hit_rate: float | None


def last_hour_shown(kept: list[Sample]) -> dict[str, Any]:
    """Return the template's values for the samples of the last hour."""
    minutes = by_minute(kept)
    hour = together(time for sample in kept for time in sample.times.values())
    return {
        "minutes": minutes,
        "latency": latency_chart(minutes),
        "hit_rate": hit_rate_chart(minutes),
        "views": by_view(kept),
        "caches": by_cache(kept),
        "requests": hour.count if hour else 0,
        "errors": sum(minute.errors for minute in minutes),
        **{f"p{q}_ms": milliseconds(hour.quantile(q / 100)) if hour else None for q in (50, 95, 99)},
        "overall_hit_rate": hit_rate(kept),
    }


def by_minute(kept: list[Sample]) -> list[Minute]:
    """Return what happened in each minute between the first sample and the last, also where there is none."""
    found: dict[int, list[Sample]] = defaultdict(list)
    for sample in kept:
        found[int(sample.at // 60)].append(sample)
    return [minute_of(number, found.get(number, [])) for number in range(min(found), max(found) + 1)]


def minute_of(number: int, samples: list[Sample]) -> Minute:
    """Return one minute; `number` counts from 1970."""
    times: Histogram | None = together(time for sample in samples for time in sample.times.values())
    rate = hit_rate(samples)
    return Minute(
        at=timezone.localtime(datetime.fromtimestamp(number * 60, UTC)),
        requests=times.count if times else 0,
        p50_ms=milliseconds(times.quantile(0.5)) if times else None,
        p95_ms=milliseconds(times.quantile(0.95)) if times else None,
        errors=int(sum(sample.statuses.get("5xx", 0) for sample in samples)),
        hit_rate=rate,
    )


def hit_rate(samples: Iterable[Sample]) -> float | None:
    """Return hits of all hits and misses in percent, or None where no cache was asked."""
    counts: dict[str, float] = defaultdict(float)
    for sample in samples:
        for (_, result), count in sample.caches.items():
            counts[result] += count
    asked = counts["hit"] + counts["miss"]
    return round(100 * counts["hit"] / asked, 1) if asked else None


def by_cache(kept: list[Sample]) -> list[dict[str, Any]]:
    """Return questions and hit rate of the hour for each cache name."""
    counts: dict[str, dict[str, int]] = {}
    for sample in kept:
        for (name, result), count in sample.caches.items():
            results = counts.setdefault(name, {"hit": 0, "miss": 0, "bypass": 0})
            results[result] = results.get(result, 0) + int(count)
    return [
        {
            "name": name,
            **results,
            "hit_rate": round(100 * results["hit"] / asked, 1) if (asked := results["hit"] + results["miss"]) else None,
        }
        for name, results in sorted(counts.items())
    ]


def latency_chart(minutes: list[Minute]) -> Chart:
    """Draw median and 95th percentile by minute."""
    return draw(
        "Time to answer by minute",
        "Median and 95th percentile of the time to answer, in milliseconds. The table below holds the same figures.",
        [minute.at for minute in minutes],
        [
            Line("p95", RED, "6 3", [minute.p95_ms for minute in minutes]),
            Line("p50", BLUE, "", [minute.p50_ms for minute in minutes]),
        ],
        unit="ms",
    )


def hit_rate_chart(minutes: list[Minute]) -> Chart:
    """Draw the share of cache hits by minute."""
    return draw(
        "Cache hit rate by minute",
        "Hits of all hits and misses, in percent. The table below holds the same figures.",
        [minute.at for minute in minutes],
        [Line("hits", GREEN, "", [minute.hit_rate for minute in minutes])],
        unit="%",
        top=100.0,
    )
