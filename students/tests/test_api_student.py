"""One student by API: read, enrol, change."""

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
NEW = {"school": "oak-street", "given_name": "Ben", "family_name": "Baker", "birth_date": "2017-05-02"}


def address(student: Student) -> str:
    return f"{STUDENTS}{student.pk}/"


def actions(student: Student) -> list[str]:
    return list(AuditEvent.objects.filter(student_id=student.pk).order_by("id").values_list("action", flat=True))


def attrs(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.content
    return sorted(error["attr"] for error in answer.json()["errors"])


def test_it_reads_a_student_and_leaves_a_row(
    nora: User, ana: Student, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # gate, student
        answer = api_client(nora).get(address(ana))
    assert answer.status_code == 200
    assert answer.json()["family_name"] == "Alvarez"
    assert answer["ETag"] == '"1"'
    assert actions(ana) == [Action.STUDENT_VIEWED]


def test_another_schools_student_is_404_as_if_there_were_none(stella: User, ana: Student) -> None:
    theirs = api_client(stella).get(address(ana))
    nobody = api_client(stella).get(f"{STUDENTS}0190a000-0000-7000-8000-000000000000/")
    assert theirs.status_code == nobody.status_code == 404
    assert theirs.json()["detail"] == nobody.json()["detail"]
    assert api_client(stella).patch(address(ana), {"grade": "05"}, format="json").status_code == 404


@pytest.mark.parametrize("etag", ['"1"', 'W/"1"', '"7", "1"', "*"])
def test_who_holds_the_version_gets_304(nora: User, ana: Student, etag: str) -> None:
    answer = api_client(nora).get(address(ana), headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", '"1"')
    assert actions(ana) == [Action.STUDENT_VIEWED]


def test_who_holds_another_version_gets_the_student(nora: User, ana: Student) -> None:
    assert api_client(nora).get(address(ana), headers={"If-None-Match": '"2"'}).status_code == 200


def test_it_enrols_a_student(nora: User, oak_street: School) -> None:
    answer = api_client(nora).post(STUDENTS, {**NEW, "grade": "02", "sex": "male"}, format="json")
    assert answer.status_code == 201, answer.json()
    student = Student.objects.get(given_name="Ben")
    assert answer["Location"].endswith(address(student))
    assert answer["ETag"] == '"1"'
    assert (student.school, student.birth_date, student.grade) == (oak_street, datetime.date(2017, 5, 2), "02")
    assert actions(student) == [Action.STUDENT_ENROLLED]


def test_the_school_may_be_named_by_its_id(ivy: User, oak_street: School) -> None:
    answer = api_client(ivy).post(STUDENTS, {**NEW, "school": str(oak_street.pk)}, format="json")
    assert answer.status_code == 201
    assert answer.json()["school"]["code"] == "oak-street"


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"birth_date": "2017-02-30"}, ["birth_date"]),
        ({"birth_date": "1850-01-01"}, ["birth_date"]),
        ({"birth_date": "2099-01-01"}, ["birth_date"]),
        ({"school": "no-such-school"}, ["school"]),
        ({"school": None, "grade": "13", "sex": "f"}, ["grade", "school", "sex"]),
        ({"given_name": " ", "family_name": "x" * 101}, ["family_name", "given_name"]),
        ({"given_name": "a\x00b"}, ["given_name"]),
        ({"student_number": "1001"}, ["student_number"]),
        ({"status": "entered_in_error"}, ["reason"]),
        ({"favorite_color": "red", "grade": "XX"}, ["favorite_color", "grade"]),
    ],
)
def test_what_is_wrong_is_named_by_field_and_nothing_is_saved(
    nora: User, ana: Student, wrong: dict[str, Any], fields: list[str]
) -> None:
    answer = api_client(nora).post(STUDENTS, {**NEW, **wrong}, format="json")
    assert attrs(answer) == fields
    assert "Nothing was saved" in answer.json()["detail"]
    assert Student.objects.count() == 1


