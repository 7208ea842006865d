"""Growth by API: the contract's keys, an answer or its reason, fresh after every write, and what it costs."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEvent, User
from access.tests.people import api_client, make_student
from records.models import HealthRecord
from records.student_growth import build
from records.tests.measuring import grown, measured, measurements
from records.tests.summaries import shown
from students.models import School, Student

KEYS = [
    "date", "age_days", "height_cm", "weight_kg", "bmi", "height_z", "height_percentile", "weight_z",
    "weight_percentile", "bmi_z", "bmi_percentile", "bmi_percent_of_p95", "weight_status", "reference", "flags",
]  # fmt: skip
Z_AND_PERCENTILES = [key for key in KEYS if key.endswith(("_z", "_percentile"))]


def only(user: User, student: Student) -> dict[str, Any]:
    """Return the student's only measurement."""
    (found,) = measurements(user, student)
    return found


def test_a_measurement_has_the_keys_of_the_contract_and_unrounded_numbers(nora: User, ana: Student) -> None:
    measured(ana, 8, 128.27, 27.2155422)
    answer = grown(nora, ana)
    assert list(answer) == ["measurements", "velocity", "trend"]
    (found,) = answer["measurements"]
    assert list(found) == KEYS
    assert (found["date"], found["age_days"]) == ("2026-03-14", 2922)
    assert (found["height_cm"], found["weight_kg"]) == (128.27, 27.2155422)
    assert found["bmi"] == pytest.approx(27.2155422 / 1.2827**2, abs=1e-9)
    assert 0 < found["bmi_percentile"] < 100
    assert found["bmi_percentile"] != round(found["bmi_percentile"], 3)
    assert found["bmi_percent_of_p95"] < 100
    assert (found["weight_status"], found["reference"], found["flags"]) == ("healthy_weight", "CDC2000", [])


def test_nothing_measured_is_empty_lists(nora: User, ana: Student) -> None:
    HealthRecord.objects.create(
        student=ana, type="VITAL_SIGNS_CHECK", date=datetime.date(2026, 3, 2), vital={"heart_rate": 80}
    )
    assert grown(nora, ana) == {"measurements": [], "velocity": [], "trend": []}


def test_a_weight_without_height_keeps_its_answer_and_says_what_is_missing(nora: User, ana: Student) -> None:
    measured(ana, 8, weight_kg=27)
    found = only(nora, ana)
    assert found["weight_percentile"] is not None
    assert [found[key] for key in ("height_cm", "height_z", "bmi", "bmi_z", "bmi_percentile", "weight_status")] == [
        None
    ] * 6
    assert found["flags"] == ["height_not_measured"]


def test_a_height_without_weight_too(nora: User, ana: Student) -> None:
    measured(ana, 8, height_cm=128)
    found = only(nora, ana)
    assert found["height_percentile"] is not None
    assert found["bmi"] is None
    assert found["flags"] == ["weight_not_measured"]


@pytest.mark.parametrize(
    ("fields", "years", "flag", "reference"),
    [
        ({"sex": "unknown"}, 8, "sex_unknown", "CDC2000"),
        ({}, -0.01, "before_birth", None),
        ({}, 20.01, "adult", None),
    ],
)
def test_where_no_reference_applies_the_reason_is_said_once_and_nothing_is_lost(
    nora: User, oak_street: School, fields: dict[str, Any], years: float, flag: str, reference: str | None
) -> None:
    child = make_student(oak_street, birth_date=datetime.date(2005, 1, 15), **fields)
    measured(child, years, 150, 60)
    found = only(nora, child)
    assert (found["height_cm"], found["weight_kg"]) == (150, 60)
    assert found["bmi"] == pytest.approx(60 / 1.5**2)
    assert [found[key] for key in Z_AND_PERCENTILES] == [None] * 6
    assert found["bmi_percent_of_p95"] is None
    assert found["flags"] == [flag]
    assert found["reference"] == reference


def test_an_adult_has_the_adult_weight_status(nora: User, oak_street: School) -> None:
    child = make_student(oak_street, birth_date=datetime.date(2005, 1, 15))
    measured(child, 20.5, 160, 64)  # 25.0 kg/m²
    assert only(nora, child)["weight_status"] == "overweight"


def test_who_measures_to_day_730_and_cdc_from_day_731(nora: User, ana: Student) -> None:
    for day in (730, 731):
        measured(ana, 0, 86, 12, date=ana.birth_date + datetime.timedelta(days=day))
    infant, child = measurements(nora, ana)
    assert (infant["reference"], infant["flags"], infant["weight_status"]) == ("WHO2006", ["under_24_months"], None)
    assert infant["bmi_percentile"] is not None
    assert infant["bmi_percent_of_p95"] is None
    assert (child["reference"], child["flags"], child["weight_status"]) == ("CDC2000", [], "healthy_weight")


def test_inches_typed_as_centimeters_are_kept_and_flagged(nora: User, ana: Student) -> None:
    measured(ana, 8, 50.5, 27)
    found = only(nora, ana)
    assert found["height_cm"] == 50.5
    assert found["flags"] == ["height_implausibly_low", "bmi_implausibly_high"]


def test_several_of_one_day_are_all_there_in_the_order_of_charting(nora: User, ana: Student) -> None:
    for weight in (27, 26.8, 27.4):
        measured(ana, 8, 128, weight)
    assert [found["weight_kg"] for found in measurements(nora, ana)] == [27, 26.8, 27.4]


