"""What PostgreSQL says about itself, and what it says when it may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

from access.models import User
from access.tests.people import api_client
from access.tests.sealing import seal_everything
from devtools.pytest_services import DATABASE, OWNER_URL
from devtools.template import drop_database, in_database
from metrics import database
from metrics.parts import Unavailable, part
from metrics.pool import PoolWatch
from metrics.probing import Connection, own_connection
from metrics.readings import Reading, read_meters
from students.models import Student


@contextmanager
def bare_database() -> Iterator[Connection]:
    """Give a connection, of the owner, to a database without any extension or table."""
    name = f"{DATABASE}_bare"
    with psycopg.connect(OWNER_URL, autocommit=True) as owner:
        drop_database(owner, name)
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            with psycopg.connect(in_database(OWNER_URL, name), autocommit=True) as bare:
                yield bare
        finally:
            drop_database(owner, name)


def test_the_endpoint_tells_all_parts(transactional_db: None, admin: User) -> None:
    PoolWatch().write()
    found = api_client(admin).get("/api/admin/database/health").json()
    assert found["pool"]["most"] == 10
    assert found["database"]["size_bytes"] > 1_000_000
    assert found["connections"]["most"] >= found["connections"]["total"] > 0
    assert found["replication"] == {"role": "primary", "lag_seconds": 0.0, "replicas": []}
    means = [statement["mean_ms"] for statement in found["slowest_statements"]]
    assert means == sorted(means, reverse=True)
    sizes = [table["size_bytes"] for table in found["bloat"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0
    assert set(found["audit_trail"]) == {"seals", "seal_lag_seconds"}


def test_sessions_are_counted_by_state_and_the_oldest_transaction_is_timed(transactional_db: None) -> None:
    with own_connection() as own, own_connection() as other:
        other.autocommit = False
        other.execute("SELECT pg_sleep(0.05)")
        found = database.sessions(own)
    assert found["by_state"]["idle in transaction"] >= 1
    assert found["longest_transaction_seconds"] >= 0.05
    assert found["waiting_for_a_lock"] == 0


def test_dead_rows_and_empty_space_are_noticed(transactional_db: None) -> None:
    with own_connection() as own:
        # 2 of 3 rows die; what lives needs about 400 KB.
        own.execute("CREATE TEMPORARY TABLE worn AS SELECT n, repeat('x', 200) FROM generate_series(1, 5000) n")
        own.execute("DELETE FROM worn WHERE n % 3 <> 0")
        own.execute("SELECT pg_stat_force_next_flush()")
        own.execute("ANALYZE worn")
        (worn,) = [table for table in tables_of_mine(own) if table["table"] == "worn"]
    assert worn["dead_share"] == pytest.approx(2 / 3, abs=0.01)
    assert 350_000 < worn["size_bytes"] - worn["estimated_bloat_bytes"] < 450_000


def tables_of_mine(own: Connection) -> list[dict[str, Any]]:
    """Return the largest tables with room for a small one of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "LARGEST", 1_000)
        return database.bloat(own)


def test_statements_come_without_values_the_slowest_first(transactional_db: None) -> None:
    with own_connection() as own:
        own.execute("SELECT pg_sleep(0.3), 'Alvarez'")
        found = database.slowest_statements(own)
    assert "Alvarez" not in str(found)
    (slow,) = [one for one in found if one["statement"].startswith("SELECT pg_sleep($1), $2")]
    assert slow["max_ms"] > 290


def test_without_the_extension_it_says_what_would_give_it() -> None:
    with bare_database() as bare:
        told = part(lambda: database.slowest_statements(bare))
        assert "CREATE EXTENSION pg_stat_statements" in told["unavailable"]
        # The rest is told all the same.
        assert database.bloat(bare) == []
        assert database.whole(bare)["size_bytes"] > 0


def test_a_role_without_the_right_sees_no_statement_of_others(transactional_db: None) -> None:
    with own_connection() as own:
        own.execute("SELECT pg_sleep(0.3), 'of the service'")
    with psycopg.connect(in_database(OWNER_URL, DATABASE), autocommit=True) as owner:
        found = database.slowest_statements(owner)
    assert not [one for one in found if "insufficient" in one["statement"]]
    assert not [one for one in found if one["statement"] == "SELECT pg_sleep($1), $2"]


def test_a_part_that_fails_gives_no_text_of_the_error_away() -> None:
    def refused() -> None:
        raise psycopg.OperationalError("connection to 10.0.0.7 failed for user whitecross")

    def forbidden() -> None:
        raise psycopg.errors.InsufficientPrivilege("permission denied for table secrets")

    assert part(refused) == {"unavailable": "The database did not answer."}
    assert "GRANT pg_read_all_stats" in part(forbidden)["unavailable"]
    assert "secrets" not in str(part(forbidden))


def test_looks_are_unsealed_until_they_are_sealed(transactional_db: None, nora: User, ana: Student) -> None:
    with own_connection() as own:
        seal_everything()
        before = database.seals(own)
        assert before["seal_lag_seconds"] == 0
        api_client(nora).get(f"/api/v1/students/{ana.pk}/")
        own.execute("SELECT pg_sleep(0.2)")
        assert database.seals(own)["seal_lag_seconds"] >= 0.2
        seal_everything()
        assert database.seals(own) == {"seals": before["seals"] + 1, "seal_lag_seconds": 0}


def test_without_any_process_the_pool_says_so() -> None:
    with pytest.raises(Unavailable, match="No process has opened its pool"):
        database.pool(Reading())


def test_waiting_for_the_pool_is_counted_once(transactional_db: None) -> None:
    watch = PoolWatch()
    watch.write()
    before = read_meters().total("wc_pool_waits_total")
    watch.write()
    assert read_meters().total("wc_pool_waits_total") == before
    grown = {"requests_queued": watch.last.get("requests_queued", 0) + 3}
    assert watch.grown(grown, "requests_queued") == 3
    # A pool that was made anew counts from nothing.
    watch.last = {"requests_queued": 100}
    assert watch.grown({"requests_queued": 2}, "requests_queued") == 2


def test_the_probe_names_itself_and_cannot_run_long(transactional_db: None) -> None:
    with own_connection() as own:
        row = own.execute("SELECT current_setting('application_name'), current_setting('statement_timeout')").fetchone()
    assert row == ("whitecross probe", "5s")
