"""Whether this process can serve, and what is wrong if not: a word a part, never an error's text or an address.

Only the database decides: no audit, no data. Without cache or broker the answers are the same, slower.
"""

import re
from functools import cache
from typing import Any

import kombu.exceptions
import psycopg
import redis
import structlog
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from metrics.caches import location
from metrics.probing import Connection, own_connection, own_redis
from metrics.workers import broker

log = structlog.get_logger("whitecross.ready")

OK = "ok"
UNREACHABLE = "unreachable"
# With these the process serves, if slowly: taking it out would load the others the more.
STILL_SERVING = frozenset({OK, "busy", "out of connections"})
# What PostgreSQL says at the door, and our word for it. libpq hands on its sentence alone, not the code of the error.
REFUSALS = {
    "password authentication failed": "login refused",
    "no pg_hba.conf entry": "login refused",
    "is not permitted to log in": "login refused",
    "too many clients": "out of connections",
    "remaining connection slots": "out of connections",
    "too many connections": "out of connections",
    "is starting up": "starting or stopping",
    "is shutting down": "starting or stopping",
    "not yet accepting connections": "starting or stopping",
}
NO_DATABASE, NO_ROLE = re.compile(r'database "[^"]*" does not exist'), re.compile(r'role "[^"]*" does not exist')
MAY_WRITE = """
    SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean,
           to_regclass('django_migrations') IS NOT NULL,
           coalesce(has_any_column_privilege(to_regclass('access_auditevent'), 'INSERT'), false)
"""


def readiness() -> tuple[dict[str, str], bool]:
    """Return a word for each part, and whether to send requests here."""
    parts = {"database": database_word(), "cache": cache_word(location("phi")), "broker": broker_word()}
    serving = parts["database"] in STILL_SERVING
    if not serving:
        log.warning("not ready", reason=f"database {parts['database']}")
    return parts, serving


def database_word(parameters: dict[str, Any] | None = None) -> str:
    """Say how the database is: a connection of its own tells within 2 s, also if the pool is empty or it hangs."""
    try:
        with own_connection(parameters) as connection:
            return what_is_missing(connection) or (OK if pool_has_room() else "busy")
    except psycopg.Error as error:
        return refusal(error)


def refusal(error: psycopg.Error) -> str:
    """Return the word for what kept us out."""
    sentence = str(error)
    if NO_DATABASE.search(sentence):
        return "no such database"
    if NO_ROLE.search(sentence):
        return "login refused"
    return next((word for part, word in REFUSALS.items() if part in sentence), UNREACHABLE)


def what_is_missing(connection: Connection) -> str:
    """Return what keeps us from serving with an open connection, or ''."""
    found: tuple[bool, bool, bool] | None = connection.execute(MAY_WRITE).fetchone()
    read_only, has_tables, audited = found or (True, False, False)
    if read_only:
        return "read only"
    if not has_tables or not migrated(connection):
        return "not migrated"
    return "" if audited else "audit trail not writable"


def migrated(connection: Connection) -> bool:
    """Whether each migration of this release is applied; more may be, while a newer release comes in."""
    applied = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
    return not migrations_of_this_release() - applied


@cache
def migrations_of_this_release() -> frozenset[tuple[str, str]]:
    """Return app and name of all migrations in the code; read once a process."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    return frozenset(loader.disk_migrations.keys() - replaced)


def pool_has_room() -> bool:
    """Whether nobody waits for a connection of this process."""
    database = connections["default"]
    if not isinstance(database, DatabaseWrapper) or database.pool is None:
        return True
    return bool(database.pool.get_stats()["requests_waiting"] == 0)


def cache_word(url: str) -> str:
    """Say how Redis is."""
    try:
        with own_redis(url) as client:
            info = client.info("memory")
    except redis.AuthenticationError:
        return "login refused"
    except redis.BusyLoadingError:
        return "starting or stopping"
    except (redis.RedisError, OSError):
        return UNREACHABLE
    full = 0 < info["maxmemory"] <= info["used_memory"] and info["maxmemory_policy"] == "noeviction"
    return "full" if full else OK


def broker_word() -> str:
    """Say how the message broker is."""
    try:
        with broker():
            return OK
    except (kombu.exceptions.OperationalError, OSError):
        return UNREACHABLE
