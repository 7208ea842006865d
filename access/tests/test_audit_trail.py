"""The audit trail: append-only whoever asks, one row a student, and nothing read or written beside it."""

from __future__ import annotations

import datetime

import psycopg
import pytest
from django.db import DataError, ProgrammingError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

from access import audit, grants
from access.events import Action, Actor, Door, Outcome
from access.models import AuditEvent, User
from access.tasks import MONTHS_AHEAD, make_audit_partitions
from access.tests.people import make_staff, make_student
from access.tests.trail import outcomes, owner
from access.who_looked import looks_at
from devtools.pytest_services import OWNER_URL
from records.actions import record_vital_signs
from records.models import HealthRecord
from records.vital_signs import read
from students.models import School, Student

SEAL = (
    "INSERT INTO access_auditseal (number, key_id, first_transaction, end_transaction, rows, row_digests, digest)"
    " VALUES (1000000, 'k', 0, 1, 0, '', '')"
)
EVENT = "INSERT INTO access_auditevent (action, door) VALUES ('student_viewed', 'page')"
CHANGES = [
    "UPDATE access_auditevent SET actor_id = 1",
    "DELETE FROM access_auditevent",
    "TRUNCATE access_auditevent",
    "UPDATE {partition} SET actor_id = 1",
    "DELETE FROM {partition}",
    "TRUNCATE {partition}",
    "TRUNCATE access_auditevent_other",
    "UPDATE access_auditseal SET rows = 0",
    "DELETE FROM access_auditseal",
    "TRUNCATE access_auditseal",
]


def this_months_partition() -> str:
    return f"access_auditevent_{datetime.datetime.now(datetime.UTC):%Y_%m}"


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'access_auditevent'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("change", CHANGES)
def test_the_service_has_no_right_to_change_the_trail(db: None, change: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(change.format(partition=this_months_partition()))


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE access_auditevent DISABLE TRIGGER USER",
        "DROP TABLE access_auditevent",
        "SET session_replication_role = replica",
        "CREATE TABLE anything (id integer)",
    ],
)
def test_the_service_has_no_right_to_change_the_tables(db: None, change: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_is_refused_by_the_triggers(db: None, change: str) -> None:
    with owner() as outside:
        outside.execute(EVENT)
        outside.execute(SEAL)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            outside.execute(change.format(partition=this_months_partition()))
        outside.rollback()


def test_the_service_cannot_date_a_row_back_or_place_it_in_a_sealed_range(db: None) -> None:
    for column, value in (("at", "2020-01-01"), ("transaction", "1"), ("id", "1")):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"INSERT INTO access_auditevent (action, door, {column}) VALUES ('student_viewed', 'page', %s)", [value]
            )


def test_there_are_partitions_for_this_month_and_the_next_three(db: None) -> None:
    month = datetime.datetime.now(datetime.UTC).replace(day=1)
    wanted = set()
    for _ in range(1 + MONTHS_AHEAD):
        wanted.add(f"access_auditevent_{month:%Y_%m}")
        month = (month + datetime.timedelta(days=32)).replace(day=1)
    assert wanted <= partitions()


def test_a_row_of_today_lies_in_the_partition_of_its_month(db: None) -> None:
    student = uuid7()
    audit.note(Actor(None, Door.TASK), Action.STUDENT_VIEWED, [student])
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM access_auditevent WHERE student_id = %s", [student])
        assert cursor.fetchone() == (this_months_partition(),)


def test_a_row_of_a_month_without_partition_is_kept(db: None) -> None:
    student = uuid7()
    with owner() as outside:
        outside.execute(
            "INSERT INTO access_auditevent (action, door, student_id, at)"
            " VALUES ('student_viewed', 'page', %s, now() + interval '7 months')",
            [student],
        )
        found = outside.execute(
            "SELECT tableoid::regclass::text FROM access_auditevent WHERE student_id = %s", [student]
        ).fetchall()
        outside.rollback()
    assert found == [("access_auditevent_other",)]


def test_the_service_makes_the_next_partitions_without_any_right_of_its_own(db: None) -> None:
    before = partitions()
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_make_audit_partitions(5)")
        assert cursor.fetchone() == (2,)
    assert len(partitions() - before) == 2
    make_audit_partitions()
    assert len(partitions() - before) == 2


def test_rows_kept_without_a_partition_do_not_stop_the_partitions_of_later_months(db: None) -> None:
    with owner() as outside:
        outside.execute(
            "INSERT INTO access_auditevent (action, door, at)"
            " VALUES ('student_viewed', 'page', date_trunc('month', now()) + interval '4 months 10 days')"
        )
        made = outside.execute("SELECT access_make_audit_partitions(6)").fetchone()
        outside.rollback()
    # Of the months 4, 5 and 6 ahead, the fourth stays where its row is.
    assert made == (2,)


