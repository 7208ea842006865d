"""The four monitoring endpoints: what the service does and how its parts are, for staff; no personal data in them.

Each answer is made of parts: one that cannot be had says why under `unavailable`, and the rest still answers.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from access.api_door import AccessToken, ApiView
from metrics import batches, caches, database, workers
from metrics.parts import Unavailable, part
from metrics.probing import Connection, own_connection
from metrics.processes import live_processes
from metrics.readings import Reading, read_meters
from metrics.requests import answers, last_hour_of_requests


class StaffView(ApiView):
    """A view for staff, known by a token or by the session of their browser."""

    # The token first: its challenge makes the answer to nobody a 401.
    authentication_classes = [AccessToken, SessionAuthentication]
    pagination_class = None
    # For operators, not for programs that use the API: docs/monitoring.md describes it.
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let staff in. Raises NotAuthenticated, AuthenticationFailed (401) or PermissionDenied (403)."""
        super().initial(request, *args, **kwargs)
        if not self.caller().is_staff:
            raise PermissionDenied("This is for staff who operate White Cross. Ask your administrator.")


class PerformanceView(StaffView):
    """How quickly requests are answered, and what goes wrong."""

    def get(self, request: Request) -> Response:
        """Read requests, average, percentiles, slow ones and errors by view; slow statements; memory."""
        reading = read_meters()
        errors = reading.sums("wc_database_errors_total", ("kind",))
        return Response(
            {
                "as_of": timezone.now(),
                "sources": sources(reading),
                "requests": answers(reading),
                "last_hour": part(last_hour_of_requests),
                "slow_queries": {
                    "slower_than_ms": settings.SLOW_QUERY_MS,
                    "count": int(reading.total("wc_slow_queries_total")),
                    "errors": {kind: int(count) for (kind,), count in errors.items()},
                    **told_by_database({"statements": database.slowest_statements}),
                },
                "memory": part(memory),
            }
        )


class CacheStatsView(StaffView):
    """How the cache does."""

    def get(self, request: Request) -> Response:
        """Read hit rate and latency by cache name, keys and memory, and the state of Redis."""
        reading = read_meters()
        named = caches.by_name(reading)
        names = {str(cache["name"]) for cache in named}
        hits, misses = (sum(cache[which] for cache in named) for which in ("hits", "misses"))
        return Response(
            {
                "as_of": timezone.now(),
                "sources": sources(reading),
                "hit_rate": round(hits / (hits + misses), 4) if hits + misses else None,
                "caches": named,
                "keys": {alias: part(partial(caches.keys, alias, names)) for alias in settings.CACHES},
                "server": part(caches.server),
            }
        )


class DatabaseHealthView(StaffView):
    """How PostgreSQL does."""

    def get(self, request: Request) -> Response:
        """Read pool, connections, replicas, slowest statements, bloat and the seals of the audit trail."""
        reading = read_meters()
        return Response(
            {
                "as_of": timezone.now(),
                "pool": part(lambda: database.pool(reading)),
                **told_by_database(
                    {
                        "database": database.whole,
                        "connections": database.sessions,
                        "replication": database.replicas,
                        "slowest_statements": database.slowest_statements,
                        "bloat": database.bloat,
                        "audit_trail": database.seals,
                    }
                ),
            }
        )


class WorkersStatsView(StaffView):
    """How background work does."""

    def get(self, request: Request) -> Response:
        """Read the workers, their queues, run times and failures by task, and how far the growth of all students is."""
        found = part(workers.accounts)
        missing = found.keys() == {"unavailable"}
        return Response(
            {
                "as_of": timezone.now(),
                "queues": part(workers.queue_lengths),
                "workers": found
                if missing
                else [
                    {"name": name, **{fact: value for fact, value in account.items() if fact != "tasks"}}
                    for name, account in sorted(found.items())
                ],
                "tasks": found if missing else workers.tasks_of(found),
                **told_by_database({"growth": batches.growth}),
            }
        )


def told_by_database(questions: dict[str, Callable[[Connection], Any]]) -> dict[str, Any]:
    """Return the answer to each question, asked over one connection of our own."""

    def all_answers() -> dict[str, Any]:
        with own_connection() as connection:
            return {name: part(partial(ask, connection)) for name, ask in questions.items()}

    told = part(all_answers)
    return told if told.keys() == questions.keys() else dict.fromkeys(questions, told)


def sources(reading: Reading) -> dict[str, int]:
    """Return how many places the figures were read from, and how many did not answer."""
    return {"answered": reading.answered, "silent": reading.silent}


def memory() -> dict[str, Any]:
    """Return the resident memory of this machine's processes. Raises Unavailable without /proc."""
    try:
        processes = live_processes()
    except FileNotFoundError:
        raise Unavailable("This system has no /proc, from which memory is read.") from None
    return {
        "resident_bytes": sum(process.resident_bytes for process in processes),
        "processes": [
            {"pid": p.pid, "role": p.role, "resident_bytes": p.resident_bytes, "age_seconds": p.age_seconds}
            for p in processes
        ],
    }
