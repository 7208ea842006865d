"""Vital signs of one visit become one record, and stay right when the source corrects them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access.events import Actor, Door
from access.models import User
from records.actions import mark_entered_in_error
from records.models import HealthRecord
from records.tests.fhir_examples import Resource, blood_pressure, loinc, observation, patient, quantity
from records.tests.importing import outcomes, reasons, take
from students.models import School

pytestmark = pytest.mark.django_db

HEIGHT = observation(encounter={"reference": "Encounter/e1"})
WEIGHT = observation("29463-7", 66.5, "[lb_av]", encounter={"reference": "Encounter/e1"})
PRESSURE = blood_pressure(encounter={"reference": "Encounter/e1"})


def records(**filters: Any) -> list[dict[str, float] | None]:
    return list(HealthRecord.objects.filter(**filters).order_by("date", "id").values_list("vital", flat=True))


@pytest.mark.parametrize("together", [True, False])
def test_what_was_measured_at_one_visit_is_one_record(oak_street: School, tmp_path: Path, together: bool) -> None:
    for part in [(HEIGHT, WEIGHT, PRESSURE)] if together else [(HEIGHT,), (WEIGHT,), (PRESSURE,)]:
        take(oak_street, tmp_path, patient(), *part)
    record = HealthRecord.objects.get()
    assert record.vital == {"height_cm": 131.5, "weight_kg": 66.5 * 0.45359237, "systolic": 104, "diastolic": 66}
    assert record.bmi == pytest.approx(17.44, abs=0.01)
    typed = record.vital_typed
    assert typed
    assert (typed["weight"]["value"], typed["weight"]["unit"]) == ("66.5", "[lb_av]")
    assert record.occurred_at
    assert record.occurred_at.isoformat() == "2024-09-10T12:15:00+00:00"


def test_another_visit_or_moment_is_another_record(oak_street: School, tmp_path: Path) -> None:
    later = observation("29463-7", 30, "kg", effectiveDateTime="2024-09-10T10:00:00-04:00")
    elsewhere = observation("8867-4", 88, "/min", encounter={"reference": "Encounter/e2"})
    take(oak_street, tmp_path, patient(), HEIGHT, later, elsewhere)
    assert records() == [{"height_cm": 131.5}, {"weight_kg": 30}, {"heart_rate": 88}]


def test_a_second_reading_of_one_sign_does_not_replace_the_first(oak_street: School, tmp_path: Path) -> None:
    entries = [patient(), HEIGHT, {**HEIGHT, "id": "again", "valueQuantity": quantity(132, "cm")}]
    take(oak_street, tmp_path, *entries)
    assert records() == [{"height_cm": 131.5}, {"height_cm": 132}]
    assert outcomes(take(oak_street, tmp_path, *entries)) == {"unchanged": 3}


def test_the_alarming_is_flagged_for_the_age(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), observation("59408-5", 81, "%"), observation("8310-5", 103, "[degF]"))
    assert HealthRecord.objects.get().flags == ["fever", "low_oxygen"]


def test_the_reported_bmi_stands_beside_the_computed_one(oak_street: School, tmp_path: Path) -> None:
    bmi = observation("39156-5", 99, "kg/m2", encounter={"reference": "Encounter/e1"})
    take(oak_street, tmp_path, patient(), bmi)
    record = HealthRecord.objects.get()
    assert (record.vital, record.result) == (None, "BMI 99 kg/m2 (as reported)")
    take(oak_street, tmp_path, HEIGHT, WEIGHT)
    record = HealthRecord.objects.get()
    assert record.bmi == pytest.approx(17.44, abs=0.01)
    assert record.vital_typed
    assert (record.vital_typed["bmi"]["value"], record.result) == ("99", "")


def corrected(resource: Resource, **changes: Any) -> Resource:
    return {**resource, "status": "corrected", **changes}


def test_a_corrected_value_changes_its_sign_and_no_other(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), HEIGHT, WEIGHT)
    entries = [patient(), corrected(HEIGHT, valueQuantity=quantity(133, "cm")), WEIGHT]
    assert outcomes(take(oak_street, tmp_path, *entries)) == {"updated": 1, "unchanged": 2}
    record = HealthRecord.objects.get()
    assert (record.height_cm, record.weight_kg) == (133, 66.5 * 0.45359237)
    assert (record.status, record.version) == ("amended", 2)
    assert outcomes(take(oak_street, tmp_path, *entries)) == {"unchanged": 3}


def test_a_sign_that_was_another_or_at_another_time_moves(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), HEIGHT, WEIGHT)
    moved = corrected(HEIGHT, effectiveDateTime="2024-09-11T08:00:00-04:00")
    renamed = corrected(WEIGHT, code=loinc("8867-4"), valueQuantity=quantity(90, "/min"))
    take(oak_street, tmp_path, moved, renamed)
    assert records() == [{"heart_rate": 90}, {"height_cm": 131.5}]


def test_a_record_whose_only_sign_moved_says_that_it_was_wrong(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), HEIGHT)
    take(oak_street, tmp_path, corrected(HEIGHT, effectiveDateTime="2024-09-11"))
    statuses = HealthRecord.objects.order_by("date").values_list("status", "status_reason")
    assert list(statuses) == [
        ("entered_in_error", "Moved to another set of vital signs by the source"),
        ("amended", ""),
    ]


def test_what_the_source_withdraws_is_taken_out_and_may_come_back(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), HEIGHT, WEIGHT)
    take(oak_street, tmp_path, {**WEIGHT, "status": "entered-in-error"})
    assert records() == [{"height_cm": 131.5}]
    take(oak_street, tmp_path, {**HEIGHT, "status": "entered-in-error"})
    record = HealthRecord.objects.get()
    assert (record.status, record.status_reason) == ("entered_in_error", "Entered in error at the source")
    take(oak_street, tmp_path, WEIGHT)
    assert records(status="final") == [{"weight_kg": 66.5 * 0.45359237}]


def test_what_is_withdrawn_from_the_start_stands_alone(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), {**HEIGHT, "status": "entered-in-error"}, WEIGHT)
    assert records(status="entered_in_error") == [{"height_cm": 131.5}]
    assert records(status="final") == [{"weight_kg": 66.5 * 0.45359237}]


def test_what_a_nurse_took_back_stays_taken_back(oak_street: School, nora: User, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), HEIGHT)
    by = Actor(nora.pk, Door.PAGE)
    mark_entered_in_error(by=by, entry=HealthRecord.objects.get(), reason="Wrong child")
    assert outcomes(take(oak_street, tmp_path, HEIGHT)) == {"unchanged": 1}
    report = take(oak_street, tmp_path, corrected(HEIGHT, valueQuantity=quantity(133, "cm")), WEIGHT)
    assert "was changed in White Cross since it was imported" in reasons(report)[0]
    assert records(status="entered_in_error") == [{"height_cm": 131.5}]
    assert records(status="final") == [{"weight_kg": 66.5 * 0.45359237}]


def test_a_result_that_becomes_a_vital_sign_leaves_its_row(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), observation(code={"text": "Height"}))
    take(oak_street, tmp_path, observation())
    assert records(status="final") == [{"height_cm": 131.5}]
    take(oak_street, tmp_path, observation(code={"text": "Height"}))
    assert list(HealthRecord.objects.filter(status="final").values_list("result", flat=True)) == ["131.5 cm"]
