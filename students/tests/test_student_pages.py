"""Today, the student list and who looked: what they show, to whom, and what they leave on record."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from access.events import Action, Actor, Door
from access.gate import open_student
from access.models import AuditEvent, User
from access.roles import Permission
from access.tests.people import make_staff, make_student
from access.tests.trail import outcomes
from students.models import School, Student


@pytest.fixture
def nurse(nora: User, client: Client) -> Client:
    """The browser of Nora, who is logged in."""
    client.force_login(nora)
    return client


def open_summary(user: User, student: Student) -> None:
    by = Actor(user.pk, Door.PAGE)
    open_student(by, student.pk, Permission.HEALTH_VIEW, Action.HEALTH_SUMMARY_VIEWED)


def rows_of(answer: Any) -> list[str]:
    return sorted(
        str(key)
        for key in AuditEvent.objects.filter(request_id=answer["X-Request-ID"]).values_list("student_id", flat=True)
    )


@pytest.mark.parametrize(
    "address",
    ["/", "/students/", "/students/search/", "/students/{id}/", "/students/{id}/vitals/", "/students/{id}/access/"],
)
def test_nobody_sees_a_page_without_logging_in(ana: Student, client: Client, address: str) -> None:
    path = address.format(id=ana.pk)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
    assert outcomes(ana.pk) == []


def test_the_list_shows_the_students_of_ones_schools_and_records_each(
    nurse: Client, oak_street: School, harbor_middle: School
) -> None:
    ours = [make_student(oak_street, "Kim", family) for family in ("Bach", "Abel")]
    make_student(harbor_middle, "Hal", "Hart")
    answer = nurse.get("/students/")
    assert [student.family_name for student in answer.context["students"]] == ["Abel", "Bach"]
    assert "2 students" in answer.content.decode()
    assert "Hart" not in answer.content.decode()
    assert rows_of(answer) == sorted(str(student.pk) for student in ours)


def test_the_list_is_in_pages_of_fifty(nurse: Client, oak_street: School) -> None:
    for number in range(53):
        make_student(oak_street, "Kim", f"Family {number:02}")
    first = nurse.get("/students/")
    assert len(first.context["students"]) == len(rows_of(first)) == 50
    assert (first.context["previous_page"], first.context["next_page"]) == (None, 2)
    second = nurse.get("/students/?page=2")
    assert [student.family_name for student in second.context["students"]] == ["Family 50", "Family 51", "Family 52"]
    assert (second.context["previous_page"], second.context["next_page"]) == (1, None)
    assert "53 students" in second.content.decode()


def test_the_list_narrows_by_grade_and_by_school(
    dana: User, client: Client, oak_street: School, harbor_middle: School
) -> None:
    make_student(oak_street, "Kim", "Bach", grade="03")
    make_student(oak_street, "Kim", "Abel", grade="04")
    make_student(harbor_middle, "Hal", "Hart", grade="04")
    client.force_login(dana)

    def names(**chosen: str) -> list[str]:
        return [student.family_name for student in client.get("/students/", chosen).context["students"]]

    assert names() == ["Abel", "Bach", "Hart"]
    assert names(grade="04") == ["Abel", "Hart"]
    assert names(grade="04", school="oak-street") == ["Abel"]
    assert names(school="no-such-school") == []


@pytest.mark.parametrize(
    "chosen",
    [{"page": "9" * 5_000}, {"page": "-3"}, {"page": "x"}, {"school": "\x00"}, {"grade": "\x00"}, {"grade": "x" * 999}],
)
def test_senseless_choices_are_no_error(nurse: Client, ana: Student, chosen: dict[str, str]) -> None:
    assert nurse.get("/students/", chosen).status_code == 200
    assert nurse.post("/students/", chosen).status_code == 200


def test_by_htmx_only_the_rows_are_sent(nurse: Client, ana: Student) -> None:
    answer = nurse.post("/students/", {"search": "alv"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "Ana Alvarez" in page
    assert "<html" not in page
    assert rows_of(answer) == [str(ana.pk)]


def test_the_list_costs_the_same_for_one_student_and_for_fifty(
    nurse: Client, oak_street: School, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_student(oak_street)
    with django_assert_num_queries(9):
        nurse.get("/students/")
    for number in range(49):
        make_student(oak_street, f"Kim {number}")
    with django_assert_num_queries(9):
        nurse.get("/students/")


def test_today_shows_ones_schools_and_the_students_opened_last(
    nurse: Client, nora: User, ana: Student, oak_street: School
) -> None:
    ben = make_student(oak_street, "Ben", "Bach")
    for student in (ana, ben, ana):
        open_summary(nora, student)
    answer = nurse.get("/")
    assert answer.context["recent"] == [ana, ben]
    assert "Oak Street Elementary" in answer.content.decode()
    assert rows_of(answer) == sorted(map(str, (ana.pk, ben.pk)))


def test_today_forgets_students_who_are_no_longer_ones_own(
    nurse: Client, nora: User, ana: Student, harbor_middle: School
) -> None:
    open_summary(nora, ana)
    Student.objects.filter(pk=ana.pk).update(school=harbor_middle)
    answer = nurse.get("/")
    assert answer.context["recent"] == []
    assert "Alvarez" not in answer.content.decode()


def test_today_does_not_show_what_somebody_else_opened(nurse: Client, colin: User, ana: Student) -> None:
    open_summary(colin, ana)
    assert nurse.get("/").context["recent"] == []


def test_today_is_friendly_to_somebody_without_a_role(db: None, client: Client) -> None:
    client.force_login(make_staff("newcomer", None))
    for address in ("/", "/students/"):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("who", "summary", "vitals", "access"),
    [
        ("nora", 200, 200, 200),
        ("dana", 200, 200, 200),
        ("colin", 200, 200, 403),
        ("sam", 403, 403, 200),
        ("ivy", 200, 200, 403),
        ("stella", 404, 404, 404),
    ],
)
def test_each_role_gets_to_its_pages(
    request: pytest.FixtureRequest, client: Client, ana: Student, who: str, summary: int, vitals: int, access: int
) -> None:
    client.force_login(request.getfixturevalue(who))
    for address, status in (("", summary), ("vitals/", vitals), ("access/", access)):
        answer = client.get(f"/students/{ana.pk}/{address}")
        assert answer.status_code == status, address
        assert ("Alvarez" in answer.content.decode()) is (status == 200)


def test_a_student_that_does_not_exist_and_somebody_elses_look_the_same(
    stella: User, client: Client, ana: Student
) -> None:
    client.force_login(stella)
    pages = [client.get(f"/students/{key}/") for key in (ana.pk, "00000000-0000-7000-8000-000000000000")]
    assert [page.status_code for page in pages] == [404, 404]
    first, second = (page.content.decode().replace(str(ana.pk), "") for page in pages)
    assert len(first) == len(second)


def test_who_looked_shows_each_look_with_this_one_at_the_top(
    nurse: Client, nora: User, colin: User, stella: User, ana: Student
) -> None:
    open_summary(colin, ana)
    with pytest.raises(Exception, match="no such student"):
        open_summary(stella, ana)
    answer = nurse.get(reverse("students:who_looked", args=[ana.pk]))
    looks = [(row.username, row.action, row.outcome) for row in answer.context["rows"]]
    assert looks == [
        ("nora", Action.ACCESS_LOG_VIEWED, "granted"),
        ("stella", Action.HEALTH_SUMMARY_VIEWED, "not_visible"),
        ("colin", Action.HEALTH_SUMMARY_VIEWED, "granted"),
    ]
    page = answer.content.decode()
    assert "Looked at the health summary" in page
    assert "Refused: not their student" in page


def test_who_looked_is_in_pages_and_of_one_student(nurse: Client, nora: User, ana: Student, oak_street: School) -> None:
    open_summary(nora, make_student(oak_street, "Ben"))
    for _ in range(54):
        open_summary(nora, ana)
    address = reverse("students:who_looked", args=[ana.pk])
    assert len(nurse.get(address).context["rows"]) == 50
    assert len(nurse.get(f"{address}?page=2").context["rows"]) == 6


def test_pages_escape_what_people_are_called(nurse: Client, oak_street: School) -> None:
    bobby = make_student(oak_street, "<script>alert(1)</script>", "O'<b>", preferred_name="<i>")
    for address in (
        "/students/",
        f"/students/{bobby.pk}/",
        f"/students/{bobby.pk}/vitals/",
        f"/students/{bobby.pk}/access/",
    ):
        page = nurse.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<b>" not in page
    assert "&lt;script&gt;alert" in nurse.get(f"/students/{bobby.pk}/").content.decode()


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2018-03-14", "2026-03-13", 7),
        ("2018-03-14", "2026-03-14", 8),
        ("2020-02-29", "2027-02-28", 6),
        ("2020-02-29", "2027-03-01", 7),
        ("2026-03-14", "2026-03-01", 0),
    ],
)
def test_age_is_completed_years(born: str, day: str, age: int) -> None:
    from_iso = datetime.date.fromisoformat
    assert Student(birth_date=from_iso(born)).age_on(from_iso(day)) == age
