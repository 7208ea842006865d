"""The gate: one statement that checks, records and lets through."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

from access.events import Action, Actor, Door, Outcome
from access.gate import NotPermitted, Pass, StudentNotVisible, open_student
from access.models import Assignment, AuditEvent, User
from access.roles import Counselor, DistrictNurse, IntegrationClient, Nurse, Permission
from access.tests.people import make_district, make_school, make_staff, make_student
from access.tests.trail import outcomes, owner
from students.models import School, Student

VIEWED = Action.HEALTH_SUMMARY_VIEWED
DAY = datetime.timedelta(days=1)


def look(
    user: User | None, student: Student | UUID, permission: Permission = Permission.HEALTH_VIEW, reason: str = ""
) -> Pass:
    by = Actor(user.pk if user else None, Door.PAGE)
    student_id = student.pk if isinstance(student, Student) else student
    return open_student(by, student_id, permission, VIEWED, reason=reason)


def test_it_lets_a_nurse_through_and_leaves_one_row(nora: User, ana: Student) -> None:
    found = look(nora, ana, reason="Parent called")
    assert found.student_id == ana.pk
    assert found.health_version == ana.health_version
    assert found.permissions == Nurse.permissions
    assert found.confidential
    (row,) = AuditEvent.objects.about(ana.pk).values()
    assert row == {
        "id": ANY,
        "transaction": ANY,
        "at": ANY,
        "actor_id": nora.pk,
        "student_id": ana.pk,
        "action": "health_summary_viewed",
        "door": "page",
        "outcome": "granted",
        "reason": "Parent called",
        "request_id": "",
    }
    assert timezone.now() - row["at"] < datetime.timedelta(minutes=1)


def test_it_costs_one_statement_when_it_lets_through(
    nora: User, ana: Student, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        look(nora, ana)


def test_it_costs_one_statement_when_it_refuses(
    stella: User, colin: User, ana: Student, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1), pytest.raises(StudentNotVisible):
        look(stella, ana)
    with django_assert_num_queries(1), pytest.raises(NotPermitted):
        look(colin, ana, Permission.HEALTH_RECORD)


def test_it_refuses_another_schools_nurse_and_leaves_one_row(stella: User, ana: Student) -> None:
    with pytest.raises(StudentNotVisible):
        look(stella, ana)
    assert outcomes(ana.pk) == [(VIEWED, Outcome.NOT_VISIBLE)]


def test_it_forbids_what_the_role_does_not_hold_and_leaves_one_row(sam: User, ana: Student) -> None:
    with pytest.raises(NotPermitted):
        look(sam, ana, Permission.HEALTH_VIEW)
    assert outcomes(ana.pk) == [(VIEWED, Outcome.FORBIDDEN)]


def test_a_student_that_does_not_exist_reads_like_somebody_elses(nora: User, stella: User, ana: Student) -> None:
    nobody = uuid7()
    with pytest.raises(StudentNotVisible) as unknown:
        look(nora, nobody)
    with pytest.raises(StudentNotVisible) as foreign:
        look(stella, ana)
    assert str(unknown.value) == str(foreign.value)
    assert outcomes(nobody) == [(VIEWED, Outcome.NOT_VISIBLE)]


def test_a_deactivated_login_is_out_at_once(nora: User, ana: Student) -> None:
    look(nora, ana)
    User.objects.filter(pk=nora.pk).update(is_active=False)
    with pytest.raises(StudentNotVisible):
        look(nora, ana)
    assert outcomes(ana.pk) == [(VIEWED, Outcome.GRANTED), (VIEWED, Outcome.NOT_VISIBLE)]


@pytest.mark.parametrize(
    ("starts", "ends", "through"),
    [
        pytest.param(-10 * DAY, -DAY, False, id="ended yesterday"),
        pytest.param(-10 * DAY, 0 * DAY, True, id="ends today"),
        pytest.param(0 * DAY, None, True, id="starts today"),
        pytest.param(DAY, None, False, id="starts tomorrow"),
    ],
)
def test_a_substitute_gets_through_on_their_days_only(
    oak_street: School, ana: Student, starts: datetime.timedelta, ends: datetime.timedelta | None, through: bool
) -> None:
    today = timezone.localdate()
    substitute = make_staff(
        "sue", Nurse, oak_street, starts_on=today + starts, ends_on=None if ends is None else today + ends
    )
    if through:
        assert look(substitute, ana).student_id == ana.pk
    else:
        with pytest.raises(StudentNotVisible):
            look(substitute, ana)
    assert outcomes(ana.pk) == [(VIEWED, Outcome.GRANTED if through else Outcome.NOT_VISIBLE)]


def test_the_district_nurse_reaches_every_school_of_her_district_and_no_other(dana: User, ana: Student) -> None:
    sibling_school = make_student(make_school("harbor-middle"), "Ben", "Alvarez")
    elsewhere = make_student(make_school("far-away", district=make_district("far", "Far District")), "Cy", "Young")
    assert look(dana, ana).permissions == DistrictNurse.permissions
    assert look(dana, sibling_school).permissions == DistrictNurse.permissions
    with pytest.raises(StudentNotVisible):
        look(dana, elsewhere)


def test_a_superuser_sees_every_student_and_is_recorded(ana: Student) -> None:
    boss = make_staff("boss", None, is_superuser=True)
    assert look(boss, ana).permissions == frozenset(Permission)
    assert outcomes(ana.pk) == [(VIEWED, Outcome.GRANTED)]


def test_a_deactivated_superuser_sees_nobody(ana: Student) -> None:
    boss = make_staff("boss", None, is_superuser=True, is_active=False)
    with pytest.raises(StudentNotVisible):
        look(boss, ana)


def test_a_login_without_a_role_and_the_system_itself_see_nobody(ana: Student) -> None:
    for nobody in (make_staff("newcomer", None), None):
        with pytest.raises(StudentNotVisible):
            look(nobody, ana)
    assert outcomes(ana.pk) == [(VIEWED, Outcome.NOT_VISIBLE)] * 2
    assert AuditEvent.objects.about(ana.pk).filter(actor_id=None).count() == 1


def test_two_roles_at_one_school_add_up(oak_street: School, ana: Student) -> None:
    both = make_staff("bo", Counselor, oak_street)
    Assignment.objects.create(user=both, role=IntegrationClient.code, school=oak_street)
    assert (
        look(both, ana, Permission.HEALTH_RECORD).permissions == Counselor.permissions | IntegrationClient.permissions
    )


def test_a_role_elsewhere_permits_nothing_here(oak_street: School, harbor_middle: School, ana: Student) -> None:
    split = make_staff("spencer", Counselor, oak_street)
    Assignment.objects.create(user=split, role=Nurse.code, school=harbor_middle)
    with pytest.raises(NotPermitted):
        look(split, ana, Permission.HEALTH_RECORD)


def test_reassigning_takes_effect_at_the_next_look(
    nora: User, stella: User, harbor_middle: School, ana: Student
) -> None:
    Assignment.objects.filter(user=nora).update(school=harbor_middle)
    with pytest.raises(StudentNotVisible):
        look(nora, ana)
    Student.objects.filter(pk=ana.pk).update(school=harbor_middle)
    assert look(stella, ana).student_id == ana.pk


def test_it_tells_counselors_and_systems_apart_on_confidential_records(colin: User, ivy: User, ana: Student) -> None:
    assert look(colin, ana).confidential
    assert not look(ivy, ana).confidential


def test_the_row_is_written_before_any_health_data_is_read(nora: User, ana: Student, client: Client) -> None:
    client.force_login(nora)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(f"/students/{ana.pk}/").status_code == 200
    statements = [query["sql"] for query in captured.captured_queries]
    recorded = [number for number, text in enumerate(statements) if "INSERT INTO access_auditevent" in text]
    read = [number for number, text in enumerate(statements) if '"records_' in text]
    assert len(recorded) == 1
    assert read
    assert recorded[0] < min(read)


@pytest.mark.parametrize("page", ["/students/{id}/", "/students/{id}/vitals/", "/students/{id}/access/", "/students/"])
def test_where_the_trail_cannot_be_written_no_data_leaves(page: str, nora: User, ana: Student) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(nora)

    def refuse(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        if "INSERT INTO access_auditevent" in statement:
            raise DatabaseError("The disk of the trail is full.")
        return execute(statement, *rest)

    with connection.execute_wrapper(refuse):
        answer = client.get(page.format(id=ana.pk))
    assert answer.status_code == 500
    assert b"Alvarez" not in answer.content


@pytest.mark.django_db(transaction=True)
def test_a_refusal_stays_on_record_although_the_page_answers_with_an_error(
    stella: User, colin: User, ana: Student, client: Client
) -> None:
    client.force_login(stella)
    assert client.get(f"/students/{ana.pk}/").status_code == 404
    client.force_login(colin)
    assert client.post(f"/students/{ana.pk}/vitals/", {"height": "50"}).status_code == 403
    with owner() as outside:
        rows = outside.execute(
            "SELECT actor_id, outcome FROM access_auditevent WHERE student_id = %s ORDER BY id", [ana.pk]
        ).fetchall()
    assert rows == [(stella.pk, "not_visible"), (colin.pk, "forbidden")]


@pytest.mark.django_db(transaction=True)
def test_it_does_not_open_inside_a_transaction_that_could_take_the_row_back(nora: User, ana: Student) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        look(nora, ana)
    assert look(nora, ana).student_id == ana.pk
