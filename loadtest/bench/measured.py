"""One server under one load, as a variant: what an answer took, and the CPU time that it cost, and whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django_redis import get_redis_connection

from devtools.places import state_folder
from loadtest.bench.cpu import cpu_seconds, settle
from loadtest.bench.load import Generator, Load
from loadtest.bench.rounds import Costs
from loadtest.bench.serving import Running

MICRO = 1e6


def stores() -> dict[str, int]:
    """Return the process ids of the benchmark's own PostgreSQL and Valkey; none of servers that are somebody's own."""
    found = {}
    lock = state_folder("bench") / "postgres-18" / "postmaster.pid"
    if lock.exists():
        found["postgres"] = int(lock.read_text().partition("\n")[0])
    cache: Any = get_redis_connection("default")
    valkey = int(cache.info("server")["process_id"])
    if Path(f"/proc/{valkey}").exists():
        found["valkey"] = valkey
    return found


def under_load(
    generator: Generator, running: Running, load: Callable[[], Load], before: Callable[[], object] | None = None
) -> Callable[[], Costs]:
    """Return the variant that puts a load on a server and gives the costs of one answer.

    `wall` is seconds an answer at that load (the inverse of answers a second), `cpu` microseconds of the server's
    processes, `postgres` and `valkey` of theirs; `p50` and `p99` milliseconds. `before` is not measured. Raises Trouble
    if anything went wrong with any answer.
    """
    beside = stores()

    def measure() -> Costs:
        if before is not None:
            before()
        settle(running.pid)
        used = _used(running, beside)
        volley = generator.fire(load()).checked(running.name)
        settle(running.pid)
        now = _used(running, beside)
        return {
            "wall": volley.seconds / volley.answers,
            "p50": volley.percentile(0.5) * 1000,
            "p99": volley.percentile(0.99) * 1000,
            **{name: (now[name] - used[name]) / volley.answers * MICRO for name in now},
        }

    return measure


def _used(running: Running, beside: Mapping[str, int]) -> dict[str, float]:
    return {name: cpu_seconds(pid) for name, pid in {"cpu": running.pid, **beside}.items()}
