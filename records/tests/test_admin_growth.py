"""Stored growth, runs and follow-ups in the admin: to read, within one's role, with every look on record."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from access.events import Action, Door, Outcome
from access.models import AuditEvent, User
from access.tests.people import make_student
from records.models import FollowUp, GrowthAssessment, GrowthProgress, GrowthRun, HealthRecord
from records.tests.growing import assessment_of, measure
from students.models import School, Student

Row = FollowUp | GrowthAssessment | GrowthProgress | GrowthRun


def follow_up(record: HealthRecord) -> FollowUp:
    day = datetime.date(2026, 3, 2)
    entry: FollowUp = FollowUp.objects.create(
        student=record.student, record=record, kind=FollowUp.Kind.NO_GROWTH, reason="Nothing grown.", since=day, due=day
    )
    return entry


def rows_about(student: Student) -> list[FollowUp | GrowthAssessment | GrowthProgress]:
    record = measure(student, 3, 120, 30)
    progress = GrowthProgress.objects.create(student=student, health_version=1, rules=1)
    return [follow_up(record), assessment_of(record), progress]


def list_of(model: type[Row] | Row) -> str:
    return f"/admin/records/{model._meta.model_name}/"


def page_of(row: Row) -> str:
    return f"{list_of(row)}{row.pk}/change/"


def looks_at(student: Student, outcome: Outcome = Outcome.GRANTED) -> int:
    rows = AuditEvent.objects.filter(student_id=student.pk, action=Action.ADMIN_VIEWED, door=Door.ADMIN)
    return rows.filter(outcome=outcome).count()


def into_the_admin(user: User, client: Client) -> Client:
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client.force_login(user)
    return client


def test_rows_are_read_and_not_added_changed_or_deleted(admin: User, client: Client, ana: Student) -> None:
    client.force_login(admin)
    for row in [*rows_about(ana), GrowthRun.objects.create(whole=True, rules=1)]:
        page = client.get(page_of(row))
        assert page.status_code == 200
        assert 'name="_save"' not in page.text
        assert client.get(f"{list_of(row)}add/").status_code == 403
        assert client.post(page_of(row), {"reason": "x"}).status_code == 403
        assert client.post(page_of(row).replace("change", "delete"), {"post": "yes"}).status_code == 403
        row.refresh_from_db()  # it is still there


def test_each_look_at_a_list_and_at_a_row_is_on_record(nora: User, client: Client, ana: Student) -> None:
    into_the_admin(nora, client)
    for number, row in enumerate(rows_about(ana)):
        assert "Alvarez, Ana" in client.get(list_of(row)).text
        assert client.get(page_of(row)).status_code == 200
        assert looks_at(ana) == 2 * (number + 1)


def test_a_nurse_sees_nothing_of_another_school_and_the_refusal_is_on_record(
    nora: User, client: Client, harbor_middle: School
) -> None:
    liam = make_student(harbor_middle, "Liam", "Okafor")
    into_the_admin(nora, client)
    for number, row in enumerate(rows_about(liam)):
        assert "Okafor" not in client.get(list_of(row)).text
        assert client.get(page_of(row)).status_code == 404
        assert looks_at(liam, Outcome.NOT_VISIBLE) == number + 1
    assert looks_at(liam) == 0


def test_growth_of_a_confidential_record_is_for_roles_that_may_see_it(
    ivy: User, colin: User, client: Client, ana: Student
) -> None:
    shown, hidden = (assessment_of(measure(ana, 3, 120, 30, confidential=secret)) for secret in (False, True))
    into_the_admin(ivy, client)
    assert client.get(page_of(shown)).status_code == 200
    assert client.get(page_of(hidden)).status_code == 404
    assert client.get(list_of(shown)).text.count("Alvarez, Ana") == 1
    assert into_the_admin(colin, client).get(page_of(hidden)).status_code == 200


@pytest.mark.parametrize("name", ["colin", "ivy", "sam"])
def test_follow_ups_are_for_those_who_nurse(
    name: str, request: pytest.FixtureRequest, client: Client, ana: Student
) -> None:
    entry = follow_up(measure(ana, 3, 120))
    into_the_admin(request.getfixturevalue(name), client)
    assert "Nothing grown." not in client.get(list_of(entry)).text
    assert client.get(page_of(entry)).status_code in {403, 404}


def test_runs_are_for_superusers(nora: User, client: Client) -> None:
    run = GrowthRun.objects.create(whole=True, rules=1)
    into_the_admin(nora, client)
    assert client.get(list_of(run)).status_code == 403
    assert client.get(page_of(run)).status_code == 403


def test_a_search_by_student_leaves_no_name_in_the_address(
    admin: User, client: Client, ana: Student, oak_street: School
) -> None:
    client.force_login(admin)
    rows_about(make_student(oak_street, "Liam", "Okafor"))
    for row in rows_about(ana):
        found = client.post(list_of(row), {"q": "okafor"})
        assert "okafor" not in found["Location"]
        page = client.get(found["Location"]).text
        assert "Okafor, Liam" in page
        assert "Alvarez, Ana" not in page


def test_numbers_are_shown_with_what_they_are_or_why_there_are_none(admin: User, client: Client, ana: Student) -> None:
    client.force_login(admin)
    record = measure(ana, 3, 120, 30)
    row = assessment_of(
        record, height_reason=5, bmi=20.83, bmi_percentile=97.1, bmi_z=1.9, bmi_modified_z=2.04, bmi_implausible=1
    )
    page = client.get(page_of(row)).text
    assert "sex unknown" in page
    assert "20.8 kg/m², percentile 97.10, z 1.90, modified z 2.04, implausibly high" in page
    assert reverse("admin:records_healthrecord_change", args=[record.pk]) in page