def test_nobody_enrols_without_the_permission(colin: User) -> None:
    answer = api_client(colin).post(STUDENTS, {}, format="json")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_nobody_enrols_at_a_school_that_is_not_theirs(stella: User, oak_street: School) -> None:
    assert api_client(stella).post(STUDENTS, NEW, format="json").status_code == 403
    assert not Student.objects.exists()


def test_it_changes_what_is_sent_and_counts_the_version(sam: User, ana: Student) -> None:
    answer = api_client(sam).patch(address(ana), {"preferred_name": "Annie", "grade": "04"}, format="json")
    assert answer.status_code == 200
    assert (answer.json()["preferred_name"], answer.json()["grade"], answer["ETag"]) == ("Annie", "04", '"2"')
    before = ana.health_version, ana.updated_at
    ana.refresh_from_db()
    assert (ana.preferred_name, ana.given_name, ana.version) == ("Annie", "Ana", 2)
    assert ana.health_version > before[0]
    assert ana.updated_at > before[1]
    assert actions(ana) == [Action.STUDENT_VIEWED, Action.STUDENT_CHANGED]


def test_the_same_values_change_nothing(nora: User, ana: Student) -> None:
    answer = api_client(nora).patch(address(ana), {"grade": "03", "school": "oak-street"}, format="json")
    assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    assert Action.STUDENT_CHANGED not in actions(ana)


def test_a_stale_version_is_412_and_changes_nothing(nora: User, ana: Student) -> None:
    client = api_client(nora)
    held = client.get(address(ana))["ETag"]
    assert client.patch(address(ana), {"grade": "04"}, format="json", headers={"If-Match": held}).status_code == 200
    late = client.patch(address(ana), {"grade": "05"}, format="json", headers={"If-Match": held})
    assert late.status_code == 412
    assert late["Content-Type"] == "application/problem+json"
    assert "read it again" in late.json()["detail"]
    ana.refresh_from_db()
    assert (ana.grade, ana.version) == ("04", 2)


@pytest.mark.parametrize(("sent", "status"), [("*", 200), ('"9", "1"', 200), ('W/"1"', 412), ("1", 400), ("", 400)])
def test_if_match_is_compared_strongly_and_must_be_one(nora: User, ana: Student, sent: str, status: int) -> None:
    answer = api_client(nora).patch(address(ana), {"grade": "04"}, format="json", headers={"If-Match": sent})
    assert answer.status_code == status


def test_a_counselor_changes_no_student(colin: User, ana: Student) -> None:
    assert api_client(colin).patch(address(ana), {"grade": "04"}, format="json").status_code == 403
    assert AuditEvent.objects.get(student_id=ana.pk).outcome == "forbidden"


def test_a_student_moves_only_to_a_school_of_the_caller(
    nora: User, dana: User, ana: Student, harbor_middle: School
) -> None:
    move = {"school": "harbor-middle"}
    assert api_client(nora).patch(address(ana), move, format="json").status_code == 403
    assert api_client(dana).patch(address(ana), move, format="json").json()["school"]["name"] == "Harbor Middle"
    assert api_client(nora).get(address(ana)).status_code == 404


def test_a_number_taken_in_the_school_is_refused_by_field(nora: User, ana: Student, oak_street: School) -> None:
    other = make_student(oak_street, "Bea", "Brown")
    answer = api_client(nora).patch(address(other), {"student_number": "1001"}, format="json")
    assert attrs(answer) == ["student_number"]


def test_a_student_entered_in_error_leaves_the_list_and_keeps_the_reason(nora: User, ana: Student) -> None:
    change = {"status": "entered_in_error", "reason": "Enrolled twice"}
    answer = api_client(nora).patch(address(ana), change, format="json")
    assert (answer.json()["status"], answer.json()["reason"]) == ("entered_in_error", "Enrolled twice")
    assert api_client(nora).get(STUDENTS).json()["results"] == []


def test_age_counts_completed_years(nora: User, oak_street: School) -> None:
    today = timezone.localdate()
    born = today.replace(year=today.year - 9, day=1) if today.day > 1 else today.replace(year=today.year - 9)
    child = make_student(oak_street, birth_date=born)
    assert api_client(nora).get(address(child)).json()["age"] == 9
