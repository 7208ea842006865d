"""Vital signs by API: both systems of units, what is refused, what is flagged, what is kept."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.events import Action
from access.models import AuditEvent, User
from access.tests.people import api_client
from records.models import HealthRecord
from students.models import Student

TODAY = timezone.localdate().isoformat()


def address(student: Student) -> str:
    return f"/api/v1/students/{student.pk}/vitals/"


def post(user: User, student: Student, **body: Any) -> Any:
    return api_client(user).post(address(student), {"date": TODAY, **body}, format="json")


def attrs(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return sorted(error["attr"] for error in answer.json()["errors"])


def test_us_units_become_metric_and_what_was_typed_is_kept(nora: User, ana: Student) -> None:
    answer = post(
        nora, ana, height={"value": 50.5, "unit": "in"}, weight={"value": 60, "unit": "lb"},
        temperature={"value": "98.6", "unit": "F"}, heart_rate=88, respiratory_rate=20, systolic=100, diastolic=62,
        oxygen_saturation=99, note="After recess",
    )  # fmt: skip
    assert answer.status_code == 201, answer.json()
    told = answer.json()
    assert told["height_cm"] == pytest.approx(128.27)
    assert told["weight_kg"] == pytest.approx(27.2155422)
    assert told["temperature_c"] == pytest.approx(37.0)
    assert told["bmi"] == pytest.approx(27.2155422 / 1.2827**2)
    assert told["typed"]["height"] == {"value": "50.5", "unit": "in"}
    assert told["typed"]["weight"] == {"value": "60", "unit": "lb"}
    assert told["typed"]["temperature"] == {"value": "98.6", "unit": "F"}
    assert (told["heart_rate"], told["note"], told["status"], told["version"]) == (88, "After recess", "final", 1)
    assert '"heart_rate":88,' in answer.text


def test_metric_values_stay_what_they_are(nora: User, ana: Student) -> None:
    told = post(
        nora, ana, height={"value": 128.5, "unit": "cm"}, weight={"value": 27.35, "unit": "kg"},
        temperature={"value": 36.9, "unit": "C"},
    ).json()  # fmt: skip
    assert (told["height_cm"], told["weight_kg"], told["temperature_c"]) == (128.5, 27.35, 36.9)


def test_the_answer_says_where_the_row_is_and_it_is_read_back_the_same(nora: User, ana: Student) -> None:
    answer = post(nora, ana, heart_rate=88)
    assert answer["ETag"] == '"1"'
    told = answer.json()
    assert told.pop("checks") == []
    assert api_client(nora).get(answer["Location"]).json() == told
    assert api_client(nora).get(address(ana)).json()["results"] == [told]


def test_what_was_probably_sent_wrong_is_saved_as_it_is_and_told(nora: User, ana: Student) -> None:
    answer = post(nora, ana, height={"value": 54, "unit": "cm"}, weight={"value": 60, "unit": "kg"})
    assert answer.status_code == 201
    assert answer.json()["checks"] == [
        "54 cm is very short for an 8-year-old; 54 in would be usual. Did you mean inches?",
        "60 kg is a very high weight for an 8-year-old; 60 lb would be usual. Did you mean pounds?",
    ]
    assert HealthRecord.objects.get().vital == {"height_cm": 54, "weight_kg": 60}
    assert (
        post(nora, ana, height={"value": 54, "unit": "in"}, weight={"value": 60, "unit": "lb"}).json()["checks"] != []
    )


def test_the_next_summary_shows_it(nora: User, ana: Student) -> None:
    client, summary = api_client(nora), f"/api/v1/students/{ana.pk}/health-summary/"
    client.get(summary)
    post(nora, ana, heart_rate=91)
    assert client.get(summary).json()["vitals"][0]["heart_rate"] == 91


def test_the_alarming_is_taken_and_flagged(nora: User, ana: Student) -> None:
    answer = post(nora, ana, temperature={"value": 106.5, "unit": "F"}, oxygen_saturation=71, heart_rate=0)
    assert answer.status_code == 201
    assert set(answer.json()["flags"]) == {"fever", "low_oxygen", "slow_heart_rate"}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["height"]),
        ({"heart_rate": None, "note": "nothing else"}, ["height"]),
        ({"heart_rate": 481}, ["heart_rate"]),
        ({"heart_rate": -1, "oxygen_saturation": 101}, ["heart_rate", "oxygen_saturation"]),
        ({"heart_rate": "fast"}, ["heart_rate"]),
        ({"heart_rate": True}, ["heart_rate"]),
        ({"heart_rate": [80]}, ["heart_rate"]),
        ({"heart_rate": {"value": 80}}, ["heart_rate"]),
        ({"heart_rate": "1e999999"}, ["heart_rate"]),
        ({"heart_rate": "1e-999999"}, ["heart_rate"]),
        ({"heart_rate": "NaN"}, ["heart_rate"]),
        ({"height": 50}, ["height"]),
        ({"height": {"value": 50}}, ["height"]),
        ({"height": {"value": 50, "unit": "ft"}}, ["height"]),
        ({"height": {"value": 50, "unit": None}}, ["height"]),
        ({"height": {"value": "tall", "unit": "in"}}, ["height"]),
        ({"height": {"value": 400, "unit": "in"}}, ["height"]),
        ({"height": {"value": 50, "unit": "in", "foot": 4}}, ["height"]),
        ({"weight": {"value": 50, "unit": "in"}}, ["weight"]),
        ({"temperature": {"value": 98.6, "unit": "C"}}, ["temperature"]),
        ({"heart_rate": 80, "pulse": 80}, ["pulse"]),
        ({"heart_rate": 80, "note": "x" * 2001}, ["note"]),
        ({"heart_rate": 80, "date": "2026-02-30"}, ["date"]),
        ({"heart_rate": 80, "date": "9999-01-01"}, ["date"]),
        ({"heart_rate": 80, "date": "2001-01-01"}, ["date"]),
        ({"heart_rate": 80, "date": None}, ["date"]),
    ],
)
def test_the_impossible_and_the_senseless_are_refused_by_field(
    nora: User, ana: Student, body: dict[str, Any], fields: list[str]
) -> None:
    assert attrs(post(nora, ana, **body)) == fields
    assert not HealthRecord.objects.exists()
    assert not AuditEvent.objects.filter(action=Action.VITAL_SIGNS_RECORDED).exists()


def test_what_is_impossible_is_told_in_the_unit_that_was_sent(nora: User, ana: Student) -> None:
    (error,) = post(nora, ana, height={"value": 400, "unit": "in"}).json()["errors"]
    assert error["code"] == "impossible"
    assert "400 in" in error["detail"]


def test_recording_leaves_its_rows(nora: User, ana: Student) -> None:
    post(nora, ana, heart_rate=88)
    rows = AuditEvent.objects.filter(student_id=ana.pk).order_by("id").values_list("action", "door", "actor_id")
    assert list(rows) == [(Action.VITALS_VIEWED, "api", nora.pk), (Action.VITAL_SIGNS_RECORDED, "api", nora.pk)]


@pytest.mark.parametrize(
    ("person", "status"), [("nora", 201), ("dana", 201), ("ivy", 201), ("colin", 403), ("sam", 403), ("stella", 404)]
)
def test_who_may_record(request: pytest.FixtureRequest, ana: Student, person: str, status: int) -> None:
    answer = post(request.getfixturevalue(person), ana, heart_rate=88)
    assert answer.status_code == status
    assert HealthRecord.objects.count() == (status == 201)


def test_permission_comes_before_what_was_sent(colin: User, ana: Student) -> None:
    answer = api_client(colin).post(address(ana), "{", content_type="application/json")
    assert answer.status_code == 403


def test_only_records_with_vital_signs_are_listed_and_head_circumference_with_them(nora: User, ana: Student) -> None:
    HealthRecord.objects.create(student=ana, type="ILLNESS", date=datetime.date(2026, 3, 2))
    HealthRecord.objects.create(
        student=ana, type="CHECKUP", date=datetime.date(2019, 3, 2), vital={"head_circumference_cm": 46.2}
    )
    (row,) = api_client(nora).get(address(ana)).json()["results"]
    assert (row["head_circumference_cm"], row["height_cm"], row["bmi"], row["typed"]) == (46.2, None, None, None)


def test_recording_takes_three_statements(nora: User, ana: Student) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert post(nora, ana, heart_rate=88).status_code == 201
    statements = [query["sql"] for query in asked.captured_queries]
    assert len(statements) == 3, statements  # gate, birth date, the row with the health_version and the audit row


def test_with_height_and_weight_it_takes_one_more(nora: User, ana: Student) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert (
            post(nora, ana, height={"value": 50, "unit": "in"}, weight={"value": 60, "unit": "lb"}).status_code == 201
        )
    assert len(asked.captured_queries) == 4, asked.captured_queries  # the child with the last height and weight


def test_what_does_not_fit_the_last_measurement_is_told(nora: User, ana: Student) -> None:
    post(nora, ana, height={"value": 50, "unit": "in"})
    (check,) = post(nora, ana, height={"value": 48, "unit": "in"}).json()["checks"]
    assert "48 in is 2 in (5.1 cm) shorter than last time" in check
