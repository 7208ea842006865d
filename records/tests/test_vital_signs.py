"""Vital signs as people type them: exact conversions, every spelling, and a sentence for what is refused."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.vital_limits import LIMITS
from records.vital_signs import (
    KEYS,
    NAMES,
    NBSP,
    SPELLED,
    UNITS,
    Impossible,
    NotAMeasurement,
    from_metric,
    read,
    shown_height,
    shown_temperature,
    shown_weight,
    to_metric,
)

EVERY_UNIT = [(sign, unit) for sign, units in UNITS.items() for unit in units]


def possible(sign: str, unit: str) -> tuple[Decimal, Decimal]:
    """Return lowest and highest possible value of the sign in the unit."""
    low, high = (from_metric(Decimal(str(limit)), unit) for limit in LIMITS[KEYS[sign]])
    return low, high


@pytest.mark.parametrize(
    ("sign", "text", "metric"),
    [
        ("height", "58", 147.32),
        ("height", "58 in", 147.32),
        ("height", "4'10", 147.32),
        ("height", "4'10\"", 147.32),
        ("height", "4 ft 10 in", 147.32),
        ("height", "4ft10", 147.32),
        ("height", "4 feet 10 inches", 147.32),
        ("height", "4’10”", 147.32),
        ("height", "4′ 10″", 147.32),
        ("height", "4'10.5", 148.59),
        ("height", "4'10''", 147.32),
        ("height", "5'", 152.4),
        ("height", "5 ft", 152.4),
        ("height", "147.32 cm", 147.32),
        ("height", "147,32cm", 147.32),
        ("height", "  147.32 CM  ", 147.32),
        ("weight", "106", 48.08079122),
        ("weight", "106 lb", 48.08079122),
        ("weight", "106lbs", 48.08079122),
        ("weight", "106#", 48.08079122),
        ("weight", "106 lb 8 oz", 48.307587405),
        ("weight", "6 lbs 15 oz", 3.1467970669),
        ("weight", "48 kg", 48.0),
        ("temperature", "98.6", 37.0),
        ("temperature", "98.6 F", 37.0),
        ("temperature", "98.6°F", 37.0),
        ("temperature", "100.4", 38.0),
        ("temperature", "37 C", 37.0),
        ("temperature", "37,5 °C", 37.5),
        ("heart_rate", "88", 88.0),
        ("heart_rate", "88/min", 88.0),
        ("respiratory_rate", "18 /min", 18.0),
        ("systolic", "110", 110.0),
        ("systolic", "110 mmHg", 110.0),
        ("diastolic", "70", 70.0),
        ("oxygen_saturation", "98%", 98.0),
        ("oxygen_saturation", "98 %", 98.0),
    ],
)
def test_it_reads_what_a_nurse_types(sign: str, text: str, metric: float) -> None:
    assert read(sign, text).metric == pytest.approx(metric, abs=1e-9)


@pytest.mark.parametrize("spelling", SPELLED)
def test_every_spelling_of_a_unit_is_accepted_in_small_and_capital_letters(spelling: str) -> None:
    unit = SPELLED[spelling]
    (sign,) = [sign for sign, units in UNITS.items() if unit in units]
    value = {"in": 50, "cm": 120, "lb": 60, "kg": 30, "F": 99, "C": 37}[unit]
    for text in (f"{value}{spelling}", f"{value} {spelling}", f"{value} {spelling.upper()}"):
        found = read(sign, text)
        assert found.metric == float(to_metric(Decimal(value), unit))
        assert (found.value, found.unit) == (str(value), unit)


def test_a_bare_number_is_us_customary_unless_told() -> None:
    assert read("height", "58").unit == "in"
    assert read("height", "58", default_unit="cm").metric == 58.0
    assert read("weight", "58", default_unit="kg").metric == 58.0


def test_a_unit_that_was_typed_wins_over_the_default() -> None:
    assert read("height", "147 cm", default_unit="in").metric == 147.0


@pytest.mark.parametrize(
    ("sign", "text", "value", "unit"),
    [
        ("height", "58 in", "58", "in"),
        ("height", "147.32cm", "147.32", "cm"),
        ("height", "4' 10\"", "4' 10\"", ""),
        ("weight", "106 lb 8 oz", "106 lb 8 oz", ""),
        ("weight", "48 kg", "48", "kg"),
        ("temperature", "98.6", "98.6", "F"),
        ("oxygen_saturation", "98", "98", "%"),
    ],
)
def test_what_was_typed_is_kept_beside_the_metric_number(sign: str, text: str, value: str, unit: str) -> None:
    found = read(sign, text)
    assert (found.value, found.unit) == (value, unit)


def test_conversions_are_exact_by_definition() -> None:
    assert to_metric(Decimal(1), "in") == Decimal("2.54")
    assert to_metric(Decimal(1), "lb") == Decimal("0.45359237")
    assert [to_metric(Decimal(f), "F") for f in (32, 212, -40)] == [0, 100, -40]
    assert from_metric(Decimal(37), "F") == Decimal("98.6")


@pytest.mark.parametrize(("sign", "unit"), EVERY_UNIT)
@given(data=st.data())
def test_any_typed_number_comes_back_exactly(sign: str, unit: str, data: st.DataObject) -> None:
    low, high = possible(sign, unit)
    typed = data.draw(st.decimals(low, high, places=1).filter(lambda value: low <= value <= high))
    if typed == 0:
        typed = abs(typed)  # nobody types a minus
    found = read(sign, f"{typed} {unit}")
    back = from_metric(Decimal(found.metric), unit)
    assert round(back, 6) == typed
    assert Decimal(found.value) == typed


@given(st.integers(1, 7), st.decimals(0, Decimal("11.9"), places=1))
def test_feet_and_inches_are_the_same_as_inches(feet: int, inches: Decimal) -> None:
    assert read("height", f"{feet}'{inches}").metric == read("height", f"{feet * 12 + inches} in").metric


@pytest.mark.parametrize(
    ("sign", "text", "sentence"),
    [
        ("height", "tall", "Height: type a number, for example 4'10, 58 in or 147 cm."),
        ("height", "4'12", "Height: inches after feet are less than 12, for example 4'10."),
        ("height", "58 lb", "Height: 'lb' is not a unit of it. Use in or cm."),
        ("height", "-58", "Height: type a number, for example 4'10, 58 in or 147 cm."),
        ("height", "5 8", "Height: type a number"),
        ("weight", "1/2", "Weight: type a number, for example 106 lb or 48 kg."),
        ("weight", "106 lb 16 oz", "Weight: ounces after pounds are less than 16"),
        ("weight", "48 stone", "Weight: 'stone' is not a unit of it. Use lb or kg."),
        ("temperature", "37 K", "Temperature: 'K' is not a unit of it. Use F or C."),
        ("heart_rate", "fast", "Heart rate: type a number, in /min."),
        ("systolic", "120/80", "Systolic pressure"),
        ("oxygen_saturation", "98 kg", "Oxygen saturation: 'kg' is not a unit of it. Use %."),
        ("weight", "1e3", "Weight"),
        ("weight", "NaN", "Weight: type a number"),
        ("weight", "Infinity", "Weight: type a number"),
        ("weight", "99999", "Weight: type a number"),
        ("weight", "", "Weight: type a number"),
    ],
)
def test_what_is_no_measurement_is_refused_with_a_sentence(sign: str, text: str, sentence: str) -> None:
    with pytest.raises(NotAMeasurement) as refused:
        read(sign, text)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("sign", "text", "sentence"),
    [
        ("height", "9'", "Height: 108 in is not possible. It lies between 7.9 and 107 in."),
        ("height", "273 cm", "Height: 273 cm is not possible. It lies between 20 and 272 cm."),
        ("weight", "1500", "Weight: 1500 lb is not possible. It lies between 0.5 and 1399.9 lb."),
        ("temperature", "37", "Temperature: 37 F is not possible. It lies between 51.8 and 116.6 F."),
        ("temperature", "98.6 C", "Temperature: 98.6 C is not possible. It lies between 11 and 47 C."),
        ("heart_rate", "700", "Heart rate: 700 /min is not possible. It lies between 0 and 480 /min."),
        ("oxygen_saturation", "101", "Oxygen saturation: 101 % is not possible. It lies between 0 and 100 %."),
    ],
)
def test_the_impossible_is_refused_with_the_range_in_the_typed_unit(sign: str, text: str, sentence: str) -> None:
    with pytest.raises(Impossible) as refused:
        read(sign, text)
    assert str(refused.value).startswith(sentence)
    assert str(refused.value).endswith("Check the number and the unit.")


@pytest.mark.parametrize(("sign", "unit"), EVERY_UNIT)
def test_the_limits_that_a_refusal_names_are_accepted_and_a_tenth_beyond_is_not(sign: str, unit: str) -> None:
    with pytest.raises(Impossible) as refused:
        read(sign, f"9999 {unit}")
    low, high = re.search(r"between ([\d.]+) and ([\d.]+)", str(refused.value)).groups()  # type: ignore[union-attr]
    for limit in (low, high):
        assert Decimal(read(sign, f"{limit} {unit}").value) == Decimal(limit)
    with pytest.raises(Impossible):
        read(sign, f"{Decimal(high) + Decimal('0.1')} {unit}")
    if Decimal(low) >= Decimal("0.1"):
        with pytest.raises(Impossible):
            read(sign, f"{Decimal(low) - Decimal('0.1')} {unit}")


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ("temperature", "107 F"),
        ("temperature", "84 F"),
        ("heart_rate", "0"),
        ("heart_rate", "280"),
        ("systolic", "40"),
        ("systolic", "0"),
        ("systolic", "260"),
        ("diastolic", "140"),
        ("respiratory_rate", "0"),
        ("oxygen_saturation", "40"),
        ("weight", "500"),
    ],
)
def test_a_crisis_can_be_charted(sign: str, text: str) -> None:
    assert read(sign, text).metric >= 0


@given(st.sampled_from(sorted(KEYS)), st.text(max_size=20))
def test_whatever_is_typed_is_read_or_refused_and_never_crashes(sign: str, text: str) -> None:
    low, high = LIMITS[KEYS[sign]]
    try:
        metric = read(sign, text).metric
    except (NotAMeasurement, Impossible) as refused:
        sentence, metric = str(refused), low
    else:
        sentence = NAMES[sign]
    assert sentence.startswith(NAMES[sign])
    assert low <= metric <= high


def test_limits_are_known_for_everything_that_can_be_typed() -> None:
    assert set(KEYS.values()) <= set(LIMITS)
    assert all(low < high for low, high in LIMITS.values())


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (shown_height(147.32), "4 ft 10 in (147.3 cm)"),
        (shown_height(152.4), "5 ft 0 in (152.4 cm)"),
        (shown_height(152.3), "5 ft 0 in (152.3 cm)"),
        (shown_height(50), "1 ft 7.7 in (50 cm)"),
        (shown_weight(48.08079122), "106 lb (48.1 kg)"),
        (shown_weight(3.14), "6.9 lb (3.1 kg)"),
        (shown_temperature(37), "98.6 °F (37 °C)"),
        (shown_temperature(38.888888888888886), "102 °F (38.9 °C)"),
    ],
)
def test_values_are_shown_in_us_units_with_metric_beside(shown: str, words: str) -> None:
    assert shown.replace(NBSP, " ") == words


@given(st.integers(60, 1070))
def test_a_height_typed_to_a_tenth_of_an_inch_is_shown_as_typed(tenths: int) -> None:
    inches = Decimal(max(tenths, 79)) / 10
    words = shown_height(read("height", f"{inches} in").metric).replace(NBSP, " ")
    feet, rest = re.match(r"(\d+) ft ([\d.]+) in", words).groups()  # type: ignore[union-attr]
    assert int(feet) * 12 + Decimal(rest) == inches
    assert Decimal(rest) < 12
