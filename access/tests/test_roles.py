"""What each role may do, and that lists and the gate agree about it."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.events import Action, Actor, Door
from access.gate import NotPermitted, StudentNotVisible, open_student
from access.models import Assignment, User
from access.roles import (
    ROLE_CHOICES,
    ROLES,
    Counselor,
    DistrictNurse,
    IntegrationClient,
    Nurse,
    Permission,
    Role,
    SchoolAdministrator,
    permissions_of,
    roles_that,
)
from access.tests.people import make_district, make_school, make_staff, make_student
from students.models import School, Student

MAY: dict[type[Role], str] = {
    Nurse: "student_view student_edit contact_view health_view health_record confidential_view access_log_view",
    DistrictNurse: "student_view student_edit contact_view health_view health_record confidential_view access_log_view",
    Counselor: "student_view contact_view health_view confidential_view",
    SchoolAdministrator: "student_view student_edit contact_view access_log_view",
    IntegrationClient: "student_view student_edit health_view health_record",
}


@pytest.mark.parametrize("role", MAY)
def test_a_role_may_exactly_this(role: type[Role]) -> None:
    assert sorted(role.permissions) == sorted(MAY[role].split())


def test_every_role_is_listed_here_and_explains_itself() -> None:
    assert set(ROLES.values()) == set(MAY)
    for code, role in ROLES.items():
        assert (code, role.name) in ROLE_CHOICES
        assert role.sentence.endswith(".")


def test_who_may_do_anything_may_see_the_student() -> None:
    # The gate tells 403 from 404 by this permission.
    assert all(Permission.STUDENT_VIEW in role.permissions for role in ROLES.values())


def test_nobody_who_writes_health_data_cannot_read_it() -> None:
    for role in ROLES.values():
        if Permission.HEALTH_RECORD in role.permissions:
            assert Permission.HEALTH_VIEW in role.permissions


def test_no_system_sees_confidential_records_or_contacts() -> None:
    assert not {Permission.CONFIDENTIAL_VIEW, Permission.CONTACT_VIEW} & IntegrationClient.permissions


def test_roles_add_up_and_none_permits_nothing() -> None:
    assert (
        permissions_of(["counselor", "school_administrator"]) == Counselor.permissions | SchoolAdministrator.permissions
    )
    assert permissions_of([]) == frozenset()


def test_roles_that_hold_a_permission_are_found_by_code() -> None:
    assert roles_that(Permission.HEALTH_RECORD) == ["nurse", "district_nurse", "integration_client"]


def test_an_assignment_is_to_a_school_or_a_district_never_both_or_neither(nora: User, oak_street: School) -> None:
    for place in ({}, {"school": oak_street, "district": oak_street.district}):
        with pytest.raises(IntegrityError, match="assignment_to_a_school_or_a_district"), transaction.atomic():
            Assignment.objects.create(user=nora, role="nurse", **place)


def test_an_assignment_does_not_end_before_it_starts(nora: User, oak_street: School) -> None:
    today = timezone.localdate()
    assignment = Assignment(
        user=nora, role="nurse", school=oak_street, starts_on=today, ends_on=today - datetime.timedelta(days=1)
    )
    with pytest.raises(ValidationError, match="The last day is before the first"):
        assignment.full_clean()
    with pytest.raises(IntegrityError, match="assignment_ends_not_before_it_starts"), transaction.atomic():
        assignment.save()


def everybody(oak_street: School, harbor_middle: School) -> list[User]:
    """Return people of every kind: each role at a school, in the district, expired, to come, inactive, none, all."""
    today, day = timezone.localdate(), datetime.timedelta(days=1)
    people = [make_staff(f"{code} at oak", role, oak_street) for code, role in ROLES.items()]
    people += [make_staff(f"{code} in district", role, oak_street.district) for code, role in ROLES.items()]
    people += [
        make_staff("at harbor", Nurse, harbor_middle),
        make_staff("expired", Nurse, oak_street, ends_on=today - day),
        make_staff("to come", Nurse, oak_street, starts_on=today + day),
        make_staff("last day", Nurse, oak_street, ends_on=today),
        make_staff("inactive", Nurse, oak_street, is_active=False),
        make_staff("no role", None),
        make_staff("boss", None, is_superuser=True),
        make_staff("former boss", None, is_superuser=True, is_active=False),
    ]
    split = make_staff("split", Counselor, oak_street)
    Assignment.objects.create(user=split, role=Nurse.code, school=harbor_middle)
    return [*people, split]


@pytest.mark.parametrize("permission", Permission)
def test_lists_and_the_gate_agree_about_every_kind_of_person(
    oak_street: School, harbor_middle: School, permission: Permission
) -> None:
    far = make_school("far-away", district=make_district("far", "Far District"))
    students = [make_student(school) for school in (oak_street, harbor_middle, far)]
    for person in everybody(oak_street, harbor_middle):
        listed = set(Student.objects.visible_to(person, permission))
        opened = set()
        for student in students:
            try:
                open_student(Actor(person.pk, Door.PAGE), student.pk, permission, Action.STUDENT_VIEWED)
            except (StudentNotVisible, NotPermitted):
                continue
            opened.add(student)
        assert listed == opened, f"{person.username} and {permission}"
        assert {student.school for student in listed} == set(School.objects.visible_to(person, permission)) & {
            student.school for student in students
        }


def test_people_of_every_kind_are_really_told_apart(oak_street: School, harbor_middle: School) -> None:
    ana, hal = make_student(oak_street), make_student(harbor_middle)
    seen = {person.username: set(Student.objects.visible_to(person)) for person in everybody(oak_street, harbor_middle)}
    assert seen["nurse at oak"] == {ana}
    assert seen["at harbor"] == {hal}
    assert seen["district_nurse in district"] == seen["boss"] == seen["split"] == {ana, hal}
    assert seen["expired"] == seen["to come"] == seen["inactive"] == seen["no role"] == seen["former boss"] == set()


def test_somebody_who_is_not_logged_in_sees_no_school(oak_street: School) -> None:
    with pytest.raises(TypeError):
        list(School.objects.visible_to(AnonymousUser()))  # type: ignore[arg-type]
