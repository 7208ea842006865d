"""Weight status is decided on unrounded values, at the limits CDC and the AAP name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from records.growth import Assessment, Children, Measure, WeightStatus, assess, measurement_at_percentile

METER = 100.0  # at this height the weight in kg is the body mass index


def visit(sex: int, days: int, bmi: Sequence[float]) -> Assessment:
    return assess(Children.of_days(np.full(len(bmi), sex), days), np.full(len(bmi), METER), bmi)


def words(visits: Assessment) -> list[str]:
    return [WeightStatus(code).word for code in visits.weight_status]


def line(sex: int, days: int, percentile: float) -> float:
    return float(measurement_at_percentile(Measure.BMI, Children.of_days([sex], [days]), percentile).value[0])


@pytest.mark.parametrize("sex", [1, 2])
@pytest.mark.parametrize("days", [731, 2922, 4383, 5844, 7304])
def test_each_limit_divides_two_neighbors(sex: int, days: int) -> None:
    limits = [line(sex, days, percentile) for percentile in (5, 85, 95)]
    hair = 1e-9
    bmi = [limit * (1 + sign * hair) for limit in limits for sign in (-1, 1)]
    assert words(visit(sex, days, bmi)) == [
        "underweight", "healthy_weight", "healthy_weight", "overweight", "overweight", "obesity",
    ]  # fmt: skip


def test_the_95th_percentile_itself_is_obesity() -> None:
    visits = visit(1, 4000, [line(1, 4000, 95)])
    assert words(visits) == ["obesity"]
    assert visits.percent_of_p95[0] == pytest.approx(100)


def test_a_percentile_that_rounds_to_95_is_still_overweight() -> None:
    visits = visit(2, 4000, [line(2, 4000, 94.96)])
    assert round(visits.bmi.percentile[0]) == 95
    assert words(visits) == ["overweight"]


def test_a_young_child_reaches_the_classes_by_the_share_of_the_95th() -> None:
    p95 = line(1, 2200, 95)
    assert 1.4 * p95 < 35
    hair = 1e-10
    shares = [1.2 - hair, 1.2 + hair, 1.4 - hair, 1.4 + hair]
    assert words(visit(1, 2200, [p95 * share for share in shares])) == [
        "obesity", "obesity_class_2", "obesity_class_2", "obesity_class_3",
    ]  # fmt: skip


def test_a_big_teenager_reaches_the_classes_at_35_and_40() -> None:
    p95 = line(2, 7000, 95)
    assert 1.2 * p95 > 35
    assert 1.4 * p95 > 40
    assert words(visit(2, 7000, [34.9999999, 35.0, 39.9999999, 40.0])) == [
        "obesity", "obesity_class_2", "obesity_class_2", "obesity_class_3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "height", "weight", "word"),
    [
        (7000, 151.0, 91.204, "obesity_class_3"),
        (7000, 156.5, 97.969, "obesity_class_3"),
        (7305, 172.0, 73.96, "overweight"),
        (7305, 163.0, 79.707, "obesity"),
        (7305, 179.0, 128.164, "obesity_class_3"),
    ],
)
def test_a_limit_reached_on_paper_is_reached(days: int, height: float, weight: float, word: str) -> None:
    """Exactly 40, 25, 30 kg/m² in decimals; in binary fractions a hair less."""
    visits = assess(Children.of_days([2], [days]), [height], [weight])
    assert visits.bmi_value[0] != round(visits.bmi_value[0])
    assert words(visits) == [word]


def test_just_below_the_95th_a_child_of_any_age_is_overweight() -> None:
    children = Children.of_days(np.repeat([1, 2], 6574), np.tile(np.arange(731, 7305), 2))
    p95 = measurement_at_percentile(Measure.BMI, children, 95).value
    below = assess(children, METER, p95 * 0.999)
    assert set(below.weight_status.tolist()) == {WeightStatus.OVERWEIGHT}


@pytest.mark.parametrize(
    ("bmi", "word"),
    [
        (18.4999, "underweight"),
        (18.5, "healthy_weight"),
        (24.9999, "healthy_weight"),
        (25.0, "overweight"),
        (30.0, "obesity"),
        (35.0, "obesity_class_2"),
        (40.0, "obesity_class_3"),
    ],
)
@pytest.mark.parametrize("sex", [0, 1, 2])
def test_from_240_months_the_adult_limits_hold_whatever_the_sex(bmi: float, word: str, sex: int) -> None:
    visits = visit(sex, 7305, [bmi])
    assert words(visits) == [word]
    assert np.isnan(visits.bmi.z[0])
    assert np.isnan(visits.percent_of_p95[0])


def test_under_24_months_there_is_a_z_score_and_no_status() -> None:
    visits = visit(1, 730, [16.0])
    assert words(visits) == ["none"]
    assert np.isfinite(visits.bmi.z[0])
    assert np.isnan(visits.percent_of_p95[0])


def test_without_an_answer_there_is_no_status() -> None:
    children = Children.of_days([1, 0, 1, 1, 1], [4000, 4000, -1, 4000, 7400])
    visits = assess(children, [140, 140, 140, np.nan, 170], [np.nan, 35, 35, 35, 0])
    assert words(visits) == ["none"] * 5
