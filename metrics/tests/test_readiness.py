"""What is wrong, in a word: found on real servers that refuse, hang, stop, or lack something."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout
from redis import Redis
from structlog.testing import capture_logs

from devtools.services import Services, services
from metrics.probing import PROBE_SECONDS, database_parameters
from metrics.readiness import cache_word, database_word, migrations_of_this_release, readiness

# A hanging server is given up after that, and a little for a busy machine.
PATIENCE = PROBE_SECONDS + 3


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Servers of their own, which may be stopped; the database is empty."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHITECROSS_STATE", str(tmp_path_factory.mktemp("readiness")))
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("REDIS_URL", raising=False)
        with services("test", durable=False) as running:
            yield running


def at(url: str, **changed: object) -> dict[str, Any]:
    return {**conninfo_to_dict(url), **changed}


def limit_connections(given: Services, most: int) -> None:
    """Let the database take so many connections; said from another one, which has its own limit."""
    with psycopg.connect(given.owner_url, dbname="postgres", autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE whitecross CONNECTION LIMIT {most}".encode())


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Let a process hang."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def everything_taken(pool: Any) -> Iterator[list[Any]]:
    """Take every connection that the pool has left; threads of other tests may hold some."""
    held: list[Any] = []
    try:
        with suppress(PoolTimeout):
            while True:
                held.append(pool.getconn(0.3))
        yield held
    finally:
        for one in held:
            pool.putconn(one)


def server_pid(given: Services) -> int:
    """Return the process that listens for PostgreSQL: the parent of the one that serves us."""
    with psycopg.connect(given.database_url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        return int(Path(f"/proc/{row[0]}/stat").read_text().rpartition(")")[2].split()[1])


def test_with_everything_there_it_is_ok(db: None) -> None:
    assert readiness() == ({"database": "ok", "cache": "ok", "broker": "ok"}, True)


def test_a_login_that_is_refused(given: Services) -> None:
    assert database_word(at(given.database_url, password="wrong")) == "login refused"
    assert database_word(at(given.database_url, user="nobody")) == "login refused"


def test_a_database_that_is_not_there(given: Services) -> None:
    assert database_word(at(given.database_url, dbname="nowhere")) == "no such database"


def test_a_server_that_is_not_there(given: Services, tmp_path: Path) -> None:
    assert database_word(at(given.database_url, host=str(tmp_path))) == "unreachable"


def test_a_server_that_gives_out_no_more_connections_leaves_those_we_have(
    given: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_connections(given, 0)
    try:
        assert database_word(at(given.database_url)) == "out of connections"
        monkeypatch.setattr("metrics.probing.database_parameters", lambda: at(given.database_url))
        assert readiness()[1] is True
    finally:
        limit_connections(given, -1)


def test_tables_that_are_missing(given: Services) -> None:
    assert database_word(at(given.database_url)) == "not migrated"


def test_one_migration_that_is_missing_and_one_too_many(given: Services) -> None:
    rows = sorted(migrations_of_this_release())
    with psycopg.connect(given.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE django_migrations (app text, name text)")
        connection.execute("GRANT SELECT ON django_migrations TO whitecross")
        connection.execute("CREATE TABLE access_auditevent (actor_id bigint)")
        try:
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO django_migrations VALUES (%s, %s)", rows[1:])
            assert database_word(at(given.database_url)) == "not migrated"
            connection.execute("INSERT INTO django_migrations VALUES (%s, %s)", rows[0])
            # Then the next thing is missing, until it is granted.
            assert database_word(at(given.database_url)) == "audit trail not writable"
            connection.execute("GRANT INSERT (actor_id) ON access_auditevent TO whitecross")
            assert database_word(at(given.database_url)) == "ok"
            # A newer release's migration does not disturb this one.
            connection.execute("INSERT INTO django_migrations VALUES ('records', '9999_from_the_next_release')")
            assert database_word(at(given.database_url)) == "ok"
        finally:
            connection.execute("DROP TABLE django_migrations, access_auditevent")


def test_a_database_that_may_only_be_read_could_not_keep_the_trail(db: None) -> None:
    given = database_parameters()
    options = f"{given['options']} -c default_transaction_read_only=on"
    assert database_word({**given, "options": options}) == "read only"


def test_a_database_that_hangs_is_given_up_in_seconds(given: Services) -> None:
    with frozen(server_pid(given)):
        started = time.monotonic()
        assert database_word(at(given.database_url)) == "unreachable"
        assert PROBE_SECONDS - 0.5 < time.monotonic() - started < PATIENCE


def test_requests_that_wait_for_a_connection_are_busy_and_still_served(transactional_db: None) -> None:
    database = connections["default"]
    assert isinstance(database, DatabaseWrapper)
    database.close()
    pool = database.pool
    assert pool is not None
    pool.open()
    with everything_taken(pool) as held, ThreadPoolExecutor(1) as waiting:
        late = waiting.submit(pool.getconn, 10)
        while pool.get_stats()["requests_waiting"] == 0:
            time.sleep(0.01)
        parts, serving = readiness()
        pool.putconn(held.pop())
        held.append(late.result())
    assert (parts["database"], serving) == ("busy", True)
    assert database_word() == "ok"


def test_being_unready_is_logged_with_the_word_alone(
    db: None, given: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metrics.probing.database_parameters", lambda: at(given.database_url, password="wrong"))
    with capture_logs() as lines:
        assert readiness()[1] is False
    assert [line["reason"] for line in lines if line["event"] == "not ready"] == ["database login refused"]
    assert "wrong" not in str(lines)


def test_the_cache_refuses_is_full_hangs_and_is_gone(given: Services, tmp_path: Path) -> None:
    url = given.redis_url
    assert cache_word(url) == "ok"
    assert cache_word(url.replace(str(urlsplit(url).password), "wrong")) == "login refused"
    assert cache_word(f"unix://{tmp_path}/nobody.sock") == "unreachable"
    with Redis.from_url(url) as client:
        pid = client.info("server")["process_id"]
        client.config_set("maxmemory", 1)
        try:
            assert cache_word(url) == "full"
        finally:
            client.config_set("maxmemory", 0)
    with frozen(pid):
        started = time.monotonic()
        assert cache_word(url) == "unreachable"
        assert time.monotonic() - started < PATIENCE
