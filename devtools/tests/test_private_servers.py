"""The private servers: rights, character set, sharing, and what a killed command leaves behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from devtools.places import ROOT
from devtools.services import Services, services


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state of its own in a folder with an odd name, no servers of one's own in the environment."""
    folder = tmp_path_factory.mktemp("odd") / "w c#1%41 (A)"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHITECROSS_STATE", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("REDIS_URL", raising=False)
        yield folder


@pytest.fixture(scope="module")
def given(state: Path) -> Iterator[Services]:
    with services("test", durable=False) as running:
        yield running


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def test_the_service_may_serve_and_nothing_more(given: Services) -> None:
    assert ask(given.database_url, "SELECT current_user") == "whitecross"
    assert ask(given.database_url, "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles"
               " WHERE rolname = current_user") is False  # fmt: skip
    assert ask(given.database_url, "SELECT pg_has_role('whitecross_owner', 'MEMBER')") is False
    assert ask(given.database_url, "SELECT pg_has_role('pg_read_all_stats', 'MEMBER')") is True
    assert ask(given.database_url, "SELECT has_schema_privilege('public', 'CREATE')") is False


def test_the_owner_owns_the_database_and_is_no_superuser(given: Services) -> None:
    assert ask(
        given.owner_url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    ) == ("whitecross_owner")
    assert ask(given.owner_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_names_compare_without_regard_to_case_in_every_alphabet(given: Services) -> None:
    assert ask(given.database_url, "SELECT 'Élodie Ñañez' ILIKE 'éLODIE ñAÑEZ'") is True
    assert ask(given.database_url, "SELECT unaccent('Élodie')") == "Elodie"
    assert ask(given.database_url, "SELECT similarity('Elodie', 'Elodi') > 0.5") is True


def test_statements_are_counted_from_the_start(given: Services) -> None:
    assert ask(given.database_url, "SELECT count(*) > 0 FROM pg_stat_statements") is True


def test_nothing_listens_on_a_network_port(given: Services) -> None:
    assert ask(given.database_url, "SHOW listen_addresses") == ""
    with Redis.from_url(given.redis_url) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_wrong_password_opens_neither(given: Services) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(given.database_url.replace("whitecross:", "whitecross:not-"), "SELECT 1")
    with Redis.from_url(given.redis_url.replace("://:", "://:not-")) as client, pytest.raises(AuthenticationError):
        client.ping()


def test_who_joins_and_leaves_stops_nothing_for_the_others(given: Services) -> None:
    joined = subprocess.run([sys.executable, "-c", JOIN], cwd=ROOT, capture_output=True, text=True, check=True)
    assert joined.stdout == "joined\n"
    assert ask(given.database_url, "SELECT 1") == 1


JOIN = """
from devtools.services import services
with services("test", durable=False):
    print("joined", flush=True)
"""
START_AND_WAIT = """
import sys, time
from devtools.services import services
with services("killed", durable=False) as given:
    print(given.redis_url, flush=True)
    time.sleep(60)
"""


def test_servers_of_a_killed_command_are_taken_over_and_stopped(state: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout is not None
        redis_url = killed.stdout.readline().strip()
        killed.kill()
    with Redis.from_url(redis_url) as client:
        process = client.info()["process_id"]  # still running
        with services("killed", durable=False) as given:
            assert ask(given.database_url, "SELECT 1") == 1
            assert client.info()["process_id"] == process
    assert not (state / "killed" / "postgres-18" / "postmaster.pid").exists()
    with socket.socket(socket.AF_UNIX) as probe, pytest.raises(OSError, match=r"refused|No such file"):
        probe.connect(str(state / "killed" / "sockets" / "valkey.sock"))


def test_a_stale_lock_whose_process_id_is_somebody_elses_harms_nobody(state: Path) -> None:
    with services("stale", durable=False):
        pass
    lock = state / "stale" / "postgres-18" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n/nowhere\n")
    with services("stale", durable=False) as given:
        assert ask(given.database_url, "SELECT 1") == 1


def test_a_first_start_that_was_interrupted_is_made_again(state: Path) -> None:
    half = state / "half" / "postgres-18.new-1" / "base"
    half.mkdir(parents=True)
    with services("half", durable=False) as given:
        assert ask(given.database_url, "SELECT 1") == 1
    assert not half.exists()


def test_data_is_there_after_a_restart(state: Path) -> None:
    with services("kept", durable=True) as given, Redis.from_url(given.redis_url) as client:
        client.set("message", "waiting")
        with psycopg.connect(given.owner_url) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with services("kept", durable=True) as given, Redis.from_url(given.redis_url) as client:
        assert client.get("message") == b"waiting"
        assert ask(given.owner_url, "SELECT answer FROM kept") == 42


def test_a_terminated_command_stops_its_servers(state: Path) -> None:
    program = "from devtools.processes import end_cleanly_on_signals as e\ne()\n" + START_AND_WAIT
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as ended:
        assert ended.stdout is not None
        ended.stdout.readline()
        ended.send_signal(signal.SIGTERM)
        assert ended.wait(timeout=30) == 128 + signal.SIGTERM
    assert not (state / "killed" / "postgres-18" / "postmaster.pid").exists()
