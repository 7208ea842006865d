"""Pages of the admin ask the database as often with 150 rows as with 5, and never for what they do not show."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib import admin as django_admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access import audit
from access.events import Action, Actor, Door
from access.models import Assignment, AuditEvent, AuditSeal, User
from access.roles import Nurse
from access.tests.people import make_district, make_school, make_student
from records.models import (
    Allergy,
    Condition,
    FollowUp,
    GrowthAssessment,
    GrowthProgress,
    GrowthRun,
    HealthRecord,
    SchoolFlag,
    SourceEntry,
    Vaccination,
)
from records.tests.growing import assessment_of
from students.models import Contact, District, School, Student, StudentIdentifier

FEW, MANY = 5, 150
DAY = datetime.date(2026, 3, 2)
SEAL = """
    INSERT INTO access_auditseal (number, key_id, first_transaction, end_transaction, rows, row_digests, digest)
    VALUES (%s, 'k1', %s, %s, 1, %s, %s)
"""


def a_student(number: int) -> Student:
    return make_student(make_school(f"school-{number % 40}"), f"Ana {number}", student_number=str(number))


def a_user(number: int) -> User:
    return User.objects.create(username=f"nurse-{number}")


def an_assignment(number: int) -> Assignment:
    return Assignment.objects.create(user=a_user(number), role=Nurse.code, school=make_school(f"school-{number}"))


def an_audit_event(number: int) -> None:
    audit.note(Actor(a_user(number).pk, Door.PAGE), Action.STUDENT_VIEWED, [a_student(number).pk])


def a_seal(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SEAL, [number + 1, number, number + 1, b"d" * 16, b"s" * 32])


def a_source_entry(number: int) -> SourceEntry:
    return SourceEntry.objects.create(
        student=a_student(number),
        resource_type="AllergyIntolerance",
        source_id=str(number),
        digest=b"d" * 32,
        target_model="records.Allergy",
        target_id=uuid4(),
    )


def a_record(number: int) -> HealthRecord:
    return HealthRecord.objects.create(student=a_student(number), type="CHECKUP", date=DAY)


def a_follow_up(number: int) -> FollowUp:
    found_in, kind = a_record(number), FollowUp.Kind.NO_GROWTH
    entry: FollowUp = FollowUp.objects.create(
        student=found_in.student, record=found_in, kind=kind, since=DAY, due=DAY, closed_by=a_user(number)
    )
    return entry


MAKE: dict[type[Model], Callable[[int], object]] = {
    User: a_user,
    Assignment: an_assignment,
    AuditEvent: an_audit_event,
    AuditSeal: a_seal,
    District: lambda n: make_district(f"district-{n}", f"District {n}", intake_school=make_school(f"school-{n}")),
    School: lambda n: make_school(f"school-{n}", district=make_district(f"district-{n}")),
    Student: a_student,
    StudentIdentifier: lambda n: StudentIdentifier.objects.create(student=a_student(n), system="urn:x", value=str(n)),
    Contact: lambda n: Contact.objects.create(student=a_student(n), given_name="Rosa", family_name="Alvarez"),
    HealthRecord: a_record,
    Allergy: lambda n: Allergy.objects.create(student=a_student(n), allergen="Peanut"),
    Condition: lambda n: Condition.objects.create(student=a_student(n), name="Asthma"),
    Vaccination: lambda n: Vaccination.objects.create(student=a_student(n), name="MMR", date=DAY),
    SourceEntry: a_source_entry,
    FollowUp: a_follow_up,
    GrowthAssessment: lambda n: assessment_of(a_record(n)),
    GrowthProgress: lambda n: GrowthProgress.objects.create(student=a_student(n), health_version=n, rules=1),
    GrowthRun: lambda n: GrowthRun.objects.create(
        whole=True, rules=1, school=make_school(f"school-{n}"), started_by=a_user(n)
    ),
    SchoolFlag: lambda n: SchoolFlag.objects.create(name=f"flag-{n}"),
    AccessAttempt: lambda n: AccessAttempt.objects.create(username=f"nurse-{n}", failures_since_start=5),
    Authenticator: lambda n: Authenticator.objects.create(user=a_user(n), type="totp", data={"secret": "s"}),
}
WITH_A_PAGE = [model for model in MAKE if model not in {AuditEvent, AccessAttempt}]
LARGE = {
    HealthRecord: ['"notes"', '"vital_typed"', '"search_fold"'],
    Student: ['"search_fold"'],
    Allergy: ['"treatment"', '"search_fold"'],
    FollowUp: ['"search_fold"', '"notes"'],
    GrowthAssessment: ['"search_fold"', '"notes"'],
    AuditSeal: ['"row_digests"'],
    Authenticator: ['."data"'],
}


def address(model: type[Model], page: str, *of: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=of)


def statements(client: Client, url: str) -> list[str]:
    """Return what one page asked, once everything that a process remembers is remembered."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in asked.captured_queries]


def test_every_model_of_the_admin_is_tried_here() -> None:
    assert set(MAKE) == set(django_admin.site._registry)


@pytest.mark.parametrize("model", MAKE, ids=lambda model: model._meta.label)
def test_a_list_of_150_asks_as_often_as_a_list_of_5(model: type[Model], admin: User, client: Client) -> None:
    client.force_login(admin)
    for number in range(FEW):
        MAKE[model](number)
    few = statements(client, address(model, "changelist"))
    for number in range(FEW, MANY):
        MAKE[model](number)
    many = statements(client, address(model, "changelist"))
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 9  # with 2 for the login and 3 to keep the session alive
    for column in LARGE.get(model, []):
        assert not [sql for sql in many if column in sql.partition(" FROM ")[0]]


@pytest.mark.parametrize("model", WITH_A_PAGE, ids=lambda model: model._meta.label)
def test_a_page_of_one_row_asks_as_often_among_150_as_among_5(model: type[Model], admin: User, client: Client) -> None:
    client.force_login(admin)
    for number in range(FEW):
        MAKE[model](number)
    page = address(model, "change", model._default_manager.order_by("pk")[0].pk)
    few = statements(client, page)
    for number in range(FEW, MANY):
        MAKE[model](number)
    many = statements(client, page)
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 10


def test_the_page_of_a_person_with_many_assignments_asks_as_often(admin: User, nora: User, client: Client) -> None:
    client.force_login(admin)
    few = statements(client, address(User, "change", nora.pk))
    for number in range(10):
        Assignment.objects.create(user=nora, role=Nurse.code, school=make_school(f"school-{number}"))
    assert len(statements(client, address(User, "change", nora.pk))) == len(few)


def test_the_page_of_a_student_with_many_identifiers_asks_as_often(admin: User, ana: Student, client: Client) -> None:
    client.force_login(admin)
    few = statements(client, address(Student, "change", ana.pk))
    for number in range(10):
        StudentIdentifier.objects.create(student=ana, system="urn:x", value=str(number))
    assert len(statements(client, address(Student, "change", ana.pk))) == len(few)
