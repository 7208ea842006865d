"""The databases that tests run on: a clone for each process, cleaned up without touching the audit trail."""

import os

import psycopg
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import ProgrammingError, connection
from psycopg.conninfo import conninfo_to_dict

from devtools.pytest_services import first_redis_database, redis_database
from students.models import District


def test_processes_and_runs_side_by_side_share_no_redis_database() -> None:
    firsts = [first_redis_database(slot, worker) for slot in range(8) for worker in ("main", "gw0", "gw1", "gw15")]
    taken = {first + number for first in firsts for number in range(4)}
    assert len(taken) == 4 * len(firsts)
    assert min(taken) == 4  # a Redis that serves is left alone
    assert first_redis_database(0, "gw1") + 3 < 16  # what a Redis has unless told otherwise


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("unix://:p@/a%20b/valkey.sock?db=0", "unix://:p@/a%20b/valkey.sock?db=8"),
        ("redis://:p@host:6379/0", "redis://:p@host:6379/8"),
        ("redis://host", "redis://host/8"),
    ],
)
def test_a_redis_address_can_name_another_database(url: str, expected: str) -> None:
    assert redis_database(url, 8) == expected


@pytest.mark.django_db
def test_tests_connect_as_the_service_to_a_clone_of_their_own() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
    assert database == settings.DATABASES["default"]["NAME"]
    assert database.endswith(f"_{worker}")
    assert user == conninfo_to_dict(os.environ["DATABASE_URL"])["user"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_with_real_transactions_finds_nothing_of_the_one_before(time: str) -> None:
    assert not District.objects.exists()
    District.objects.create(code=f"d-{time}", name="Left behind")


@pytest.mark.django_db
def test_cleaning_up_is_impossible_on_the_audit_trail() -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|append-only"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE access_auditevent")


def test_what_is_cached_stays_in_the_processs_own_redis_databases() -> None:
    first = first_redis_database(int(os.environ["WHITECROSS_TEST_SLOT"]), os.environ.get("PYTEST_XDIST_WORKER", "main"))
    assert str(first) in str(caches.settings["default"]["LOCATION"]).rsplit("=", 1)[-1]
    assert str(first + 1) in str(caches.settings["phi"]["LOCATION"]).rsplit("=", 1)[-1]


def test_the_owner_is_at_hand_for_what_the_service_must_not_do() -> None:
    with psycopg.connect(os.environ["WHITECROSS_OWNER_DATABASE_URL"]) as owner:
        assert owner.execute("SELECT has_database_privilege(current_database(), 'CREATE')").fetchone() == (True,)
