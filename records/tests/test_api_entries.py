"""Every kind of clinical row by API: what is listed, in which order, for whom, and taking a row back."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from access.events import Action
from access.models import AuditEvent, User
from access.tests.people import api_client, make_student
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.models.clinical_entry import ClinicalEntry
from students.models import School, Student

DAY = datetime.date(2026, 3, 2)
MAKERS: dict[str, Callable[..., ClinicalEntry]] = {
    "records": lambda ana, **more: HealthRecord.objects.create(student=ana, type="ILLNESS", date=DAY, **more),
    "vitals": lambda ana, **more: HealthRecord.objects.create(
        student=ana, type="VITAL_SIGNS_CHECK", date=DAY, vital={"heart_rate": 80}, **more
    ),
    "vaccinations": lambda ana, **more: Vaccination.objects.create(student=ana, name="MMR", date=DAY, **more),
    "conditions": lambda ana, **more: Condition.objects.create(student=ana, name="Asthma", **more),
    "allergies": lambda ana, **more: Allergy.objects.create(student=ana, allergen="Peanut", **more),
}
VIEWED = {
    "records": Action.RECORDS_VIEWED,
    "vitals": Action.VITALS_VIEWED,
    "vaccinations": Action.VACCINATIONS_VIEWED,
    "conditions": Action.CONDITIONS_VIEWED,
    "allergies": Action.ALLERGIES_VIEWED,
}
TAKEN_BACK = {"status": "entered_in_error", "reason": "Wrong child"}


def address(student: Student, kind: str, entry: ClinicalEntry | None = None) -> str:
    return f"/api/v1/students/{student.pk}/{kind}/" + (f"{entry.pk}/" if entry else "")


@pytest.fixture(params=sorted(MAKERS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of row."""
    return str(request.param)


@pytest.fixture
def entry(kind: str, ana: Student) -> ClinicalEntry:
    """A row of Ana's of this kind."""
    return MAKERS[kind](ana)


def test_the_list_holds_what_was_entered_in_error_too(nora: User, ana: Student, kind: str) -> None:
    MAKERS[kind](ana)
    MAKERS[kind](ana, status="entered_in_error", status_reason="Wrong child")
    rows = api_client(nora).get(address(ana, kind)).json()["results"]
    assert len(rows) == 2
    assert {(row["status"] == "entered_in_error", row["reason"]) for row in rows} == {
        (False, ""),
        (True, "Wrong child"),
    }


def test_one_row_reads_as_it_does_in_the_list_and_has_its_version_as_etag(
    nora: User, ana: Student, kind: str, entry: ClinicalEntry
) -> None:
    client = api_client(nora)
    answer = client.get(address(ana, kind, entry))
    assert answer.status_code == 200
    assert answer["ETag"] == '"1"'
    assert client.get(address(ana, kind)).json()["results"] == [answer.json()]
    held = client.get(address(ana, kind, entry), headers={"If-None-Match": '"1"'})
    assert (held.status_code, held.content) == (304, b"")


def test_each_look_is_on_record_under_its_own_name(nora: User, ana: Student, kind: str, entry: ClinicalEntry) -> None:
    api_client(nora).get(address(ana, kind))
    api_client(nora).get(address(ana, kind, entry))
    rows = AuditEvent.objects.filter(student_id=ana.pk).values_list("actor_id", "action", "door", "outcome")
    assert list(rows) == [(nora.pk, VIEWED[kind], "api", "granted")] * 2


def test_another_schools_nurse_sees_no_row(stella: User, ana: Student, kind: str, entry: ClinicalEntry) -> None:
    client = api_client(stella)
    assert client.get(address(ana, kind)).status_code == 404
    assert client.get(address(ana, kind, entry)).status_code == 404
    assert client.patch(address(ana, kind, entry), TAKEN_BACK, format="json").status_code == 404


def test_a_row_is_not_found_under_another_child(
    nora: User, oak_street: School, kind: str, entry: ClinicalEntry
) -> None:
    bea = make_student(oak_street, "Bea", "Brown")
    assert api_client(nora).get(address(bea, kind, entry)).status_code == 404
    assert api_client(nora).patch(address(bea, kind, entry), TAKEN_BACK, format="json").status_code == 404


def test_a_school_administrator_sees_no_health_data(sam: User, ana: Student, kind: str, entry: ClinicalEntry) -> None:
    assert api_client(sam).get(address(ana, kind)).status_code == 403
    assert api_client(sam).get(address(ana, kind, entry)).status_code == 403


@pytest.mark.parametrize("kind", sorted(MAKERS.keys() - {"allergies"}))
def test_confidential_rows_are_shown_and_written_only_by_those_who_may(
    nora: User, colin: User, ivy: User, ana: Student, kind: str
) -> None:
    entry = MAKERS[kind](ana, confidential=True)
    for user, rows, status in ((nora, 1, 200), (colin, 1, 200), (ivy, 0, 404)):
        assert len(api_client(user).get(address(ana, kind)).json()["results"]) == rows
        assert api_client(user).get(address(ana, kind, entry)).status_code == status
    assert api_client(ivy).patch(address(ana, kind, entry), TAKEN_BACK, format="json").status_code == 404


