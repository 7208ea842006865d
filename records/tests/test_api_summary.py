"""The health summary by API: the contract's JSON and headers, and who gets it."""

import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from access.events import Action
from access.models import AuditEvent, User
from access.tests.people import api_client
from records.api.summary_schema import HealthSummarySerializer
from records.models import Allergy, Condition, HealthRecord, Vaccination
from students.models import Student

DAY = datetime.date(2026, 3, 2)


def address(student: Student) -> str:
    return f"/api/v1/students/{student.pk}/health-summary/"


@pytest.fixture
def charted(ana: Student) -> Student:
    """Ana with something of every kind."""
    Allergy.objects.create(student=ana, allergen="Peanut", severity=4, category="food", reaction="Anaphylaxis")
    Condition.objects.create(student=ana, name="Asthma", emergency_protocol="Albuterol, then 911")
    Vaccination.objects.create(student=ana, name="MMR", cvx="03", date=DAY)
    vital = {"height_cm": 128.5, "weight_kg": 27, "heart_rate": 88}
    HealthRecord.objects.create(student=ana, type="VITAL_SIGNS_CHECK", date=DAY, vital=vital)
    return ana


def test_it_answers_the_contract(nora: User, charted: Student) -> None:
    answer = api_client(nora).get(address(charted))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    told = answer.json()
    assert list(told) == [
        "student", "alerts", "allergies", "conditions", "vaccinations", "vitals", "growth", "record_counts", "as_of",
    ]  # fmt: skip
    assert told["student"]["family_name"] == "Alvarez"
    assert told["student"]["school"]["code"] == "oak-street"
    assert told["alerts"][0]["severity"] == "life_threatening"
    assert told["vitals"][0]["heart_rate"] == 88
    assert told["record_counts"] == {"VITAL_SIGNS_CHECK": 1}


def test_its_description_names_exactly_what_it_answers(nora: User, charted: Student) -> None:
    told, described = api_client(nora).get(address(charted)).json(), HealthSummarySerializer().fields
    assert list(told) == list(described)
    for name in ("student", "growth"):
        one: Any = described[name]
        assert told[name].keys() == one.fields.keys()
    for name in ("alerts", "allergies", "conditions", "vaccinations", "vitals"):
        many: Any = described[name]
        assert told[name][0].keys() == many.child.fields.keys()


def test_its_headers_say_where_it_came_from_and_what_it_took(nora: User, charted: Student) -> None:
    client = api_client(nora)
    first, second = client.get(address(charted)), client.get(address(charted))
    assert (first["X-Cache"], second["X-Cache"]) == ("miss", "hit")
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]
    assert first["Cache-Control"] == "no-store"
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert "gate;dur=" in first["Server-Timing"]
    assert "build;dur=" in first["Server-Timing"]
    assert "cache;dur=" in second["Server-Timing"]


def test_who_holds_it_gets_304_and_leaves_a_row_all_the_same(nora: User, charted: Student) -> None:
    client = api_client(nora)
    etag = client.get(address(charted))["ETag"]
    again = client.get(address(charted), headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(student_id=charted.pk, action=Action.HEALTH_SUMMARY_VIEWED).count() == 2
    Allergy.objects.create(student=charted, allergen="Latex")
    assert client.get(address(charted), headers={"If-None-Match": etag}).status_code == 200


def test_warm_it_takes_the_gates_one_statement(
    nora: User, charted: Student, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api_client(nora)
    with django_assert_num_queries(2):  # gate, summary
        client.get(address(charted))
    with django_assert_num_queries(1):  # gate
        client.get(address(charted))


def test_confidential_rows_are_for_those_who_may_see_them(nora: User, ivy: User, ana: Student) -> None:
    Condition.objects.create(student=ana, name="Depression", confidential=True)
    seen = {user: api_client(user).get(address(ana)).json()["conditions"] for user in (nora, ivy)}
    assert [condition["name"] for condition in seen[nora]] == ["Depression"]
    assert seen[ivy] == []


def test_other_schools_get_404_and_those_without_permission_403(
    stella: User, sam: User, colin: User, dana: User, ana: Student
) -> None:
    statuses = {user.username: api_client(user).get(address(ana)).status_code for user in (stella, sam, colin, dana)}
    assert statuses == {"stella": 404, "sam": 403, "colin": 200, "dana": 200}
    outcomes = AuditEvent.objects.filter(student_id=ana.pk).values_list("actor_id", "outcome")
    assert dict(outcomes) == {stella.pk: "not_visible", sam.pk: "forbidden", colin.pk: "granted", dana.pk: "granted"}
