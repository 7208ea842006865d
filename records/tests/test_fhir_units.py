"""Units become the stored ones exactly; what is not a unit of the sign is refused by name."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.fhir.element import Element, Problem
from records.fhir.units import UNITS, find_unit, to_stored
from records.fhir.vitals import CHARTED, read_vital
from records.vital_limits import LIMITS

measured = st.decimals("0.1", "999", places=2)


def stored(value: float, code: str) -> float:
    unit = find_unit(code, "")
    assert unit
    return to_stored(value, unit)


@given(measured)
def test_inches_are_254_hundredths_of_a_centimeter(value: Decimal) -> None:
    assert stored(float(value), "[in_i]") == float(value * Decimal("2.54"))


@given(measured)
def test_pounds_are_the_exact_fraction_of_a_kilogram(value: Decimal) -> None:
    assert stored(float(value), "[lb_av]") == float(value * Decimal("0.45359237"))


@given(st.integers(-40, 120))
def test_celsius_there_and_back_is_the_same_fahrenheit(celsius: int) -> None:
    assert stored(celsius * 9 / 5 + 32, "[degF]") == pytest.approx(celsius, abs=1e-12)
    assert stored(float(Decimal(celsius) * 9 / 5 + 32), "[degF]") == celsius


@given(st.floats(0.001, 1e6))
def test_a_value_in_the_stored_unit_keeps_its_digits(value: float) -> None:
    for code in ("cm", "kg", "Cel", "/min", "%", "mm[Hg]"):
        assert stored(value, code) == value


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.sampled_from(sorted(UNITS)))
def test_more_stays_more_in_every_unit(one: float, other: float, code: str) -> None:
    low, high = sorted((one, other))
    assert stored(low, code) <= stored(high, code)
    assert math.isfinite(stored(high, code))


def test_body_temperature_is_37_at_98_6() -> None:
    assert stored(98.6, "[degF]") == 37.0


@pytest.mark.parametrize(
    ("code", "written", "unit"),
    [
        ("{beats}/min", "", "/min"), ("", "beats/minute", "/min"), ("{Breaths}/min", "", "/min"), ("", "bpm", "/min"),
        ("", "lbs", "kg"), ("", "Inches", "cm"), ("", "°F", "Cel"), ("", "mmHg", "mm[Hg]"), ("g", "gram", "kg"),
    ],
)  # fmt: skip
def test_it_understands_what_people_write(code: str, written: str, unit: str) -> None:
    found = find_unit(code, written)
    assert found
    assert found.stored == unit


def vital(code: str, value: object, unit: str) -> tuple[object, list[Problem]]:
    element = Element({"value": value, "code": unit, "unit": unit}, "valueQuantity")
    return read_vital(element, CHARTED[code]), element.problems


@pytest.mark.parametrize(
    ("code", "value", "unit", "reason"),
    [
        ("8302-2", 131, "cubit", "unknown unit 'cubit' for height"),
        ("8302-2", 131, "kg", "unknown unit 'kg' for height"),
        ("8302-2", 131, "", "height without a unit"),
        ("8302-2", 1000, "cm", "1000 cm is not possible for height (20 to 272 cm)"),
        ("8310-5", 98.6, "Cel", "98.6 Cel is not possible for temperature"),
        ("8867-4", -1, "/min", "-1 /min is not possible for heart rate"),
        ("8302-2", "131", "cm", "must be a number, is text"),
    ],
)
def test_the_impossible_is_refused_with_its_reason(code: str, value: object, unit: str, reason: str) -> None:
    found, (problem,) = vital(code, value, unit)
    assert found is None
    assert reason in problem.reason
    assert problem.field.startswith("valueQuantity")


@pytest.mark.parametrize(
    ("code", "value", "unit"), [("59408-5", 61, "%"), ("8867-4", 240, "/min"), ("8480-6", 220, "mm[Hg]")]
)
def test_a_crisis_is_taken(code: str, value: float, unit: str) -> None:
    found, problems = vital(code, value, unit)
    assert found
    assert not problems


def test_every_charted_sign_has_limits_or_is_the_reported_bmi() -> None:
    assert {place.key for place in CHARTED.values()} == {*LIMITS, "bmi"}
