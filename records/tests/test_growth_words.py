"""Growth in words: percentiles rounded down, flags that say what to do, velocity and trend as sentences."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from records.growth import Reason, WeightStatus
from records.growth_words import (
    FLAGS,
    STATUSES,
    age,
    flag,
    is_notable,
    percentile,
    share_of_p95,
    status,
    trend,
    velocity,
)
from records.measured_visits import HEIGHT_FELL, IMPLAUSIBLE, LYING, MEASURES, OF_THE_VISIT, UNDER_TWO, WEIGHT_JUMPED

BORN = datetime.date(2018, 3, 14)
SPEED = {
    "from_date": "2025-03-02", "to_date": "2026-03-01", "days": 364, "cm_per_year": 5.08, "p5": 4.4, "p50": 5.7,
    "p95": 7.0, "finding": None, "reason": None,
}  # fmt: skip
MOVED = {
    "measure": "bmi", "from_date": "2025-03-02", "to_date": "2026-03-01", "from_percentile": 60.9,
    "to_percentile": 54.2, "from_percent_of_p95": 80.0, "to_percent_of_p95": 79.0, "z_per_year": 0, "lines_crossed": 0,
}  # fmt: skip


def plainly(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (0.4, "below 1st"),
        (1.9, "1st"),
        (2, "2nd"),
        (3.99, "3rd"),
        (11.5, "11th"),
        (12.2, "12th"),
        (22, "22nd"),
        (94.9999, "94th"),
        (95, "95th"),
        (99.89, "99th"),
        (99.95, "above 99.9th"),
        (100, "above 99.9th"),
    ],
)
def test_a_percentile_is_rounded_down(value: float | None, words: str) -> None:
    assert percentile(value) == words


@pytest.mark.parametrize(("value", "words"), [(None, ""), (99.99, ""), (100, "100% of 95th"), (139.9, "139% of 95th")])
def test_the_share_of_the_95th_is_said_from_there_on_and_rounded_down(value: float | None, words: str) -> None:
    assert share_of_p95(value) == words


def test_every_weight_status_and_every_flag_has_its_words() -> None:
    assert {one.word for one in WeightStatus if one} == STATUSES.keys()
    implausible = {f"{measure}_{way}" for measure in MEASURES for way in IMPLAUSIBLE.values()}
    missing = {
        f"{measure}_{reason.word}"
        for measure in ("height", "weight")
        for reason in (Reason.NOT_MEASURED, Reason.NOT_A_MEASUREMENT)
    }
    of_the_visit = {reason.word for reason in OF_THE_VISIT}
    assert implausible | missing | of_the_visit | {HEIGHT_FELL, WEIGHT_JUMPED, LYING, UNDER_TWO} == FLAGS.keys()
    assert flag("something_new") == "something_new"


def test_an_adults_status_says_so() -> None:
    assert status("overweight", 7304) == "Overweight"
    assert status("overweight", 7305) == "Overweight, adult"
    assert status(None, 8000) == ""


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2018-03-13", "before birth"),
        ("2018-03-14", "0 days"),
        ("2018-03-15", "1 day"),
        ("2018-05-13", "60 days"),
        ("2018-05-14", "2 months"),
        ("2020-03-13", "23 months"),
        ("2020-03-14", "2 y"),
        ("2026-03-13", "7 y 11 mo"),
    ],
)
def test_an_age_is_in_days_months_or_years(day: str, words: str) -> None:
    assert plainly(age(BORN, datetime.date.fromisoformat(day))) == words


def test_a_velocity_is_in_us_units_first_with_what_is_typical() -> None:
    assert plainly(velocity(SPEED)) == (
        "Height: 2 in (5.1 cm) a year from Mar 2, 2025 to Mar 1, 2026. "
        "Typical at this age: 1.7 to 2.8 in (4.4 to 7.0 cm)."
    )
    assert not is_notable(SPEED)


def test_a_slow_velocity_says_so_and_is_notable() -> None:
    slow = {**SPEED, "cm_per_year": 3.0, "finding": "low"}
    assert velocity(slow).endswith("Slower than 95 of 100 children.")
    assert is_notable(slow)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"finding": "fall"}, "Check both heights: one of them is wrong."),
        ({"cm_per_year": None, "reason": "method_changed"}, "measured lying down, so the speed cannot be told."),
        ({"cm_per_year": None, "reason": "age_unknown"}, "the speed cannot be told."),
        ({"p5": None, "p95": None, "reason": "sex_unknown"}, "a year from Mar 2, 2025 to Mar 1, 2026."),
    ],
)
def test_where_the_velocity_says_nothing_it_says_why(change: dict[str, Any], words: str) -> None:
    assert velocity({**SPEED, **change}).endswith(words)


@pytest.mark.parametrize(
    ("change", "words", "notable"),
    [
        ({}, "BMI: 54th percentile on Mar 1, 2026, was 60th on Mar 2, 2025.", False),
        ({"lines_crossed": 1}, "was 60th on Mar 2, 2025: one percentile line up.", False),
        ({"lines_crossed": -2}, "was 60th on Mar 2, 2025: two percentile lines down.", True),
        ({"lines_crossed": 3}, "was 60th on Mar 2, 2025: 3 percentile lines up.", True),
        (
            {"from_percent_of_p95": 157.9, "to_percent_of_p95": 166.2},
            "BMI: 166% of the 95th percentile on Mar 1, 2026, was 157% on Mar 2, 2025.",
            False,
        ),
    ],
)
def test_a_trend_says_where_the_child_is_and_was(change: dict[str, Any], words: str, notable: bool) -> None:
    found = {**MOVED, **change}
    assert trend(found).endswith(words)
    assert is_notable(found) is notable