def test_a_row_is_taken_back_with_a_reason_and_stays(nora: User, ana: Student, kind: str, entry: ClinicalEntry) -> None:
    before = Student.objects.get(pk=ana.pk).health_version
    answer = api_client(nora).patch(address(ana, kind, entry), TAKEN_BACK, format="json")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["reason"]) == ("entered_in_error", "Wrong child")
    assert (answer.json()["version"], answer["ETag"]) == (2, '"2"')
    assert Student.objects.get(pk=ana.pk).health_version > before
    assert AuditEvent.objects.filter(student_id=ana.pk, action=Action.ENTERED_IN_ERROR).count() == 1


@pytest.mark.parametrize(
    ("body", "attrs"),
    [
        ({"status": "entered_in_error"}, ["reason"]),
        ({"status": "entered_in_error", "reason": "  "}, ["reason"]),
        ({"status": "resolved", "reason": "Better"}, ["status"]),
        ({"status": "entered_in_error", "reason": "x" * 201}, ["reason"]),
        ({**TAKEN_BACK, "date": "2026-01-01"}, ["date"]),
        ({}, ["reason", "status"]),
    ],
)
def test_taking_back_needs_status_and_reason_and_nothing_else(
    nora: User, ana: Student, kind: str, entry: ClinicalEntry, body: dict[str, Any], attrs: list[str]
) -> None:
    answer = api_client(nora).patch(address(ana, kind, entry), body, format="json")
    assert answer.status_code == 400
    assert sorted(error["attr"] for error in answer.json()["errors"]) == attrs
    entry.refresh_from_db()
    assert entry.version == 1


def test_a_stale_version_is_412(nora: User, ana: Student, kind: str, entry: ClinicalEntry) -> None:
    client, url = api_client(nora), address(ana, kind, entry)
    assert client.patch(url, TAKEN_BACK, format="json", headers={"If-Match": '"1"'}).status_code == 200
    late = client.patch(url, {**TAKEN_BACK, "reason": "Twice"}, format="json", headers={"If-Match": '"1"'})
    assert late.status_code == 412
    entry.refresh_from_db()
    assert (entry.status_reason, entry.version) == ("Wrong child", 2)


def test_a_counselor_takes_nothing_back(colin: User, ana: Student, kind: str, entry: ClinicalEntry) -> None:
    assert api_client(colin).patch(address(ana, kind, entry), TAKEN_BACK, format="json").status_code == 403
    entry.refresh_from_db()
    assert entry.version == 1


@pytest.mark.parametrize("count", [5, 150])
def test_a_list_takes_two_statements_at_any_length(
    nora: User, ana: Student, kind: str, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        MAKERS[kind](ana)
    client = api_client(nora)
    with django_assert_num_queries(2):  # gate, rows
        answer = client.get(address(ana, kind), {"page_size": 200})
    assert len(answer.json()["results"]) == count


def test_allergies_come_worst_first_and_say_severity_in_words(nora: User, ana: Student) -> None:
    for allergen, severity in (("Dust", 0), ("Peanut", 4), ("Bee", 3), ("Milk", 1), ("Egg", 2)):
        Allergy.objects.create(student=ana, allergen=allergen, severity=severity, category="food")
    rows = api_client(nora).get(address(ana, "allergies")).json()["results"]
    assert [(row["allergen"], row["severity"]) for row in rows] == [
        ("Peanut", "life_threatening"), ("Bee", "severe"), ("Egg", "moderate"), ("Milk", "mild"), ("Dust", "unknown"),
    ]  # fmt: skip
    assert {row["category"] for row in rows} == {"food"}


@pytest.mark.parametrize(
    ("kind", "dated"), [("records", "date"), ("vaccinations", "date"), ("conditions", "onset_date")]
)
def test_other_kinds_come_newest_first_and_those_without_a_day_last(
    nora: User, ana: Student, kind: str, dated: str
) -> None:
    days = [DAY, DAY + datetime.timedelta(days=9), DAY - datetime.timedelta(days=9)]
    for day in days:
        entry = MAKERS[kind](ana)
        setattr(entry, dated, day)
        entry.save()
    if kind != "records":
        undated = MAKERS[kind](ana)
        type(undated)._default_manager.filter(pk=undated.pk).update(
            **{dated: None, **({"date_text": "as a baby"} if kind == "vaccinations" else {})}
        )
    found = [row[dated] for row in api_client(nora).get(address(ana, kind)).json()["results"]]
    assert found[:3] == [str(day) for day in sorted(days, reverse=True)]
    assert found[3:] == [None] * (kind != "records")


def test_records_read_with_all_they_hold(nora: User, ana: Student) -> None:
    HealthRecord.objects.create(
        student=ana, type="LAB_RESULT", date=DAY, description="Lead", code_system="http://loinc.org", code="10368-9",
        result="3.5 ug/dL", provider="Dr. Reyes", notes="Recheck in May", flags=["unknown_code"],
    )  # fmt: skip
    (row,) = api_client(nora).get(address(ana, "records")).json()["results"]
    assert row.keys() == {
        "id", "type", "date", "occurred_at", "description", "notes", "provider", "code_system", "code", "result",
        "vital", "confidential", "status", "reason", "flags", "source", "version", "created_at", "updated_at",
    }  # fmt: skip
    assert (row["type"], row["status"], row["flags"], row["vital"]) == ("LAB_RESULT", "final", ["unknown_code"], None)
