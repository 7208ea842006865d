"""What must hold for any child and any measurement; hypothesis looks for one that breaks it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from records.growth import (
    Children,
    Measure,
    Reason,
    WeightStatus,
    assess,
    measurement_at,
    measurement_at_percentile,
    scores,
)

sexes = st.sampled_from([1, 2])
days = st.integers(0, 7304)
charted = st.integers(731, 7304)
measures = st.sampled_from(list(Measure))
# How far from the median, as a factor: from a sixth to six times it, wider than any child.
factors = st.floats(0.16, 6.0)
anything = st.floats(allow_nan=True, allow_infinity=True)


def score(measure: Measure, sex: int, day: int, *values: float) -> tuple[list[float], list[float]]:
    found = scores(measure, Children.of_days(sex, np.full(len(values), day)), values)
    return found.z.tolist(), found.percentile.tolist()


def median(measure: Measure, sex: int, day: int) -> float:
    return float(measurement_at(measure, Children.of_days([sex], [day]), 0.0).value[0])


@given(measures, sexes, days, factors, factors)
def test_a_larger_measurement_has_a_larger_z_score(
    measure: Measure, sex: int, day: int, one: float, other: float
) -> None:
    small, large = sorted((one, other))
    assume(large > small * 1.0001)
    middle = median(measure, sex, day)
    (low, high), (low_percentile, high_percentile) = score(measure, sex, day, small * middle, large * middle)
    # At the top of CDC's extended scale z stands still, by definition.
    assert low < high or low == high == 8.21
    assert 0 <= low_percentile <= high_percentile <= 100


@given(measures, sexes, days)
def test_the_median_has_z_0_and_percentile_50(measure: Measure, sex: int, day: int) -> None:
    (z,), (percentile,) = score(measure, sex, day, median(measure, sex, day))
    assert z == pytest.approx(0, abs=1e-12)
    assert percentile == pytest.approx(50, abs=1e-9)


@given(measures, sexes, days, st.floats(-4, 5))
def test_the_inverse_gives_the_z_score_back(measure: Measure, sex: int, day: int, wanted: float) -> None:
    children = Children.of_days([sex], [day])
    answer = measurement_at(measure, children, wanted)
    assume(answer.reason[0] == Reason.ANSWERED)
    assert scores(measure, children, answer.value).z[0] == pytest.approx(wanted, abs=1e-7)


@given(measures, sexes, days, st.floats(0.5, 1.6))
def test_the_inverse_gives_the_measurement_back(measure: Measure, sex: int, day: int, factor: float) -> None:
    children = Children.of_days([sex], [day])
    value = factor * median(measure, sex, day)
    z = scores(measure, children, [value]).z
    assume(abs(z[0]) < 7.5)
    assert measurement_at(measure, children, z).value[0] == pytest.approx(value, rel=1e-6)


@given(measures, sexes, days, st.floats(0.1, 99.9))
def test_a_percentile_line_lies_at_its_percentile(measure: Measure, sex: int, day: int, wanted: float) -> None:
    children = Children.of_days([sex], [day])
    value = measurement_at_percentile(measure, children, wanted).value
    assert scores(measure, children, value).percentile[0] == pytest.approx(wanted, abs=1e-6)


@given(sexes, charted, st.floats(10, 60))
def test_status_percentile_and_share_of_the_95th_tell_one_story(sex: int, day: int, bmi: float) -> None:
    visits = assess(Children.of_days([sex], [day]), [100.0], [bmi])
    status, percentile, share = visits.weight_status[0], visits.bmi.percentile[0], visits.percent_of_p95[0]
    if status == WeightStatus.UNDERWEIGHT:
        assert percentile < 5
    elif status == WeightStatus.HEALTHY_WEIGHT:
        assert 5 <= percentile < 85
    elif status == WeightStatus.OVERWEIGHT:
        assert percentile >= 85
        assert share < 100
    else:
        assert percentile >= 95
        assert share >= 100
    assert (status >= WeightStatus.OBESITY_CLASS_2) == (share >= 100 and (share >= 120 or bmi >= 35 - 1e-9))
    assert (status == WeightStatus.OBESITY_CLASS_3) == (share >= 100 and (share >= 140 or bmi >= 40 - 1e-9))


@given(sexes, charted, st.floats(12, 60))
def test_a_heavier_child_is_never_in_a_lighter_class(sex: int, day: int, bmi: float) -> None:
    visits = assess(Children.of_days(sex, [day] * 3), 100.0, [bmi, bmi * 1.001, bmi * 1.2])
    assert visits.weight_status.tolist() == sorted(visits.weight_status.tolist())


@given(sexes, charted)
def test_the_extended_method_begins_where_the_plain_one_ends(sex: int, day: int) -> None:
    p95 = float(measurement_at_percentile(Measure.BMI, Children.of_days([sex], [day]), 95).value[0])
    (below, above), (low, high) = score(Measure.BMI, sex, day, p95 * (1 - 1e-9), p95 * (1 + 1e-9))
    assert above - below < 1e-6
    assert low == pytest.approx(95, abs=1e-6)
    assert high == pytest.approx(95, abs=1e-6)


@given(measures, sexes, st.floats(24, 239.9), st.floats(0.7, 1.4))
def test_a_month_path_has_no_jump(measure: Measure, sex: int, months: float, factor: float) -> None:
    """A child does not change its percentile overnight, not even where L of its height passes zero."""
    value = factor * median(measure, sex, 4000)
    found = scores(measure, Children.of_months([sex, sex], [months, months + 1e-6]), value)
    assume(abs(found.z[0]) < 8)
    assert abs(found.z[1] - found.z[0]) < 1e-4


@given(st.lists(st.tuples(st.integers(-5, 300), st.integers(-(2**31), 2**31 - 1), anything, anything), max_size=40))
def test_no_batch_raises_and_every_row_answers_or_says_why(rows: list[tuple[int, int, float, float]]) -> None:
    sex, age, height, weight = ([row[column] for row in rows] for column in range(4))
    visits = assess(Children.of_days(np.array(sex, dtype=int), np.array(age, dtype=int)), height, weight)
    for one in (visits.height, visits.weight, visits.bmi):
        answered = one.reason == Reason.ANSWERED
        assert (np.isfinite(one.z) == answered).all()
        assert (np.isfinite(one.percentile) == answered).all()
        assert set(one.reason.tolist()) <= set(Reason)
        assert not one.implausible[~answered].any()
    assert set(visits.weight_status.tolist()) <= set(WeightStatus)
