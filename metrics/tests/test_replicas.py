"""Replicas and their lag, told by a real primary and a real replica that falls behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from devtools.keys import keys_of
from devtools.places import socket_folder
from devtools.postgres import Postgres
from devtools.processes import run_whole
from devtools.roles import OWNER, SERVICE, SUPERUSER
from metrics import database
from metrics.parts import Unavailable
from metrics.probing import own_connection
from metrics.readiness import database_word


@dataclass(frozen=True)
class Pair:
    """A primary and the replica that follows it."""

    primary: Postgres
    replica: Postgres


def made_in(folder: Path) -> Postgres:
    folder.mkdir()
    return Postgres(folder, socket_folder(folder), keys_of(folder.parent), durable=False)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two servers of their own."""
    state = tmp_path_factory.mktemp("pair")
    keys_of(state)
    primary, replica = made_in(state / "primary"), made_in(state / "replica")
    try:
        primary.start()
        where = f"{primary.url(SUPERUSER)}?application_name=reports"
        copy = ["pg_basebackup", "--dbname", where, "--pgdata", str(replica.data), "--write-recovery-conf"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        done = run_whole(primary._as_database_user(*copy, "--checkpoint=fast", "--no-sync"), environment)
        assert done.returncode == 0, done.stdout
        replica.start()
        yield Pair(primary, replica)
    finally:
        replica.stop()
        primary.stop()


def until_it_follows(pair: Pair) -> None:
    deadline = time.monotonic() + 30
    while True:
        with own_connection(conninfo_to_dict(pair.primary.url(SERVICE))) as primary:
            found = database.replicas(primary)
        if found["replicas"] and found["replicas"][0]["lag_bytes"] == 0:
            return
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def test_the_primary_names_its_replica_and_its_lag(pair: Pair) -> None:
    until_it_follows(pair)
    with own_connection(conninfo_to_dict(pair.primary.url(SERVICE))) as primary:
        found = database.replicas(primary)
    assert found["role"] == "primary"
    (replica,) = found["replicas"]
    assert (replica["name"], replica["state"], replica["synchronous"]) == ("reports", "streaming", "async")
    assert found["lag_seconds"] < 5


def test_a_replica_that_falls_behind_is_seen_from_both_sides(pair: Pair) -> None:
    until_it_follows(pair)
    with psycopg.connect(pair.replica.url(SUPERUSER), autocommit=True) as master:
        master.execute("SELECT pg_wal_replay_pause()")
        try:
            with psycopg.connect(pair.primary.url(OWNER), autocommit=True) as writer:
                writer.execute("CREATE TABLE IF NOT EXISTS written (n integer)")
                writer.execute("INSERT INTO written SELECT generate_series(1, 1000)")
            time.sleep(1.1)
            with own_connection(conninfo_to_dict(pair.primary.url(SERVICE))) as primary:
                assert database.replicas(primary)["replicas"][0]["lag_bytes"] > 10_000
            with own_connection(conninfo_to_dict(pair.replica.url(SERVICE))) as replica:
                found = database.replicas(replica)
            assert found["role"] == "replica"
            assert found["lag_seconds"] > 1
        finally:
            master.execute("SELECT pg_wal_replay_resume()")
    until_it_follows(pair)
    with own_connection(conninfo_to_dict(pair.replica.url(SERVICE))) as replica:
        assert database.replicas(replica)["lag_seconds"] == 0


def test_a_role_that_may_not_see_replicas_says_so(pair: Pair) -> None:
    until_it_follows(pair)
    with (
        own_connection(conninfo_to_dict(pair.primary.url(OWNER))) as primary,
        pytest.raises(Unavailable, match="pg_read_all_stats"),
    ):
        database.replicas(primary)


def test_a_replica_is_no_place_to_serve_from(pair: Pair) -> None:
    assert database_word(conninfo_to_dict(pair.replica.url(SERVICE))) == "read only"