def test_they_are_the_oldest_first_and_what_was_entered_in_error_is_gone(nora: User, ana: Student) -> None:
    for years in (8, 6, 7):
        measured(ana, years, 100 + 3 * years, 20)
    measured(ana, 7.5, 121, 22, status="entered_in_error", status_reason="Wrong child")
    assert [found["height_cm"] for found in measurements(nora, ana)] == [118, 121, 124]


def test_a_length_measured_lying_is_a_stature_from_two_years_on(nora: User, ana: Student) -> None:
    measured(ana, 2.5, 90.8, 13, flags=["recumbent_length"])
    measured(ana, 2.5, 90, 13)
    lying, standing = measurements(nora, ana)
    assert lying["height_cm"] == 90.8
    for key in ("height_z", "bmi", "bmi_z"):
        assert lying[key] == pytest.approx(standing[key], abs=1e-9)
    assert lying["flags"] == ["recumbent_length"]


def test_velocity_and_trend_compare_with_half_a_year_before(nora: User, ana: Student) -> None:
    for years, height, weight in ((6, 115, 20), (7, 121, 23), (7.2, 122, 23.5)):
        measured(ana, years, height, weight)
    answer = grown(nora, ana)
    assert [(one["from_date"], one["to_date"]) for one in answer["velocity"]] == [
        ("2024-03-14", "2025-03-14"),
        ("2024-03-14", "2025-05-26"),
    ]
    first = answer["velocity"][0]
    assert first["cm_per_year"] == pytest.approx(6 / (365 / 365.25))
    assert first["p5"] < first["p50"] < first["p95"]
    assert (first["finding"], first["reason"]) == (None, None)
    assert [one["measure"] for one in answer["trend"]] == ["height", "weight", "bmi"]
    assert answer["trend"][0]["to_percentile"] == answer["measurements"][-1]["height_percentile"]


def test_a_child_who_gets_shorter_is_flagged(nora: User, ana: Student) -> None:
    for years, height in ((6, 115), (7, 121), (7.2, 118)):
        measured(ana, years, height)
    found = grown(nora, ana)
    assert [one["flags"] for one in found["measurements"]] == [
        ["weight_not_measured"],
        ["weight_not_measured"],
        ["weight_not_measured", "height_fell"],
    ]


def test_confidential_measurements_are_not_a_systems_to_read(nora: User, ivy: User, ana: Student) -> None:
    measured(ana, 8, 128, 27, confidential=True)
    measured(ana, 7, 122, 24)
    for _ in range(2):
        assert len(measurements(nora, ana)) == 2
        assert len(measurements(ivy, ana)) == 1


def test_a_new_measurement_a_birth_date_and_a_sex_are_right_at_once(nora: User, ana: Student) -> None:
    measured(ana, 8, 128, 27)
    before = only(nora, ana)
    ana.birth_date = datetime.date(2017, 3, 14)
    ana.save()
    older = only(nora, ana)
    assert older["age_days"] == before["age_days"] + 365
    assert older["height_z"] < before["height_z"]
    ana.sex = "male"
    ana.save()
    assert only(nora, ana)["bmi_percentile"] != older["bmi_percentile"]
    measured(ana, 9.5, 133, 30)
    assert len(measurements(nora, ana)) == 2


def test_the_second_look_is_a_hit_of_one_statement_with_its_own_audit_row(
    nora: User, ana: Student, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for years in range(3, 8):
        measured(ana, years, 90 + 6 * years, 12 + 2 * years)
    client, address = api_client(nora), f"/api/v1/students/{ana.pk}/growth/"
    with django_assert_num_queries(2):  # the gate and the measurements
        first = client.get(address)
    with django_assert_num_queries(1):
        second = client.get(address)
    assert (first["X-Cache"], second["X-Cache"]) == ("miss", "hit")
    assert first.content == second.content
    assert first["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(student_id=ana.pk, actor_id=nora.pk, action="growth_viewed").count() == 2


def test_who_holds_it_gets_304_until_it_changes(nora: User, ana: Student) -> None:
    measured(ana, 8, 128, 27)
    client, address = api_client(nora), f"/api/v1/students/{ana.pk}/growth/"
    held = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": held})
    assert (again.status_code, again.content) == (304, b"")
    measured(ana, 8.1, 128, 27)
    assert client.get(address, headers={"If-None-Match": held}).status_code == 200


def test_five_thousand_measurements_cost_one_statement(
    ana: Student, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    HealthRecord.objects.bulk_create(
        HealthRecord(
            student=ana,
            type="VITAL_SIGNS_CHECK",
            date=ana.birth_date + datetime.timedelta(days=day),
            vital={"height_cm": 100, "weight_kg": 16},
        )
        for day in range(5_000)
    )
    with django_assert_num_queries(1):
        build(ana.pk, confidential=True)


def test_the_summary_says_the_same_of_the_last_day_with_both(nora: User, ana: Student) -> None:
    measured(ana, 7, 122, 24)
    measured(ana, 8, 128, 47)
    measured(ana, 8.1, weight_kg=48)
    found = measurements(nora, ana)[1]
    growth = shown(nora, ana)["growth"]
    assert growth == {key: found[key] for key in ("date", "bmi", "bmi_percentile", "weight_status")}
    assert growth["weight_status"] == "obesity_class_2"


def test_the_summary_of_a_child_without_reference_has_no_percentile(nora: User, ana: Student) -> None:
    measured(ana, 8, 128, 27)
    Student.objects.filter(pk=ana.pk).update(sex="unknown")
    growth = shown(nora, ana)["growth"]
    assert (growth["bmi_percentile"], growth["weight_status"]) == (None, None)
    assert growth["bmi"] == pytest.approx(27 / 1.28**2)
