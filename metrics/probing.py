"""Connections of our own to PostgreSQL and Redis, beside the pool and the cache's client.

They answer within seconds where the pool is exhausted or a server hangs, and what they find is the server's state and
not that of a pool. Opened for one answer, then closed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import redis
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from redis.backoff import NoBackoff
from redis.retry import Retry

PROBE_SECONDS = 2  # the least that libpq waits for a connection
STATEMENT_MILLISECONDS = 5_000
APPLICATION = "whitecross probe"

Connection = psycopg.Connection[tuple[Any, ...]]


def database_parameters() -> dict[str, Any]:
    """Return where and who the service's database connections are, in libpq's words."""
    database = connections["default"]
    if not isinstance(database, DatabaseWrapper):
        raise TypeError("The service runs on PostgreSQL alone.")
    given = database.get_connection_params()
    # Django's ways of reading values are of no use here.
    return {name: value for name, value in given.items() if name not in ("cursor_factory", "context")}


@contextmanager
def own_connection(parameters: dict[str, Any] | None = None) -> Iterator[Connection]:
    """Open a connection in autocommit; statements end after 5 s. Raises psycopg.OperationalError within 2 s."""
    given = database_parameters() if parameters is None else parameters
    changed = {
        "connect_timeout": PROBE_SECONDS,
        "application_name": APPLICATION,
        "options": f"{given.get('options', '')} -c statement_timeout={STATEMENT_MILLISECONDS}",
        "autocommit": True,
    }
    with psycopg.connect(**(given | changed)) as connection:
        yield connection


@contextmanager
def own_redis(url: str) -> Iterator[redis.Redis]:
    """Open a connection to Redis that gives up after 2 s and never tries twice."""
    with redis.Redis.from_url(
        url,
        socket_timeout=PROBE_SECONDS,
        socket_connect_timeout=PROBE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    ) as client:
        yield client
