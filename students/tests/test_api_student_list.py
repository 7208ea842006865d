"""The list of students by API, and the search."""

import datetime
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.events import Action
from access.models import AuditEvent, User
from access.tests.people import api_client, make_student
from students.models import School, Student

STUDENTS = "/api/v1/students/"


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [student["given_name"] for student in answer.json()["results"]]


@pytest.fixture
def classmates(oak_street: School, harbor_middle: School, ana: Student) -> list[Student]:
    """Ana Alvarez, Bea and Zoë Álvarez of grade 4, Cy of Harbor Middle, and Dan, who has left."""
    return [
        ana,
        make_student(oak_street, "Bea", "Brown", preferred_name="Bee", grade="04", student_number="1002"),
        make_student(oak_street, "Zoë", "Álvarez", grade="04"),
        make_student(harbor_middle, "Cy", "Alvarez"),
        make_student(oak_street, "Dan", "Alvarez", status=Student.Status.WITHDRAWN),
    ]


def test_it_lists_the_enrolled_students_of_ones_schools_as_a_class_list(
    nora: User, stella: User, dana: User, classmates: list[Student]
) -> None:
    assert names(api_client(nora).get(STUDENTS)) == ["Ana", "Zoë", "Bea"]
    assert names(api_client(stella).get(STUDENTS)) == ["Cy"]
    assert names(api_client(dana).get(STUDENTS)) == ["Ana", "Cy", "Zoë", "Bea"]


def test_a_student_reads_as_the_contract_says(nora: User, ana: Student, oak_street: School) -> None:
    (shown,) = api_client(nora).get(STUDENTS).json()["results"]
    assert shown == {
        "id": str(ana.pk),
        "student_number": "1001",
        "given_name": "Ana",
        "middle_name": "",
        "family_name": "Alvarez",
        "preferred_name": "",
        "birth_date": "2018-03-14",
        "age": ana.age_on(timezone.localdate()),
        "sex": "female",
        "grade": "03",
        "homeroom": "",
        "status": "enrolled",
        "reason": "",
        "school": {"id": str(oak_street.pk), "code": "oak-street", "name": "Oak Street Elementary"},
        "version": 1,
    }


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"search": "alva"}, ["Ana", "Zoë"]),
        ({"search": "ALVAREZ zoe"}, ["Zoë"]),
        ({"search": "be"}, ["Bea"]),
        ({"search": "1002"}, ["Bea"]),
        ({"search": "%"}, []),
        ({"search": ""}, ["Ana", "Zoë", "Bea"]),
        ({"grade": "04"}, ["Zoë", "Bea"]),
        ({"school": "oak-street", "grade": "03"}, ["Ana"]),
        ({"school": "harbor-middle"}, []),
        ({"identifier": "1001"}, ["Ana"]),
        ({"identifier": "MRN-77"}, ["Bea"]),
        ({"identifier": "nobody"}, []),
    ],
)
def test_it_finds(nora: User, classmates: list[Student], question: dict[str, str], found: list[str]) -> None:
    classmates[1].identifiers.create(system="http://hospital.example/mrn", value="MRN-77")
    assert names(api_client(nora).get(STUDENTS, question)) == found


def test_another_schools_child_cannot_be_found_by_identifier(stella: User, ana: Student) -> None:
    ana.identifiers.create(system="urn:fhir", value="5b1c")
    assert names(api_client(stella).get(STUDENTS, {"identifier": "5b1c"})) == []


def test_one_child_with_two_identifiers_of_one_value_is_found_once(nora: User, ana: Student) -> None:
    ana.identifiers.create(system="urn:a", value="1001")
    ana.identifiers.create(system="urn:b", value="1001")
    assert names(api_client(nora).get(STUDENTS, {"identifier": "1001"})) == ["Ana"]


@pytest.mark.parametrize(
    ("question", "attr"),
    [
        ({"grade": "3"}, "grade"),
        ({"identifier": ""}, "identifier"),
        ({"search": "x" * 101}, "search"),
        ({"search": "a\x00b"}, "search"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "201"}, "page_size"),
        ({"page_size": "-1"}, "page_size"),
        ({"page_size": "many"}, "page_size"),
        ({"page_size": "٣"}, "page_size"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": ""}, "cursor"),
        ({"cursor": "ünknown"}, "cursor"),
    ],
)
def test_a_senseless_question_is_400_and_names_the_parameter(
    nora: User, ana: Student, question: dict[str, str], attr: str
) -> None:
    answer = api_client(nora).get(STUDENTS, question)
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert not AuditEvent.objects.filter(student_id=ana.pk).exists()


def test_each_student_shown_is_on_record_before_the_answer(nora: User, classmates: list[Student]) -> None:
    api_client(nora).get(STUDENTS, {"page_size": 2})
    api_client(nora).get(STUDENTS, {"search": "bea"})
    api_client(nora).get(STUDENTS, {"identifier": "1001"})
    ana, bea, zoe, _, _ = classmates
    rows = AuditEvent.objects.filter(actor_id=nora.pk).order_by("id").values_list("student_id", "action", "door")
    assert set(rows[:2]) == {(s.pk, Action.STUDENT_LISTED, "api") for s in (ana, zoe)}
    assert list(rows[2:]) == [(bea.pk, Action.STUDENT_FOUND, "api"), (ana.pk, Action.STUDENT_FOUND, "api")]


def test_a_login_without_an_assignment_in_force_sees_nobody(ana: Student, nora: User) -> None:
    nora.assignments.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    assert names(api_client(nora).get(STUDENTS)) == []


@pytest.mark.parametrize("count", [5, 150])
def test_it_takes_three_statements_at_any_length(
    nora: User, oak_street: School, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_student(oak_street, f"Given{number}", "Same")
    with django_assert_num_queries(3):  # login, students, audit rows
        answer = api_client(nora).get(STUDENTS, {"page_size": "200", "search": "same"})
    assert len(answer.json()["results"]) == count
