"""Flags for what is alarming at an age, and questions about what was probably typed wrong."""

from __future__ import annotations

import pytest

from records.alarms import BREATHING, FLAGS, HEART_RATE, band, flags_for, implausible, lowest_systolic


@pytest.mark.parametrize(
    ("vital", "age", "flags"),
    [
        ({}, 8, []),
        ({"temperature_c": 37.0, "heart_rate": 90, "respiratory_rate": 20, "systolic": 100, "diastolic": 60}, 8, []),
        ({"temperature_c": 37.9}, 8, []),
        ({"temperature_c": 38.0}, 8, ["fever"]),
        ({"temperature_c": 35.0}, 8, []),
        ({"temperature_c": 34.9}, 8, ["low_temperature"]),
        # PALS 2020, awake: school age 75 to 118, adolescent 60 to 100, toddler 98 to 140, infant 100 to 180.
        ({"heart_rate": 118}, 8, []),
        ({"heart_rate": 119}, 8, ["fast_heart_rate"]),
        ({"heart_rate": 75}, 8, []),
        ({"heart_rate": 74}, 8, ["slow_heart_rate"]),
        ({"heart_rate": 74}, 12, []),
        ({"heart_rate": 101}, 17, ["fast_heart_rate"]),
        ({"heart_rate": 59}, 17, ["slow_heart_rate"]),
        ({"heart_rate": 140}, 2, []),
        ({"heart_rate": 97}, 2, ["slow_heart_rate"]),
        ({"heart_rate": 180}, 0, []),
        ({"heart_rate": 0}, 8, ["slow_heart_rate"]),
        ({"respiratory_rate": 25}, 8, []),
        ({"respiratory_rate": 26}, 8, ["fast_breathing"]),
        ({"respiratory_rate": 17}, 8, ["slow_breathing"]),
        ({"respiratory_rate": 0}, 15, ["slow_breathing"]),
        ({"respiratory_rate": 28}, 4, []),
        # Hypotension: 70 + 2 x age, 90 from ten years, 70 in the first year.
        ({"systolic": 86}, 8, []),
        ({"systolic": 85}, 8, ["low_blood_pressure"]),
        ({"systolic": 89}, 10, ["low_blood_pressure"]),
        ({"systolic": 89}, 17, ["low_blood_pressure"]),
        ({"systolic": 90}, 17, []),
        ({"systolic": 69}, 0, ["low_blood_pressure"]),
        ({"systolic": 139, "diastolic": 89}, 14, []),
        ({"systolic": 140}, 14, ["high_blood_pressure"]),
        ({"diastolic": 90}, 14, ["high_blood_pressure"]),
        ({"systolic": 60, "diastolic": 95}, 14, ["low_blood_pressure", "high_blood_pressure"]),
        ({"oxygen_saturation": 90}, 8, []),
        ({"oxygen_saturation": 89}, 8, ["low_oxygen"]),
        ({"oxygen_saturation": 0}, 8, ["low_oxygen"]),
        ({"height_cm": 20, "weight_kg": 600}, 8, []),
        (
            {"temperature_c": 40, "heart_rate": 150, "oxygen_saturation": 80},
            8,
            ["fever", "fast_heart_rate", "low_oxygen"],
        ),
    ],
)
def test_it_flags_what_is_alarming_for_the_age(vital: dict[str, float], age: int, flags: list[str]) -> None:
    assert flags_for(vital, age) == flags


def test_every_flag_has_words() -> None:
    worst = {"temperature_c": 41, "heart_rate": 300, "respiratory_rate": 90, "systolic": 200, "oxygen_saturation": 1}
    least = {"temperature_c": 20, "heart_rate": 1, "respiratory_rate": 1, "systolic": 1}
    assert {*flags_for(worst, 8), *flags_for(least, 8)} <= set(FLAGS)


@pytest.mark.parametrize("table", [HEART_RATE, BREATHING])
def test_each_band_holds_from_its_first_birthday_to_the_next(table: tuple[tuple[int, int, int], ...]) -> None:
    starts = [*(row[0] for row in table[1:]), 100]
    for (start, low, high), end in zip(table, starts, strict=True):
        for age in range(start, min(end, 20)):
            assert band(table, age) == (low, high)


def test_the_lowest_pressure_never_falls_with_age() -> None:
    lowest = [lowest_systolic(age) for age in range(25)]
    assert lowest == sorted(lowest)
    assert lowest[:3] == [70, 72, 74]
    assert lowest[9:] == [88, *[90] * 15]


@pytest.mark.parametrize(
    ("vital", "asked"),
    [
        ({}, None),
        ({"temperature_c": 41.1}, None),
        ({"temperature_c": 41.2}, "106 °F"),
        ({"systolic": 110, "diastolic": 70}, None),
        ({"systolic": 70, "diastolic": 110}, "diastolic"),
        ({"systolic": 70, "diastolic": 70}, "diastolic"),
    ],
)
def test_it_asks_about_what_was_probably_typed_wrong(vital: dict[str, float], asked: str | None) -> None:
    questions = implausible(vital)
    if asked is None:
        assert questions == []
    else:
        assert any(asked in question for question in questions)