def test_a_new_partition_refuses_changes_too(db: None) -> None:
    with owner() as outside:
        outside.execute("SELECT access_make_audit_partitions(4)")
        (name,) = outside.execute(
            "SELECT max(inhrelid::regclass::text) FROM pg_inherits"
            " WHERE inhparent = 'access_auditevent'::regclass AND inhrelid <> 'access_auditevent_other'::regclass"
        ).fetchone() or ("",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            outside.execute(f"TRUNCATE {name}")
        outside.rollback()


def test_one_statement_notes_two_hundred_students(
    nora: User, oak_street: School, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    students = [uuid7() for _ in range(200)]
    with django_assert_num_queries(1):
        audit.note(Actor(nora.pk, Door.PAGE), Action.STUDENT_LISTED, students)
    noted = AuditEvent.objects.filter(student_id__in=students, action="student_listed", actor_id=nora.pk)
    assert set(noted.values_list("student_id", flat=True)) == set(students)
    assert noted.count() == 200


def test_nothing_is_noted_for_no_students(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        audit.note(Actor(None, Door.TASK), Action.STUDENT_LISTED, iter(()))


def test_a_note_keeps_reason_and_outcome(nora: User, ana: Student) -> None:
    audit.note(Actor(nora.pk, Door.ADMIN), Action.ADMIN_VIEWED, [ana.pk], outcome=Outcome.FORBIDDEN, reason="x" * 500)
    row = AuditEvent.objects.about(ana.pk).get()
    assert (row.door, row.outcome, row.reason) == ("admin", "forbidden", "x" * 200)


def chart(nora: User, ana: Student) -> HealthRecord:
    signs = {"heart_rate": read("heart_rate", "88")}
    return record_vital_signs(by=Actor(nora.pk, Door.PAGE), student_id=ana.pk, date=timezone.localdate(), signs=signs)


def test_a_write_and_its_row_stand_together(nora: User, ana: Student) -> None:
    chart(nora, ana)
    assert outcomes(ana.pk) == [("vital_signs_recorded", "granted")]


def test_a_rolled_back_write_takes_its_row_along(nora: User, ana: Student) -> None:
    with transaction.atomic():
        chart(nora, ana)
        transaction.set_rollback(True)
    assert not HealthRecord.objects.exists()
    assert outcomes(ana.pk) == []


@pytest.mark.django_db(transaction=True)
def test_a_write_whose_row_cannot_be_written_does_not_stand(
    nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "current_request_id", lambda: "longer than the column " * 40)
    with pytest.raises(DataError):
        chart(nora, ana)
    assert not HealthRecord.objects.exists()
    assert outcomes(ana.pk) == []


def test_who_looked_names_people_the_deleted_and_the_system(nora: User, oak_street: School, ana: Student) -> None:
    User.objects.filter(pk=nora.pk).update(first_name="Nora", last_name="Novak")
    left = make_staff("leo", None)
    for user_id in (None, left.pk, nora.pk):
        audit.note(Actor(user_id, Door.PAGE), Action.STUDENT_VIEWED, [ana.pk])
    number = left.pk
    left.delete()
    audit.note(Actor(nora.pk, Door.PAGE), Action.STUDENT_VIEWED, [make_student(oak_street, "Ben").pk])
    assert [(seen.user, seen.username) for seen in looks_at(ana.pk)] == [
        ("Nora Novak", "nora"),
        (f"login {number} (deleted)", f"login {number} (deleted)"),
        ("White Cross", "White Cross"),
    ]
    (latest, *_) = looks_at(ana.pk, count=1)
    assert (latest.action_label, latest.door_label, latest.outcome_label) == (
        "Looked at the student's details", "Page", "Allowed",
    )  # fmt: skip


def test_who_looked_costs_two_statements_however_many_looked(
    nora: User, ana: Student, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        audit.note(Actor(nora.pk, Door.PAGE), Action.STUDENT_VIEWED, [ana.pk])
    with django_assert_num_queries(2):
        assert len(looks_at(ana.pk)) == 30


def test_the_system_check_is_quiet_for_the_service_and_warns_the_owner(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert grants.service_role_owns_no_audit_rights(None, ["default"]) == []
    assert grants.service_role_owns_no_audit_rights(None, None) == []
    parts = psycopg.conninfo.conninfo_to_dict(OWNER_URL)
    as_owner = DatabaseWrapper(
        connections["default"].settings_dict
        | {"USER": parts["user"], "PASSWORD": parts.get("password", ""), "OPTIONS": {}}
    )
    monkeypatch.setattr(grants, "connections", {"default": as_owner})
    try:
        (warning,) = grants.service_role_owns_no_audit_rights(None, ["default"])
    finally:
        as_owner.close()
    assert warning.id == "access.W001"
