"""What the follow-up list is told by measurements: new obesity classes, falls over two lines, no growth."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from access.events import Actor, Door
from access.tests.people import make_student
from records.actions import close_follow_up, mark_entered_in_error
from records.growth import Children, Measure, Sex, measurement_at_percentile
from records.models import FollowUp, HealthRecord
from records.recalculation.run import recalculate
from records.tests.growing import measure
from students.models import Student

SYSTEM = Actor(None, Door.TASK)


def at(student: Student, days_ago: int, height_percentile: float, bmi_percentile: float, **fields: Any) -> HealthRecord:
    """Measure a girl at these percentiles of her age."""
    age = (timezone.localdate() - student.birth_date).days - days_ago
    girl = Children.of_days([Sex.FEMALE], [age])
    height = measurement_at_percentile(Measure.HEIGHT, girl, [height_percentile]).value.item()
    bmi = measurement_at_percentile(Measure.BMI, girl, [bmi_percentile]).value.item()
    record: HealthRecord = measure(student, days_ago, height, bmi * height**2 / 10_000, **fields)
    return record


def found() -> list[tuple[str, str, str]]:
    """Return kind, status and reason of every entry, by measurement."""
    recalculate(whole=False)
    return list(FollowUp.objects.order_by("since", "kind").values_list("kind", "status", "reason"))


def kinds() -> list[str]:
    return [kind for kind, status, _ in found() if status == "open"]


def test_steady_growth_is_nothing_to_look_at(ana: Student) -> None:
    for days_ago in (700, 400, 20):
        at(ana, days_ago, 60, 60)
    assert found() == []


def test_a_new_obesity_class(ana: Student) -> None:
    at(ana, 100, 60, 90)
    record = at(ana, 10, 60, 97)
    [(kind, status, reason)] = found()
    assert (kind, status) == ("obesity_class", "open")
    assert reason.startswith("Obesity class 1; overweight on ")
    entry = FollowUp.objects.get()
    assert (entry.record_id, entry.since) == (record.pk, record.date)
    assert entry.due == timezone.localdate() + datetime.timedelta(days=14)


@pytest.mark.parametrize(
    ("before", "now"), [(97, 96.5), (97, 97.5), (96, 90), (99.9, 97)], ids=["same", "still", "left", "a lower class"]
)
def test_the_same_class_or_a_lower_one_is_not_new(ana: Student, before: float, now: float) -> None:
    at(ana, 100, 60, before)
    at(ana, 10, 60, now)
    assert "obesity_class" not in kinds()


def test_the_first_measurement_of_a_child_has_nothing_before_it(ana: Student) -> None:
    at(ana, 10, 60, 98)
    assert found() == []


def test_falling_over_two_lines_in_six_months(ana: Student) -> None:
    at(ana, 250, 60, 40)
    at(ana, 10, 20, 40)
    assert kinds() == ["falling_lines"]
    assert found()[0][2].startswith("Height from percentile 60 to 20 since ") or "59" in found()[0][2]


@pytest.mark.parametrize(("days_ago", "now"), [(250, 30), (100, 20)], ids=["one line", "too soon to tell"])
def test_one_line_or_a_short_time_is_no_fall(ana: Student, days_ago: int, now: float) -> None:
    at(ana, days_ago, 60, 40)
    at(ana, 10, now, 40)
    assert "falling_lines" not in kinds()


def test_no_growth_in_six_months(ana: Student) -> None:
    measure(ana, 220, 120.0, 23)
    measure(ana, 10, 120.4, 23.5)
    assert [reason.split(" since")[0] for kind, _, reason in found() if kind == "no_growth"] == ["0.4 cm grown"]


def test_who_is_grown_up_need_not_grow(ana: Student) -> None:
    Student.objects.filter(pk=ana.pk).update(birth_date=timezone.localdate() - datetime.timedelta(days=18 * 365))
    measure(ana, 220, 165.0, 60)
    measure(ana, 10, 165.1, 60)
    assert found() == []


def test_an_implausible_value_is_no_ground(ana: Student) -> None:
    at(ana, 250, 60, 60)
    measure(ana, 10, 50.0, 25)
    assert found() == []


def test_what_was_so_more_than_a_year_ago_is_history(ana: Student) -> None:
    at(ana, 900, 60, 60)
    at(ana, 500, 60, 98)
    assert found() == []


def test_never_twice_for_the_same_measurement(ana: Student) -> None:
    at(ana, 100, 60, 90)
    at(ana, 10, 60, 97)
    assert len(found()) == 1
    recalculate(whole=True)
    assert len(found()) == 1
    close_follow_up(by=SYSTEM, entry=FollowUp.objects.get(), status="dismissed", reason="Known")
    recalculate(whole=True, restart=True)
    assert [status for _, status, _ in found()] == ["dismissed"]


def test_it_closes_by_itself_at_once_when_the_measurement_is_entered_in_error(ana: Student) -> None:
    at(ana, 100, 60, 90)
    record = at(ana, 10, 60, 97)
    assert len(found()) == 1
    mark_entered_in_error(by=SYSTEM, entry=record, reason="Wrong child")
    entry = FollowUp.objects.get()
    assert (entry.status, entry.closing_reason) == ("closed", "The measurement was entered in error.")


def test_it_closes_by_itself_when_a_correction_takes_its_ground_away(ana: Student) -> None:
    earlier = at(ana, 100, 60, 90)
    at(ana, 10, 60, 97)
    assert len(found()) == 1
    mark_entered_in_error(by=SYSTEM, entry=earlier, reason="Wrong child")
    assert [status for _, status, _ in found()] == ["closed"]


def test_of_two_measurements_that_say_the_same_the_newer_has_the_entry(ana: Student) -> None:
    at(ana, 400, 80, 40)
    at(ana, 100, 30, 40)
    assert kinds() == ["falling_lines"]
    newer = at(ana, 10, 30, 40)
    assert [(kind, status) for kind, status, _ in found()] == [("falling_lines", "closed"), ("falling_lines", "open")]
    assert FollowUp.objects.get(status="open").record_id == newer.pk


def test_children_of_one_chunk_do_not_mix(ana: Student) -> None:
    ben = make_student(ana.school, "Bea", "Bach")
    at(ana, 250, 80, 90)
    at(ben, 10, 20, 98)
    assert found() == []
