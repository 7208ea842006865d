"""What one child's own history says of a value that CDC's limits let pass."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from records.measured_visits import growth

BORN = datetime.date(2016, 3, 10)


def flagged(*weights: float, first_day: int = 2922, step: int = 180, flag: str = "weight_jumped") -> list[bool]:
    """Tell which of these weights, half a year apart, are flagged."""
    rows: list[dict[str, Any]] = [
        {
            "date": f"{BORN + datetime.timedelta(days=first_day + step * number)}",
            "height_cm": 128.0,
            "weight_kg": weight,
            "flags": [],
        }
        for number, weight in enumerate(weights)
    ]
    return [flag in one["flags"] for one in growth(BORN, "female", rows)["measurements"]]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((26.0, 27.0, 28.0), [False, False, False]),
        ((26.0, 59.5, 28.0), [False, True, False]),
        ((26.0, 27.0, 61.7), [False, False, True]),
        ((26.0, 11.8, 28.0), [False, True, False]),
        # What stays is the child's weight; the first of two alone cannot be told from the second.
        ((26.0, 59.5, 61.0), [False, False, False]),
        ((59.5, 27.0, 28.0), [False, False, False]),
        ((26.0,), [False]),
    ],
)
def test_pounds_typed_as_kilograms_stand_apart_from_the_weights_around_them(
    weights: tuple[float, ...], expected: list[bool]
) -> None:
    assert flagged(*weights) == expected


def test_a_child_may_double_in_years_and_an_infant_in_months() -> None:
    assert flagged(20.0, 38.0, step=800) == [False, False]
    assert flagged(3.4, 6.4, first_day=0, step=120) == [False, False]


def test_an_implausible_weight_is_flagged_as_that_alone() -> None:
    assert flagged(26.0, 300.0, 28.0) == [False, False, False]
    assert flagged(26.0, 300.0, 28.0, flag="weight_implausibly_high") == [False, True, False]


def test_a_velocity_between_lying_and_standing_is_not_told() -> None:
    def row(day: int, height: float, *flags: str) -> dict[str, Any]:
        when = BORN + datetime.timedelta(days=day)
        return {"date": f"{when}", "height_cm": height, "weight_kg": None, "flags": list(flags)}

    (found,) = growth(BORN, "female", [row(800, 86, "recumbent_length"), row(1100, 92)])["velocity"]
    assert found["reason"] == "method_changed"
    assert found["cm_per_year"] != found["cm_per_year"]


def test_trends_compare_within_one_reference_and_leave_doubtful_values_out() -> None:
    def row(day: int, height: float | None) -> dict[str, Any]:
        when = BORN + datetime.timedelta(days=day)
        return {"date": f"{when}", "height_cm": height, "weight_kg": None, "flags": []}

    across = growth(BORN, "female", [row(500, 80), row(900, 90)])
    assert across["trend"] == []
    assert len(across["velocity"]) == 1
    doubtful = growth(BORN, "female", [row(2200, 115), row(2600, 121), row(2922, 50)])
    assert [(one["from_date"], one["to_date"]) for one in doubtful["trend"]] == [("2022-03-19", "2023-04-23")]
