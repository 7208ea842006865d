"""Vital signs are charted, other results kept in words, and nothing that the source did not say."""

from __future__ import annotations

import datetime

import pytest

from records.fhir.observation import Observation
from records.tests.fhir_examples import (
    Resource,
    blood_pressure,
    concept,
    loinc,
    observation,
    quantity,
    without,
)
from records.tests.reading import problems, read_as


def vitals(resource: Resource) -> dict[str, float]:
    return {vital.key: vital.value for vital in read_as(Observation, resource).vitals}


def test_a_height_in_inches_is_charted_in_centimeters_and_kept_as_sent() -> None:
    (height,) = read_as(Observation, observation(value=51.5, unit="[in_i]")).vitals
    assert (height.key, height.value) == ("height_cm", 130.81)
    assert (height.sent_value, height.sent_unit) == (51.5, "[in_i]")


@pytest.mark.parametrize(
    ("code", "value", "unit", "key"),
    [
        ("29463-7", 30.25, "kg", "weight_kg"),
        ("8331-1", 37.1, "Cel", "temperature_c"),
        ("8867-4", 88, "/min", "heart_rate"),
        ("9279-1", 18, "{breaths}/min", "respiratory_rate"),
        ("2708-6", 98, "%", "oxygen_saturation"),
        ("59408-5", 98, "%", "oxygen_saturation"),
        ("9843-4", 52, "cm", "head_circumference_cm"),
        ("39156-5", 17.3, "kg/m2", "bmi"),
    ],
)
def test_each_vital_sign_goes_where_it_is_charted(code: str, value: float, unit: str, key: str) -> None:
    assert vitals(observation(code, value, unit)) == {key: value}


@pytest.mark.parametrize("code", ["85354-9", "55284-4"])
def test_a_blood_pressure_panel_old_or_new_is_two_signs(code: str) -> None:
    assert vitals(blood_pressure(code=loinc(code))) == {"systolic": 104, "diastolic": 66}


def test_a_length_measured_lying_down_says_so() -> None:
    assert read_as(Observation, observation("8306-3", 71)).flags == ("recumbent_length",)


def test_a_vital_sign_is_known_among_other_codings() -> None:
    code = {
        "coding": [{"system": "urn:local", "code": "HT"}, {"system": "urn:oid:2.16.840.1.113883.6.1", "code": "8302-2"}]
    }
    assert vitals(observation(code=code)) == {"height_cm": 131.5}


def test_more_than_is_no_number_and_so_kept_in_words() -> None:
    found = read_as(Observation, observation("8867-4", valueQuantity={**quantity(200, "/min"), "comparator": ">"}))
    assert (found.vitals, found.result) == ((), ">200 /min")


def test_what_stands_beside_a_charted_sign_becomes_a_note() -> None:
    flow = {"code": loinc("3151-8", "Inhaled oxygen flow rate"), "valueQuantity": quantity(2, "L/min")}
    found = read_as(Observation, observation("59408-5", 97, "%", component=[flow], note=[{"text": "After exercise"}]))
    assert found.notes == "Inhaled oxygen flow rate: 2 L/min\nAfter exercise"


LAB = without(
    observation(code=loinc("718-7", "Hemoglobin"), category=[concept("urn:c", "laboratory")]), "valueQuantity"
)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ({"valueQuantity": quantity(13.25, "g/dL")}, "13.25 g/dL"),
        ({"valueQuantity": {**quantity(13.0, "g/dL"), "unit": "g/dl"}}, "13 g/dl"),
        ({"valueQuantity": quantity(40, "%")}, "40%"),
        ({"valueCodeableConcept": concept("http://snomed.info/sct", "260385009", "Negative")}, "Negative"),
        ({"valueString": "no growth"}, "no growth"),
        ({"valueBoolean": False}, "No"),
        ({"valueInteger": 3}, "3"),
        ({"valueRange": {"low": quantity(1, "mg"), "high": quantity(2, "mg")}}, "1 mg to 2 mg"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1 : 128"),
    ],
)
def test_a_result_is_kept_in_words_with_its_unit(value: Resource, result: str) -> None:
    found = read_as(Observation, {**LAB, **value})
    assert (found.type, found.result, found.flags) == ("LAB_RESULT", result, ())


