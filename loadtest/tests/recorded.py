"""A small run as the load test notes it: 500 people for 230 seconds, few requests, all figures easy to see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from loadtest.measured import Request, Run, Sample

STEPS = (
    # step, milliseconds, cache
    ("health summary", 10.0, "hit"),
    ("records", 20.0, "miss"),
    ("allergies", 20.0, "hit"),
    ("vitals", 30.0, "hit"),
    ("record vitals", 50.0, ""),
    ("summary after the write", 12.0, "hit"),
    ("search", 40.0, "miss"),
)
PARTS = ("web", "worker", "beat", "postgresql", "valkey", "generator")


def cache_stats() -> dict[str, Any]:
    """What the service says of its caches after the run."""
    cache = {"requests": 100, "hits": 90, "misses": 10, "bypasses": 0, "p50_ms": 0.4, "p95_ms": 0.9}
    return {"hit_rate": 0.9, "caches": [{"name": "summary", "hit_rate": 0.9, **cache}]}


def recorded(*, slowest: float = 0.0, failed: int = 0, users: int = 500, each_second: int = 15, **cache: Any) -> Run:
    """Return a run in which each step was taken some times a second; the slowest time comes in every tenth second."""
    requests = [Request(0.5, "login", 900.0, False, "") for _ in range(users)]
    for second in range(230):
        for number in range(each_second):
            for step, ms, found in STEPS:
                late = slowest if slowest and second % 10 == 0 else 0.0
                requests.append(Request(second + number / 100, step, max(ms, late), False, found))
    whole = len(requests) - failed
    requests = requests[:whole] + [replace(request, failed=True) for request in requests[whole:]]
    return Run(
        plan={"users": users, "length": "usual", "started": "2026-11-24T12:00:00+00:00", "commit": "0123abc"},
        world={"students": 20_000, "schools": 40},
        machine={
            "cpu": "A <processor> & more",
            "cores": 2,
            "memory_bytes": 8 * 1024**3,
            "system": "Debian",
            "load_before": 0.1,
            "versions": {"Python": "3.11.7", "PostgreSQL": "18.6"},
        },
        cache=cache_stats() | cache,
        messages=[{"step": "search", "message": "<script>alert(1)</script>", "count": failed}] if failed else [],
        requests=requests,
        users=[(float(second), users if second > 15 else users // 10) for second in range(230)],
        samples=[
            Sample(float(second), dict.fromkeys(PARTS, second * 0.1), dict.fromkeys(PARTS, 2**20))
            for second in range(230)
        ],
    )
