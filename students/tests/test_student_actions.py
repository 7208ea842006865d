"""Writing students: the audit row stands or falls with the write, and no change overwrites another."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from access.events import Action, Actor, Door
from access.models import AuditEvent, User
from access.versions import StaleVersion
from students.actions import change_student, enrol_student
from students.models import School, Student

BEN = {"given_name": "Ben", "family_name": "Baker"}


class Abandoned(Exception):
    """The caller gives up."""


def by(user: User) -> Actor:
    return Actor(user.pk, Door.PAGE)


def test_a_rolled_back_enrolment_leaves_neither_student_nor_row(nora: User, oak_street: School, ana: Student) -> None:
    def enrol_and_give_up() -> None:
        with transaction.atomic():
            enrol_student(by=by(nora), school=oak_street, birth_date=ana.birth_date, **BEN)
            raise Abandoned

    with pytest.raises(Abandoned):
        enrol_and_give_up()
    assert not Student.objects.filter(given_name="Ben").exists()
    assert not AuditEvent.objects.filter(action=Action.STUDENT_ENROLLED).exists()


def test_the_second_of_two_changes_of_one_version_is_told(nora: User, sam: User, ana: Student) -> None:
    mine, theirs = Student.objects.get(pk=ana.pk), Student.objects.get(pk=ana.pk)
    change_student(by=by(sam), student=mine, version=1, homeroom="12")
    with pytest.raises(StaleVersion):
        change_student(by=by(nora), student=theirs, version=1, homeroom="14")
    ana.refresh_from_db()
    assert (ana.homeroom, ana.version) == ("12", 2)
    assert AuditEvent.objects.get(action=Action.STUDENT_CHANGED).actor_id == sam.pk


def test_a_number_taken_between_check_and_write_is_named_by_field(
    nora: User, ana: Student, oak_street: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check sees a school without students, as it would while the other request has not committed."""
    monkeypatch.setattr("students.actions.number_is_taken", lambda student: False)
    with pytest.raises(ValidationError) as refused:
        enrol_student(by=by(nora), school=oak_street, student_number="1001", birth_date=ana.birth_date, **BEN)
    assert refused.value.message_dict.keys() == {"student_number"}


def test_only_known_fields_can_be_written(nora: User, ana: Student) -> None:
    with pytest.raises(TypeError, match="health_version"):
        change_student(by=by(nora), student=ana, version=1, health_version=7)
