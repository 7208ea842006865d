"""The follow-up list: whose it is, what it shows and records, and closing an entry by page and by API."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from access.models import AuditEvent, User
from access.tests.people import api_client, make_student
from records.models import FollowUp
from records.tests.growing import measure
from students.models import School, Student

PAGE, API = "/records/follow-up/", "/api/v1/follow-ups/"


def entry_about(student: Student, *, due_in: int = 14, kind: str = "no_growth") -> FollowUp:
    record = measure(student, 10, 120, 23)
    today = timezone.localdate()
    entry: FollowUp = FollowUp.objects.create(
        student=student, record=record, kind=kind, reason="0.4 cm grown since Mar 2, 2026.", since=record.date,
        due=today + datetime.timedelta(days=due_in),
    )  # fmt: skip
    return entry


@pytest.fixture
def about_ana(ana: Student) -> FollowUp:
    return entry_about(ana)


@pytest.fixture
def about_hal(harbor_middle: School) -> FollowUp:
    return entry_about(make_student(harbor_middle, "Hal", "Hart"))


def page(user: User) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(PAGE)


def listed(user: User) -> list[str]:
    return [row["student"]["given_name"] for row in api_client(user).get(API).json()["results"]]


def test_a_nurse_sees_what_waits_at_her_school_and_each_student_is_on_record(
    nora: User, about_ana: FollowUp, about_hal: FollowUp
) -> None:
    answer = page(nora)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Ana Alvarez" in text
    assert "0.4 cm grown since" in text
    assert "Hart" not in text
    seen = AuditEvent.objects.filter(action="follow_ups_viewed").values_list("actor_id", "student_id", "door")
    assert list(seen) == [(nora.pk, about_ana.student_id, "page")]


def test_the_api_lists_the_same_and_records_it(
    nora: User, stella: User, dana: User, about_ana: FollowUp, about_hal: FollowUp
) -> None:
    assert (listed(nora), listed(stella), sorted(listed(dana))) == (["Ana"], ["Hal"], ["Ana", "Hal"])
    assert AuditEvent.objects.filter(action="follow_ups_viewed", door="api").count() == 4


def test_it_is_a_nurses_work(colin: User, sam: User, ivy: User, about_ana: FollowUp) -> None:
    for user in (colin, sam):
        assert page(user).status_code == 403
    for user in (colin, sam, ivy):
        assert listed(user) == []
        body = {"status": "done"}
        assert api_client(user).patch(f"{API}{about_ana.pk}/", body, format="json").status_code == 403
    assert "Ana" not in page(ivy).content.decode()


def test_the_most_urgent_first_and_only_what_waits(nora: User, ana: Student, oak_street: School) -> None:
    entry_about(ana, due_in=9)
    entry_about(make_student(oak_street, "Ben", "Bach"), due_in=2)
    closed = entry_about(make_student(oak_street, "Cleo", "Cole"))
    FollowUp.objects.filter(pk=closed.pk).update(status="done")
    entry_about(make_student(oak_street, "Gone", "Gray", status="withdrawn"))
    assert listed(nora) == ["Ben", "Ana"]


@pytest.mark.parametrize("status", ["done", "dismissed"])
def test_closing_on_the_page_takes_it_off_and_keeps_who_and_why(nora: User, about_ana: FollowUp, status: str) -> None:
    client = Client()
    client.force_login(nora)
    answer = client.post(f"{PAGE}{about_ana.pk}/", {"status": status, "reason": "Seen by Dr. Lee"}, follow=True)
    assert f"Taken off the list as {status}." in answer.content.decode()
    about_ana.refresh_from_db()
    assert (about_ana.status, about_ana.closed_by, about_ana.closing_reason) == (status, nora, "Seen by Dr. Lee")
    assert about_ana.closed_at is not None
    assert AuditEvent.objects.filter(action="follow_up_closed", student_id=about_ana.student_id).count() == 1
    assert listed(nora) == []


def test_dismissing_needs_a_reason(nora: User, about_ana: FollowUp) -> None:
    client = Client()
    client.force_login(nora)
    answer = client.post(f"{PAGE}{about_ana.pk}/", {"status": "dismissed", "reason": "  "}, follow=True)
    assert "Say why this needs no follow-up." in answer.content.decode()
    refused = api_client(nora).patch(f"{API}{about_ana.pk}/", {"status": "dismissed"}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "reason")
    assert listed(nora) == ["Ana"]


def test_closing_by_api(nora: User, about_ana: FollowUp) -> None:
    client = api_client(nora)
    done = client.patch(f"{API}{about_ana.pk}/", {"status": "done"}, format="json")
    assert (done.status_code, done.json()["status"]) == (200, "done")
    again = client.patch(f"{API}{about_ana.pk}/", {"status": "done"}, format="json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "already_closed")


def test_another_schools_entry_is_not_there_and_the_try_is_on_record(stella: User, about_ana: FollowUp) -> None:
    assert api_client(stella).patch(f"{API}{about_ana.pk}/", {"status": "done"}, format="json").status_code == 404
    client = Client()
    client.force_login(stella)
    assert client.post(f"{PAGE}{about_ana.pk}/", {"status": "done"}).status_code == 404
    assert AuditEvent.objects.filter(actor_id=stella.pk, outcome="not_visible").count() == 2
    about_ana.refresh_from_db()
    assert about_ana.status == "open"


def test_an_empty_list_says_where_entries_come_from(nora: User) -> None:
    assert "Nothing waits for follow-up." in page(nora).content.decode()
