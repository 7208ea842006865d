"""pytest plugin: a PostgreSQL database and Redis databases of its own for every test process.

`./dev test` loads it before pytest-django reads the settings, so the settings find the process's own addresses.
The tests connect as the service's role, which cannot touch the audit trail; the owner only makes and drops.
"""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker
from redis import Redis

from devtools.template import TEMPLATE, drop_database, in_database

# Redis databases: the settings count three from the one in REDIS_URL; 128 processes a run.
PER_PROCESS = 4
PER_RUN = 128 * PER_PROCESS

OWNER_URL = os.environ.get("WHITECROSS_OWNER_DATABASE_URL", "")
SLOT = int(os.environ.get("WHITECROSS_TEST_SLOT", "0"))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATABASE = f"whitecross_{WORKER}" if SLOT == 0 else f"whitecross_{SLOT}_{WORKER}"


def redis_database(url: str, number: int) -> str:
    """Return `url` with another database number."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return urlunsplit(parts._replace(query=f"db={number}"))
    return urlunsplit(parts._replace(path=f"/{number}"))


def first_redis_database(slot: int, worker: str) -> int:
    """Return the first of the Redis databases of a test process: "main", or "gw0" and following of pytest-xdist."""
    # Not the first four, which somebody's own Redis may serve with; two workers still fit into the usual sixteen.
    process = 1 if worker == "main" else 2 + int(worker.removeprefix("gw"))
    return slot * PER_RUN + process * PER_PROCESS


FIRST_REDIS_DATABASE = first_redis_database(SLOT, WORKER)
if OWNER_URL:
    os.environ["DATABASE_URL"] = in_database(os.environ["DATABASE_URL"], DATABASE)
    os.environ["REDIS_URL"] = redis_database(os.environ["REDIS_URL"], FIRST_REDIS_DATABASE)


def pytest_configure() -> None:
    """Refuse to run on whatever database the environment happens to name."""
    if not OWNER_URL:
        raise pytest.UsageError(
            "The tests need servers of their own: run them with ./dev test (arguments go to pytest)."
        )


def pytest_sessionstart() -> None:
    """Empty the Redis databases of this process; a killed run may have left something."""
    for number in range(PER_PROCESS):
        with Redis.from_url(redis_database(os.environ["REDIS_URL"], FIRST_REDIS_DATABASE + number)) as client:
            client.flushdb()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Clone the template database for this process, instead of migrating one; drop the clone at the end."""
    if settings.DATABASES["default"]["NAME"] != DATABASE:
        raise pytest.UsageError("The settings were read before the tests' database was chosen: run ./dev test.")
    with psycopg.connect(OWNER_URL, autocommit=True) as owner:
        drop_database(owner, DATABASE)
        owner.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(DATABASE), sql.Identifier(TEMPLATE))
        )
    yield
    with django_db_blocker.unblock():
        for connection in connections.all():
            connection.close()
            if isinstance(connection, DatabaseWrapper):
                connection.close_pool()
    with psycopg.connect(OWNER_URL, autocommit=True) as owner:
        drop_database(owner, DATABASE)
