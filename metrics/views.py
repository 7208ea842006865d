"""The probes: is the process alive, and is everything there that it needs; and the Prometheus scrape."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from psycopg_pool import PoolTimeout

PROBE_SECONDS = 1.0


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer that the process answers; touches nothing else."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503; the cache may be gone, the answers are then slower.

    Says which part is wrong in a word, never the error's text: that may hold addresses and logins.
    """
    parts = {"database": works(ask_database), "cache": works(ask_cache)}
    return JsonResponse(
        {name: "ok" if fine else "unreachable" for name, fine in parts.items()},
        status=200 if parts["database"] else 503,
    )


def works(ask: Callable[[], None]) -> bool:
    """Whether a part answers."""
    try:
        ask()
    except (DatabaseError, PoolTimeout, redis.RedisError, OSError):
        return False
    return True


def ask_database() -> None:
    """Send the smallest statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_cache() -> None:
    """Ping Redis over a connection of its own: the cache's client hides that it is down."""
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PROBE_SECONDS, socket_connect_timeout=PROBE_SECONDS
    ) as client:
        client.ping()


@login_not_required
@require_safe
def scrape(request: HttpRequest) -> HttpResponse:
    """Answer the metrics of all processes in Prometheus' text format."""
    response: HttpResponse = ExportToDjangoView(request)
    return response
