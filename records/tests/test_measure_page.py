"""The measuring sheet: which classes there are, who may open it, who is on record as looked at."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import AuditEvent, User
from access.tests.people import make_student
from access.tests.trail import outcomes
from records.models import HealthRecord
from records.tests.sheets import SHEET, round_of, send, send_row, typed, words
from students.models import School, Student

STATEMENTS = 14


@pytest.fixture
def nurse(nora: User, client: Client) -> Client:
    """The browser of Nora, who is logged in."""
    client.force_login(nora)
    return client


@pytest.fixture
def ben(oak_street: School) -> Student:
    """Ben Bell of Ana's class."""
    return make_student(oak_street, "Ben", "Bell", sex=Student.Sex.MALE)


def test_a_nurse_chooses_a_class_and_gets_a_row_for_each_student(nurse: Client, ana: Student, ben: Student) -> None:
    HealthRecord.objects.create(
        student=ana, type="CHECKUP", date="2026-03-02", vital={"height_cm": 124.5, "weight_kg": 25}
    )
    assert "Grade 3, all (2)" in words(nurse.get(SHEET))
    sheet = nurse.get(SHEET, round_of())
    assert [row.student for row in sheet.context["rows"]] == [ana, ben]
    assert "Ana Alvarez 4 ft 1 in, 55.1 lb Mar 2, 2026" in words(sheet)
    for name in ("Height of Ana Alvarez", "Weight of Ana Alvarez", "Height of Ben Bell"):
        assert f'aria-label="{name}"' in sheet.content.decode()
    metric = nurse.get(SHEET, round_of(height_unit="cm", weight_unit="kg"))
    assert "Ana Alvarez 124.5 cm, 25 kg Mar 2, 2026" in words(metric)


def test_everybody_shown_is_on_record_as_looked_at(nurse: Client, ana: Student, ben: Student) -> None:
    nurse.get(SHEET)
    assert not AuditEvent.objects.exists()
    nurse.get(SHEET, round_of())
    assert outcomes(ana.pk) == outcomes(ben.pk) == [("vitals_viewed", "granted")]


def test_it_asks_the_database_as_often_for_35_students_as_for_3(nurse: Client, oak_street: School) -> None:
    def measured(number: int) -> None:
        student = make_student(oak_street, f"Ana {number}", student_number=str(number))
        for day in (datetime.date(2025, 9, 1), datetime.date(2026, 9, 1)):
            HealthRecord.objects.create(student=student, type="CHECKUP", date=day, vital={"height_cm": 120 + number})

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert nurse.get(SHEET, round_of()).status_code == 200
        return len(seen)

    for number in range(3):
        measured(number)
    few = statements()
    for number in range(3, 35):
        measured(number)
    assert statements() == few <= STATEMENTS
    assert AuditEvent.objects.count() == 38


def test_a_large_grade_is_offered_by_homeroom_and_a_large_homeroom_in_pages(nurse: Client, oak_street: School) -> None:
    for number in range(90):
        make_student(oak_street, f"Ana {number:02}", homeroom="3-A" if number < 25 else "3-B")
    page = words(nurse.get(SHEET))
    assert "Grade 3, 3-A (25)" in page
    assert "Grade 3, all" not in page
    first = nurse.get(SHEET, round_of(group="03/3-A"))
    assert len(first.context["rows"]) == 25
    assert "Next class: Grade 3, 3-B" in words(first)
    big = nurse.get(SHEET, round_of(group="03/3-B"))
    assert len(big.context["rows"]) == 40
    following = nurse.get(big.context["next_page"])
    assert (len(following.context["rows"]), following.context["next_page"]) == (25, False)
    assert nurse.get(following.context["previous_page"]).context["sheet"].page == 1


def test_a_grade_without_homerooms_is_one_class_in_pages(nurse: Client, oak_street: School) -> None:
    for number in range(41):
        make_student(oak_street, f"Ana {number:02}")
    assert "Grade 3, all (41)" in words(nurse.get(SHEET))
    assert nurse.get(SHEET, round_of()).context["sheet"].more


def test_a_school_without_students_says_so(nurse: Client) -> None:
    assert "No students at this school." in words(nurse.get(SHEET))


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"group": "07"}, "Select a valid choice"),
        ({"group": ""}, "Choose a class."),
        ({"date": "soon"}, "Type a day, for example 9/16/2026."),
        ({"date": "2099-01-01"}, "The day is in the future."),
        ({"height_unit": "ell"}, "Select a valid choice"),
    ],
)
def test_a_senseless_sheet_is_refused_in_words(
    nurse: Client, ana: Student, other: dict[str, str], sentence: str
) -> None:
    answer = nurse.get(SHEET, round_of(**other))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "²", "\x00"])
def test_a_senseless_page_is_no_error(nurse: Client, ana: Student, page: str) -> None:
    assert nurse.get(SHEET, round_of(page=page)).status_code == 200


def test_what_was_typed_for_a_class_that_was_dissolved_meanwhile_is_saved(
    nurse: Client, ana: Student, ben: Student
) -> None:
    Student.objects.filter(pk=ben.pk).update(grade="04", homeroom="4-C")
    answer = send(nurse, typed(ana, height="4'2"), typed(ben, height="4'3"), group="03/3-A")
    assert answer.status_code == 200
    assert sorted(HealthRecord.objects.values_list("height_cm", flat=True)) == [127.0, 129.54]
    assert {row.student for row in answer.context["rows"]} == {ana, ben}


def test_somebody_elses_school_is_not_there(nurse: Client, stella: User, harbor_middle: School) -> None:
    theirs = make_student(harbor_middle, "Cleo", "Cruz")
    assert nurse.get(SHEET, round_of(school="harbor-middle")).status_code == 404
    assert send(nurse, typed(theirs, height="4'2"), school="harbor-middle").status_code == 404
    assert send_row(nurse, theirs, height="4'2").status_code == 404
    assert not HealthRecord.objects.exists()
    assert outcomes(theirs.pk) == [("vitals_viewed", "not_visible")]


def test_somebody_elses_student_in_the_sheet_is_told_and_the_rest_is_saved(
    nurse: Client, ana: Student, harbor_middle: School
) -> None:
    theirs = make_student(harbor_middle, "Cleo", "Cruz")
    answer = send(nurse, typed(ana, height="4'2"), typed(theirs, height="4'3"))
    assert answer.status_code == 422
    assert "1 row could not be saved: the student is no longer at one of your schools." in words(answer)
    assert "Cleo" not in words(answer)
    assert HealthRecord.objects.get().student == ana


@pytest.mark.parametrize("who", ["colin", "sam"])
def test_who_may_not_record_is_refused(who: str, ana: Student, client: Client, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(SHEET).status_code == 403
    assert send(client, typed(ana, height="4'2")).status_code == 403
    assert send_row(client, ana, height="4'2").status_code == 403
    assert not HealthRecord.objects.exists()


def test_who_has_many_schools_chooses_one_first(
    dana: User, ana: Student, harbor_middle: School, client: Client
) -> None:
    client.force_login(dana)
    first = client.get(SHEET)
    assert "Choose a school Harbor Middle Oak Street Elementary" in words(first)
    assert "Grade 3" not in words(first)
    assert "Grade 3, all (1)" in words(client.get(SHEET, {"school": "oak-street"}))


def test_a_sheet_from_another_site_is_refused(nora: User, ana: Student) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(nora)
    assert send_row(strict, ana, height="4'2").status_code == 403
    assert not HealthRecord.objects.exists()
