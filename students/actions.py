"""Every write of students: keyword-only, `by` the actor, atomic, the audit row inside, no one's change overwritten."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from access import audit
from access.events import Action, Actor
from access.versions import StaleVersion
from students.models import School, Student

OLDEST_BIRTH = datetime.date(1900, 1, 1)
CHANGEABLE = frozenset(
    "school student_number given_name middle_name family_name preferred_name birth_date sex grade homeroom "
    "status status_reason".split()
)
NUMBER_TAKEN = "Another student of this school has this number."


def enrol_student(*, by: Actor, school: School, **fields: Any) -> Student:
    """Enrol a student at the school; return them.

    `fields` are those of CHANGEABLE. Raises ValidationError by field, for a taken student number too.
    """
    student = Student(school=school)
    with taken_number_named(), transaction.atomic():
        assign(student, fields)
        student.save(force_insert=True)
        audit.note(by, Action.STUDENT_ENROLLED, [student.pk])
    return student


def change_student(*, by: Actor, student: Student, version: int, **fields: Any) -> Student:
    """Change fields of the student if they still have that version; return them. The same values change nothing.

    Raises ValidationError by field, StaleVersion when someone else was first.
    """
    with taken_number_named(), transaction.atomic():
        changed = {name: value for name, value in fields.items() if getattr(student, name) != value}
        assign(student, changed)
        if not changed and student.version == version:
            return student
        rows = Student.objects.filter(pk=student.pk, version=version)
        if not rows.update(**changed, version=F("version") + 1, updated_at=timezone.now()):
            raise StaleVersion
        audit.note(by, Action.STUDENT_CHANGED, [student.pk])
        return Student.objects.select_related("school").get(pk=student.pk)


def assign(student: Student, fields: dict[str, Any]) -> None:
    """Set the fields and check the student; raise ValidationError by field."""
    if unknown := fields.keys() - CHANGEABLE:
        raise TypeError(f"Not fields of a student that may be written: {', '.join(sorted(unknown))}.")
    for name, value in fields.items():
        setattr(student, name, value)
    student.clean_fields(exclude={"school"})
    if not OLDEST_BIRTH <= student.birth_date <= timezone.localdate():
        refuse("birth_date", "The birth date lies between 1900 and today.", code="out_of_range")
    if student.status == Student.Status.ENTERED_IN_ERROR and not student.status_reason.strip():
        refuse("reason", "Say why this student was entered in error.", code="required")
    if student.student_number and number_is_taken(student):
        refuse("student_number", NUMBER_TAKEN, code="unique")


def number_is_taken(student: Student) -> bool:
    """Whether another student of the school has the same number; one statement."""
    others = Student.objects.exclude(pk=student.pk)
    return others.filter(school=student.school, student_number=student.student_number).exists()


def refuse(field: str, sentence: str, *, code: str) -> NoReturn:
    """Raise ValidationError for one field."""
    raise ValidationError({field: ValidationError(sentence, code=code)})


@contextmanager
def taken_number_named() -> Iterator[None]:
    """Name the field when another request took the student number between our check and our write."""
    try:
        yield
    except IntegrityError as error:
        if "student_number_unique_in_school" not in str(error):
            raise
        raise ValidationError({"student_number": ValidationError(NUMBER_TAKEN, code="unique")}) from error
