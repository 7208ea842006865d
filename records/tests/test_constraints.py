"""What the database itself refuses, whatever code lets slip: every constraint of every model, by its name."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import CheckConstraint, UniqueConstraint
from django.db.models.deletion import ProtectedError

from access.models import Assignment
from access.tests.people import make_staff, make_student
from records.models import Allergy, Condition, FollowUp, HealthRecord, SourceEntry, Vaccination
from records.models.clinical_entry import ENTERED_IN_ERROR
from records.tests.summaries import DAY, chart_something
from records.vital_limits import LIMITS
from students.models import District, School, Student, StudentIdentifier

DAY_BEFORE = DAY - datetime.timedelta(days=1)
IN_ERROR = {"status": ENTERED_IN_ERROR}


def record(student: Student, **fields: Any) -> HealthRecord:
    return HealthRecord.objects.create(student=student, **{"type": "VITAL_SIGNS_CHECK", "date": DAY, **fields})


def assign(student: Student, **fields: Any) -> None:
    Assignment.objects.create(user=make_staff("pat", None), role="nurse", **fields)


def twice(make: Callable[[], object]) -> None:
    make()
    make()


def identify(student: Student) -> None:
    StudentIdentifier.objects.create(student=student, system="urn:sis", value="7")


def take_entry(student: Student) -> None:
    SourceEntry.objects.create(
        student=student, resource_type="Condition", source_id="c1", digest=b"", target_model="x", target_id=student.pk
    )


def follow_up(found_in: HealthRecord, **fields: Any) -> None:
    FollowUp.objects.create(
        student=found_in.student, record=found_in, kind=FollowUp.Kind.NO_GROWTH, since=DAY, due=DAY, **fields
    )


def follow_up_again(student: Student) -> None:
    visit = record(student)
    twice(lambda: follow_up(visit))


BREAKS: dict[str, Callable[[Student], object]] = {
    "assignment_to_a_school_or_a_district": assign,
    "assignment_ends_not_before_it_starts": lambda ana: assign(
        ana, school=ana.school, starts_on=DAY, ends_on=DAY_BEFORE
    ),
    "student_born_after_1900": lambda ana: make_student(ana.school, birth_date=datetime.date(1899, 12, 31)),
    "student_in_error_has_a_reason": lambda ana: Student.objects.filter(pk=ana.pk).update(**IN_ERROR),
    "student_number_unique_in_school": lambda ana: make_student(ana.school, student_number=ana.student_number),
    "identifier_names_one_student": lambda ana: twice(lambda: identify(ana)),
    "source_entry_taken_once_per_student": lambda ana: twice(lambda: take_entry(ana)),
    "allergy_in_error_has_a_reason": lambda ana: Allergy.objects.create(student=ana, allergen="Peanut", **IN_ERROR),
    "allergy_severity_known": lambda ana: Allergy.objects.create(student=ana, allergen="Peanut", severity=5),
    "allergy_names_an_allergen": lambda ana: Allergy.objects.create(student=ana),
    "condition_in_error_has_a_reason": lambda ana: Condition.objects.create(student=ana, name="Asthma", **IN_ERROR),
    "condition_has_a_name": lambda ana: Condition.objects.create(student=ana),
    "condition_ends_not_before_it_began": lambda ana: Condition.objects.create(
        student=ana, name="Asthma", onset_date=DAY, abated_date=DAY_BEFORE
    ),
    "vaccination_in_error_has_a_reason": lambda ana: Vaccination.objects.create(
        student=ana, name="MMR", date=DAY, **IN_ERROR
    ),
    "vaccination_names_a_vaccine": lambda ana: Vaccination.objects.create(student=ana, date=DAY),
    "vaccination_given_says_when": lambda ana: Vaccination.objects.create(student=ana, name="MMR"),
    "follow_up_once_a_measurement": follow_up_again,
    "follow_up_dismissed_has_a_reason": lambda ana: follow_up(record(ana), status=FollowUp.Status.DISMISSED),
    "health_record_in_error_has_a_reason": lambda ana: record(ana, **IN_ERROR),
    "health_record_vital_is_sound": lambda ana: record(ana, vital={"shoe_size": 9}),
    **{
        f"health_record_{key}_possible": lambda ana, key=key, high=high: record(ana, vital={key: high + 0.1})  # type: ignore[misc]
        for key, (_, high) in LIMITS.items()
    },
}


def constraints_of_ours() -> set[str]:
    return {
        constraint.name
        for app in ("access", "students", "records")
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
        if model.__module__.split(".")[0] == app
    }


@pytest.mark.parametrize("rule", BREAKS)
def test_the_database_refuses_what_breaks_the_rule(ana: Student, rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        BREAKS[rule](ana)


def test_every_constraint_is_tried_here() -> None:
    assert constraints_of_ours() == set(BREAKS)


def test_every_constraint_is_in_the_database_under_its_name(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
        there = {name for (name,) in cursor.fetchall()}
    assert constraints_of_ours() <= there


@pytest.mark.parametrize("key", LIMITS)
def test_the_edges_of_the_possible_are_accepted_and_less_is_refused(ana: Student, key: str) -> None:
    low, high = LIMITS[key]
    for value in (low, high):
        assert getattr(HealthRecord.objects.get(pk=record(ana, vital={key: value}).pk), key) == value
    with pytest.raises(IntegrityError, match=f"health_record_{key}_possible"), transaction.atomic():
        record(ana, vital={key: low - 0.1})


@pytest.mark.parametrize(
    "vital",
    [
        """{"height_cm": "120"}""",
        """{"height_cm": null}""",
        """{"height_cm": [120]}""",
        """{"height_cm": {"value": 120}}""",
        """{"height_cm": true}""",
        """{"height_cm": 120, "shoe_size": 9}""",
        """{"": 1}""",
        """[120]""",
        """[]""",
        """["height_cm"]""",
        """"height_cm\"""",
        """120""",
        """null""",
        """{"height_cm": 1e400}""",
        """{"weight_kg": -27}""",
    ],
)
def test_vital_signs_of_another_shape_are_refused_from_raw_sql_too(ana: Student, vital: str) -> None:
    entry = record(ana, vital={"height_cm": 120})
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE records_healthrecord SET vital = %s::jsonb WHERE id = %s", [vital, entry.pk])
    entry.refresh_from_db()
    assert entry.vital == {"height_cm": 120}


