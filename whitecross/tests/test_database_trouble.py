"""When the database is in trouble: reads are asked once more, writes never, and everybody is told what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from access.models import AuditEvent, User
from metrics.tests.serving import Service, service
from records.models import HealthRecord
from students.models import Student
from whitecross.tests.troubling import (
    SERVED,
    ask,
    asked_again,
    connections_open,
    end_its_connections,
    first_look_fails,
    locked,
)

pytestmark = pytest.mark.django_db(transaction=True)

VITALS = {"date": "2026-03-02", "heart_rate": 88}
# Short, so that a test waits for none of them; and one connection a process, so that the second caller finds none.
IMPATIENT = {
    "DATABASE_POOL_MIN": "1",
    "DATABASE_POOL_MAX": "1",
    "DATABASE_POOL_WAIT_SECONDS": "0.4",
    "DATABASE_LOCK_TIMEOUT_MS": "1500",
    "DATABASE_STATEMENT_TIMEOUT_MS": "3000",
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Service]:
    """Two web processes with the usual limits."""
    with service(tmp_path, worker=False, given=SERVED) as running:
        yield running


def summary(student: Student) -> str:
    return f"/api/v1/students/{student.pk}/health-summary/"


def vitals(student: Student) -> str:
    return f"/api/v1/students/{student.pk}/vitals/"


def open_connections(here: Service, nora: User, ana: Student) -> None:
    """Let both processes open their connections."""
    while connections_open() < 4:
        assert ask(here, "GET", summary(ana), nora).status == 200


def page_cookie(user: User) -> str:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[1])
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_reads_go_on_when_every_connection_was_ended(here: Service, nora: User, ana: Student) -> None:
    page, cookie = f"/students/{ana.pk}/", page_cookie(nora)
    for path, by in ((summary(ana), nora), (vitals(ana), nora), (page, None)):
        open_connections(here, nora, ana)
        before = asked_again(here)
        # When the database ends all connections
        assert end_its_connections() >= 4
        # Then nobody who reads notices, by API or page
        answers = [ask(here, "GET", path, by, cookie=cookie).status for _ in range(12)]
        assert answers == [200] * 12
        # Because a read was asked again; and only one a process, which threw out the other dead connections
        assert 1 <= asked_again(here) - before <= 2


def test_a_write_is_not_repeated_and_says_so(here: Service, nora: User, ana: Student) -> None:
    open_connections(here, nora, ana)
    end_its_connections()
    answer = ask(here, "POST", vitals(ana), nora, VITALS)
    assert answer.status == 503
    assert answer.detail == (
        "The connection to the database broke. What you sent may not be saved: look before you send it again. "
        "Try again in a moment."
    )
    assert answer.headers["Retry-After"] == "1"
    # Nothing was written, nor tried twice; the process has a living connection now.
    assert HealthRecord.objects.count() == 0
    assert asked_again(here) == 0
    assert [ask(here, "GET", summary(ana), nora).status for _ in range(6)] == [200] * 6


@pytest.mark.parametrize("code", ["40001", "40P01"], ids=["serialization failure", "deadlock"])
def test_transactions_that_collided(here: Service, nora: User, ana: Student, code: str) -> None:
    # A read is asked again
    with first_look_fails(code):
        answer = ask(here, "GET", summary(ana), nora)
        assert (answer.status, asked_again(here)) == (200, 1)
    # And leaves one row on record, as the first was rolled back
    assert AuditEvent.objects.filter(student_id=ana.pk).count() == 1
    # A write is not
    with first_look_fails(code):
        answer = ask(here, "POST", vitals(ana), nora, VITALS)
    assert (answer.status, asked_again(here)) == (503, 1)
    assert "Nothing was saved. Try again in a moment." in answer.detail
    assert HealthRecord.objects.count() == 0


def test_what_takes_too_long_is_told_and_leaves_nothing_behind(tmp_path: Path, nora: User, ana: Student) -> None:
    page, cookie = f"/students/{ana.pk}/", page_cookie(nora)
    slow = IMPATIENT | {"DATABASE_LOCK_TIMEOUT_MS": "0", "DATABASE_STATEMENT_TIMEOUT_MS": "700"}
    with service(tmp_path, worker=False, given=SERVED | slow) as here:
        with locked("records_healthrecord"):
            read = ask(here, "GET", vitals(ana), nora)
            written = ask(here, "POST", vitals(ana), nora, VITALS)
            shown = ask(here, "GET", page, cookie=cookie)
        assert (read.status, written.status, shown.status) == (503, 503, 503)
        assert read.detail.startswith("The database took longer than it may. Nothing was changed.")
        assert written.detail.startswith("The database took longer than it may. Nothing was saved.")
        assert b"The database took longer than it may." in shown.body
        assert b"Traceback" not in read.body + written.body + shown.body
        assert HealthRecord.objects.count() == 0
        # The looks that were begun are on record, and afterwards all is well.
        assert AuditEvent.objects.filter(student_id=ana.pk).count() == 3
        assert ask(here, "POST", vitals(ana), nora, VITALS).status == 201
    assert HealthRecord.objects.count() == 1


def test_a_lock_that_is_not_given_and_a_pool_without_a_connection(tmp_path: Path, nora: User, ana: Student) -> None:
    with service(tmp_path, worker=False, given=SERVED | IMPATIENT) as here:
        assert connections_open() <= 2
        # When the only connection of each process waits for a lock
        with locked("records_healthrecord"), ThreadPoolExecutor(8) as callers:
            answers = list(callers.map(lambda _: ask(here, "GET", vitals(ana), nora), range(8)))
        # Then those who hold one are told of the lock, and the others that there is none
        assert {answer.status for answer in answers} == {503}
        told = {answer.detail.partition(".")[0] for answer in answers}
        assert told == {
            "Somebody else is changing the same at this moment, and it takes longer than usual",
            "The database cannot be reached, or all connections to it are in use",
        }
        assert {answer.headers["Retry-After"] for answer in answers} == {"5"}
        assert connections_open() <= 2
        assert ask(here, "GET", vitals(ana), nora).status == 200


def test_every_connection_begins_with_its_limits() -> None:
    limits = {
        "statement_timeout": "1min",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "1min",
        "transaction_timeout": "15min",
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) name", [list(limits)])
        assert dict(cursor.fetchall()) == limits
