"""Troubles of the database, made on purpose by its owner while the service runs."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from rest_framework_simplejwt.tokens import AccessToken

from access.models import User
from access.tests.trail import owner
from devtools.ports import HOST
from devtools.pytest_services import DATABASE, OWNER_URL
from devtools.template import in_database
from metrics.tests.serving import PATIENCE, Service

# How the service's connections are known among those of the test's own process, which has the same role.
SERVED = {"PGAPPNAME": "white cross under test"}
# In the database of this test process alone: others may run beside it.
OF_THE_SERVICE = "FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"


@dataclass(frozen=True)
class Answer:
    """An answer of the service."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def detail(self) -> str:
        """The sentence of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        return str(json.loads(self.body)["detail"])


def ask(here: Service, method: str, path: str, by: User | None = None, body: Any = None, cookie: str = "") -> Answer:
    """Ask once, over a connection of its own."""
    headers = {"Authorization": f"Bearer {AccessToken.for_user(by)}"} if by else {"Cookie": cookie}
    if body is not None:
        headers["Content-Type"] = "application/json"
    connection = http.client.HTTPConnection(HOST, here.port, timeout=PATIENCE)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        found = connection.getresponse()
        return Answer(found.status, found.headers, found.read())
    finally:
        connection.close()


def end_its_connections() -> int:
    """End every connection that the service has open, as a restart of PostgreSQL does; return how many those were."""
    with psycopg.connect(in_database(OWNER_URL, DATABASE), autocommit=True) as boss:
        found = boss.execute(
            f"SELECT pg_terminate_backend(pid, 5000) {OF_THE_SERVICE}",
            [SERVED["PGAPPNAME"]],
        ).fetchall()
    return len(found)


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Keep everybody from a table; readers too."""
    with owner() as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


@contextmanager
def first_look_fails(code: str) -> Iterator[None]:
    """Let the first row for the audit trail fail with that code of PostgreSQL, and every later one pass.

    A sequence counts, because what it counted outlives the transaction that failed.
    """
    with owner() as connection:
        connection.execute(
            f"""
            CREATE SEQUENCE test_looks;
            GRANT USAGE ON SEQUENCE test_looks TO PUBLIC;
            CREATE FUNCTION test_first_look_fails() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('test_looks') = 1 THEN
                    RAISE EXCEPTION 'made up' USING ERRCODE = '{code}';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER test_first_look_fails BEFORE INSERT ON access_auditevent
                FOR EACH ROW EXECUTE FUNCTION test_first_look_fails()
            """
        )
    try:
        yield
    finally:
        with owner() as connection:
            connection.execute(
                "DROP TRIGGER test_first_look_fails ON access_auditevent; "
                "DROP FUNCTION test_first_look_fails; DROP SEQUENCE test_looks"
            )


def asked_again(here: Service) -> float:
    """Return how many reads the service has asked again so far."""
    lines = [line for line in here.scrape().splitlines() if line.startswith("wc_reads_asked_again_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def connections_open() -> int:
    """Return how many connections the service has open."""
    with owner() as connection:
        found = connection.execute(f"SELECT count(*) {OF_THE_SERVICE}", [SERVED["PGAPPNAME"]]).fetchone()
    return int(found[0]) if found else 0
