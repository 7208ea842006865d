"""Finding a student: by the beginning of a name or three letters of it, accents ignored, in one's own schools."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.events import Action
from access.models import AuditEvent, User
from access.tests.people import make_student
from access.tests.trail import outcomes
from students.models import School, Student, StudentIdentifier

SEARCH, LIST = "/students/search/", "/students/"


@pytest.fixture
def class_list(oak_street: School) -> dict[str, Student]:
    """Children of Oak Street with names from many places, two of them look-alikes."""
    people = [
        ("José", "", "Núñez", "Pepe", "2001"),
        ("Jose", "", "Nunes", "", "2002"),
        ("Zoë", "Marie", "O'Brien", "", "2003"),
        ("Nguyễn", "", "Văn An", "Andy", "2004"),
        ("Łukasz", "", "Żółć", "", "2005"),
        ("Mary-Jane", "", "van der Berg", "MJ", "2006"),
        ("李", "", "明", "", "2007"),
        ("Al", "", "Xi", "", "2008"),
        ("100%", "", "Under_Score", "", "2009"),
    ]
    return {
        number: make_student(
            oak_street, given, family, middle_name=middle, preferred_name=preferred, student_number=number
        )
        for given, middle, family, preferred, number in people
    }


def found(text: str) -> set[str]:
    return set(Student.objects.named(text).values_list("student_number", flat=True))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("nun", {"2001", "2002"}),
        ("NUÑ", {"2001", "2002"}),
        ("núñez", {"2001"}),
        ("nunez", {"2001"}),
        ("uñe", {"2001", "2002"}),
        ("jose nunes", {"2002"}),
        ("nunes jose", {"2002"}),
        ("jo nu", {"2001", "2002"}),
        ("pepe", {"2001"}),
        ("marie", {"2003"}),
        ("zoe", {"2003"}),
        ("zo", {"2003", "2005"}),
        ("o'b", {"2003"}),
        ("obrien", set()),
        ("nguyen", {"2004"}),
        ("van", {"2004", "2006"}),
        ("lukasz zolc", {"2005"}),
        ("mary-jane", {"2006"}),
        ("mj", set()),
        ("2006", {"2006"}),
        ("李", {"2007"}),
        ("明", {"2007"}),
        ("al", {"2008"}),
        ("a", {"2008"}),
        ("xi al", {"2008"}),
        ("00%", {"2009"}),
        ("%", set()),
        ("___", set()),
        ("_s", set()),
        ("r_s", {"2009"}),
        ("\\", set()),
        ("nobody", set()),
        ("jose nobody", set()),
        ("' OR 1=1 --", set()),
    ],
)
def test_it_finds_by_name_without_accents_and_by_number(
    class_list: dict[str, Student], text: str, numbers: set[str]
) -> None:
    assert found(text) == numbers


def test_a_class_list_is_ordered_as_if_there_were_no_accents(oak_street: School) -> None:
    for family in ("Zola", "Álvarez", "Alvarado", "Öberg", "Olsen", "alves"):
        make_student(oak_street, "Kim", family)
    names = list(Student.objects.by_name().values_list("family_name", flat=True))
    assert names == ["Alvarado", "Álvarez", "alves", "Öberg", "Olsen", "Zola"]


def test_an_identifier_of_any_system_finds_one_student(ana: Student, class_list: dict[str, Student]) -> None:
    for system in ("urn:fhir", "urn:sis"):
        StudentIdentifier.objects.create(student=ana, system=system, value="P-1")
    assert list(Student.objects.identified_by("P-1")) == [ana]
    assert list(Student.objects.identified_by("2003")) == [class_list["2003"]]
    assert not Student.objects.identified_by("P-").exists()


@pytest.fixture
def nurse(nora: User, client: Client) -> Client:
    """The browser of Nora, who is logged in."""
    client.force_login(nora)
    return client


def test_three_letters_are_enough_in_the_header(nurse: Client, ana: Student) -> None:
    answer = nurse.post(SEARCH, {"search": "alv"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Ana Alvarez" in page
    assert f'data-href="/students/{ana.pk}/"' in page
    assert outcomes(ana.pk) == [(Action.STUDENT_FOUND, "granted")]


def test_the_search_shows_ten_and_records_exactly_those(nurse: Client, oak_street: School) -> None:
    for number in range(12):
        make_student(oak_street, f"Kim {number:02}", "Alvarez")
    answer = nurse.post(SEARCH, {"search": "alvarez"})
    shown = [student.pk for student in answer.context["students"]]
    assert len(shown) == 10
    noted = AuditEvent.objects.filter(request_id=answer["X-Request-ID"]).values_list("student_id", flat=True)
    assert sorted(map(str, noted)) == sorted(map(str, shown))


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\x00\x00 "])
def test_nothing_typed_finds_and_records_nothing(nurse: Client, ana: Student, text: str) -> None:
    answer = nurse.post(SEARCH, {"search": text})
    assert answer.status_code == 200
    assert "Alvarez" not in answer.content.decode()
    assert outcomes(ana.pk) == []


@pytest.mark.parametrize("text", ["Alv\x00arez", "x" * 5_000, "%" * 100, "a b c d e f g h i j k", "🙂", "<b>"])
def test_strange_text_is_no_error(nurse: Client, ana: Student, text: str) -> None:
    assert nurse.post(SEARCH, {"search": text}).status_code == 200
    assert nurse.post(LIST, {"search": text}).status_code == 200


def test_another_schools_students_are_never_found(stella: User, ana: Student, client: Client) -> None:
    client.force_login(stella)
    for address in (SEARCH, LIST):
        page = client.post(address, {"search": "alvarez"}).content.decode()
        assert "Ana" not in page
    assert outcomes(ana.pk) == []


def test_the_withdrawn_are_not_among_the_students_of_today(nurse: Client, ana: Student) -> None:
    Student.objects.filter(pk=ana.pk).update(status=Student.Status.WITHDRAWN)
    assert "Alvarez" not in nurse.post(SEARCH, {"search": "alvarez"}).content.decode()
    assert "Ana Alvarez" not in nurse.get(LIST).content.decode()


def test_a_name_is_never_searched_for_in_an_address(nurse: Client, ana: Student, oak_street: School) -> None:
    make_student(oak_street, "Ben", "Bach")
    assert nurse.get(SEARCH, {"search": "alv"}).status_code == 405
    page = nurse.get(LIST, {"search": "alv"}).content.decode()
    assert "Bach" in page


def test_the_search_costs_two_statements_beside_the_login(
    nurse: Client, ana: Student, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # Session and login; the students, the audit row; the session kept alive, with its savepoint.
    with django_assert_num_queries(7):
        nurse.post(SEARCH, {"search": "alv"})
