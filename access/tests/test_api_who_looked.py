"""Who looked: the audit trail of one student by API."""

import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from access import audit
from access.events import Action, Actor, Door
from access.models import User
from access.tests.people import api_client, make_staff
from students.models import Student


def address(student: Student) -> str:
    return f"/api/v1/students/{student.pk}/access/"


def test_it_shows_who_looked_newest_first_this_look_included(nora: User, colin: User, ana: Student) -> None:
    api_client(colin).get(f"/api/v1/students/{ana.pk}/health-summary/")
    answer = api_client(nora).get(address(ana))
    assert answer.status_code == 200
    assert answer.json().keys() == {"results", "next", "previous"}
    mine, his = answer.json()["results"]
    assert mine.keys() == {"at", "user", "action", "door", "outcome"}
    assert (mine["user"], mine["action"], mine["door"], mine["outcome"]) == (
        "nora", "access_log_viewed", "api", "granted",
    )  # fmt: skip
    assert (his["user"], his["action"]) == ("colin", "health_summary_viewed")
    assert datetime.datetime.fromisoformat(mine["at"]) > datetime.datetime.fromisoformat(his["at"])


def test_a_refused_look_is_a_row_too(nora: User, stella: User, ana: Student) -> None:
    assert api_client(stella).get(f"/api/v1/students/{ana.pk}/vitals/").status_code == 404
    refused = api_client(nora).get(address(ana)).json()["results"][1]
    assert (refused["user"], refused["action"], refused["outcome"]) == ("stella", "vitals_viewed", "not_visible")


def test_it_names_the_system_and_logins_that_are_gone(nora: User, ana: Student) -> None:
    audit.note(Actor(None, Door.COMMAND), Action.RECORDS_IMPORTED, [ana.pk])
    temp = make_staff("temp", None)
    audit.note(Actor(temp.pk, Door.PAGE), Action.STUDENT_VIEWED, [ana.pk])
    number = temp.pk
    temp.delete()
    users = [row["user"] for row in api_client(nora).get(address(ana)).json()["results"]]
    assert users == ["nora", f"user {number}", "system"]


def test_a_school_administrator_may_look_a_counselor_may_not(sam: User, colin: User, ana: Student) -> None:
    assert api_client(sam).get(address(ana)).status_code == 200
    assert api_client(colin).get(address(ana)).status_code == 403


def test_another_schools_nurse_gets_404(stella: User, ana: Student) -> None:
    assert api_client(stella).get(address(ana)).status_code == 404


@pytest.mark.parametrize("rows", [5, 150])
def test_it_takes_three_statements_at_any_length(
    nora: User, colin: User, ana: Student, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        audit.note(Actor(colin.pk, Door.PAGE), Action.STUDENT_VIEWED, [ana.pk])
    client = api_client(nora)
    with django_assert_num_queries(3):  # gate, rows, names
        answer = client.get(address(ana), {"page_size": 200})
    assert len(answer.json()["results"]) == rows + 1