def test_no_vital_signs_at_all_are_fine(ana: Student) -> None:
    entry = record(ana, vital=None)
    entry.refresh_from_db()
    assert (entry.vital, entry.height_cm, entry.bmi) == (None, None, None)


def test_what_is_charted_is_computed_by_the_database_and_cannot_be_set(ana: Student) -> None:
    entry = record(ana, vital={"height_cm": 120, "weight_kg": 24})
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE records_healthrecord SET bmi = 20 WHERE id = %s", [entry.pk])
    HealthRecord.objects.filter(pk=entry.pk).update(vital={"height_cm": 125, "weight_kg": 25})
    entry.refresh_from_db()
    assert (entry.height_cm, entry.weight_kg) == (125, 25)
    assert entry.bmi == pytest.approx(16)


def test_two_students_of_one_school_may_be_without_a_number(oak_street: School) -> None:
    assert make_student(oak_street).student_number == make_student(oak_street, "Ben").student_number == ""


def test_one_number_may_be_used_by_two_schools(ana: Student, harbor_middle: School) -> None:
    assert make_student(harbor_middle, student_number=ana.student_number).pk != ana.pk


def test_a_student_with_a_history_cannot_be_deleted(ana: Student) -> None:
    chart_something(ana)
    with pytest.raises(ProtectedError):
        ana.delete()


def test_a_place_with_students_or_staff_cannot_be_deleted(dana: object, nora: object, oak_street: School) -> None:
    for place in (oak_street, District.objects.get()):
        with pytest.raises(ProtectedError):
            place.delete()


def test_every_constraint_has_the_name_of_its_rule() -> None:
    for app in ("access", "students", "records"):
        for model in apps.get_app_config(app).get_models():
            for constraint in model._meta.constraints:
                assert isinstance(constraint, CheckConstraint | UniqueConstraint)
                words = constraint.name.split("_")
                assert len(words) >= 3, f"{constraint.name} does not say what it demands"
                assert not {"check", "ck", "uniq", "constraint"} & set(words)