def test_components_that_are_not_charted_are_the_result() -> None:
    parts = [{"code": {"text": name}, "valueString": value} for name, value in (("Left", "20/20"), ("Right", "20/40"))]
    assert read_as(Observation, {**LAB, "component": parts}).result == "Left: 20/20; Right: 20/40"


def test_a_long_result_goes_to_the_notes_whole() -> None:
    found = read_as(Observation, {**LAB, "valueString": "x" * 900})
    assert (found.result, found.notes) == ("", "x" * 900)


def test_an_unknown_code_system_is_kept_and_flagged() -> None:
    found = read_as(Observation, {**LAB, "code": concept("WinPath", "tt-0004-01", "MANKL"), "valueString": "x"})
    assert found.flags == ("unknown_code",)
    assert found.coding
    assert (found.coding.system, found.coding.code) == ("WinPath", "tt-0004-01")


@pytest.mark.parametrize(
    "leftover", ["{entry.value}", "{{result}}", "${value}", "see {entry.code[0]} there", "<%= x %>"]
)
def test_a_template_that_was_not_filled_is_no_result(leftover: str) -> None:
    ((field, reason),) = problems({**LAB, "valueString": leftover})
    assert field == "valueString"
    assert "placeholder" in reason


def test_a_unit_in_braces_is_a_unit() -> None:
    assert read_as(Observation, {**LAB, "valueQuantity": quantity(3, "{score}")}).result == "3 {score}"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "cancelled"}, "status"),
        ({"status": "done"}, "status"),
        ({"status": None}, "status"),
        ({"code": None}, "code"),
        ({"valueQuantity": None}, "value[x]"),
        ({"valueQuantity": None, "dataAbsentReason": {"text": "unknown"}}, "dataAbsentReason"),
        ({"valueQuantity": None, "valueSampledData": {}}, "valueSampledData"),
        ({"valueQuantity": "131 cm"}, "valueQuantity"),
        ({"valueQuantity": quantity(1000, "cm")}, "valueQuantity.value"),
        ({"effectiveDateTime": None}, "effective[x]"),
        ({"effectiveDateTime": "2099-01-01"}, "effectiveDateTime"),
        ({"effectiveDateTime": "last week"}, "effectiveDateTime"),
        ({"subject": None}, "subject"),
        ({"subject": {"reference": "Group/5"}}, "subject.reference"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_field(changes: Resource, field: str) -> None:
    changed = {key: value for key, value in {**observation(), **changes}.items() if value is not None}
    assert [name for name, _ in problems(changed)] == [field]


def test_one_bad_pressure_refuses_the_panel() -> None:
    ((field, reason),) = problems(blood_pressure(systolic=1040))
    assert field == "component[0].valueQuantity.value"
    assert "systolic pressure (0 to 480 mm[Hg])" in reason


def test_a_result_without_its_own_date_has_the_day_it_was_issued_and_says_so() -> None:
    found = read_as(Observation, without(observation(issued="2024-09-12T10:00:00Z"), "effectiveDateTime"))
    assert (found.when.date, found.flags) == (datetime.date(2024, 9, 12), ("date_is_when_issued",))


def test_the_day_is_the_one_written() -> None:
    found = read_as(Observation, observation(effectiveDateTime="2024-09-10T23:30:00-04:00"))
    assert found.when.date == datetime.date(2024, 9, 10)


def test_half_a_date_is_flagged() -> None:
    assert read_as(Observation, observation(effectiveDateTime="2019-05")).flags == ("partial_date",)
