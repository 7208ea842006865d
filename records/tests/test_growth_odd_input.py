"""Whatever stands in a record, a batch answers: a number where there is one, a reason where there is none."""

from __future__ import annotations

import warnings
from decimal import Decimal

import numpy as np
import pytest

from records.growth import Children, Measure, Reason, Scores, Sex, assess, measurement_at, scores

INF = np.inf


def reasons(found: Scores) -> list[str]:
    assert (np.isnan(found.z) == (found.reason != Reason.ANSWERED)).all()
    assert (np.isnan(found.percentile) == np.isnan(found.z)).all()
    return [Reason(code).word for code in found.reason]


@pytest.mark.parametrize("measure", list(Measure))
def test_what_is_no_measurement_says_so(measure: Measure) -> None:
    odd: list[float | None] = [np.nan, None, 0.0, -0.0, -120.0, INF, -INF, 1e-300, 1e300, 5e-324, 25.0]
    found = scores(measure, Children.of_days(1, np.full(len(odd), 2900)), odd)
    none = "not_a_measurement"
    assert reasons(found) == [
        "not_measured",
        "not_measured",
        none,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
        "answered",
    ]


@pytest.mark.parametrize("measure", list(Measure))
def test_what_is_no_child_of_the_charts_says_why(measure: Measure) -> None:
    sex = [1, 2, 0, 3, 255, 1, 1, 1]
    days = [2900, 2900, 2900, 2900, 2900, -1, 7305, np.nan]
    found = scores(measure, Children.of_days(sex, days), 25.0)
    unknown = "sex_unknown"
    assert reasons(found) == ["answered", "answered", unknown, unknown, unknown, "before_birth", "adult", "age_unknown"]


@pytest.mark.parametrize("sex", [[None], [np.nan], [-1], [1.5], [300], ["male"], [True + 2]])
def test_a_sex_that_is_neither_has_no_chart(sex: list[object]) -> None:
    assert reasons(scores(Measure.HEIGHT, Children.of_days(np.array(sex), [2900]), 120.0)) == ["sex_unknown"]


def test_sex_and_age_come_in_any_kind_of_number() -> None:
    expected = scores(Measure.HEIGHT, Children.of_days([2], [2900]), [125.0]).z
    for kind in (np.int8, np.uint8, np.int16, np.int64, np.uint64, np.float32, np.float64, object):
        children = Children.of_days(np.array([Sex.FEMALE], dtype=kind), np.array([2900], dtype=np.int64).astype(kind))
        if kind in (np.int8, np.uint8):
            children = Children.of_days(np.array([Sex.FEMALE], dtype=kind), [2900])
        assert scores(Measure.HEIGHT, children, [Decimal("125.0")]).z == expected


def test_a_fraction_of_a_day_does_not_make_a_child_older() -> None:
    assert Children.of_days(1, [730.99]).age_days.tolist() == [730]


def test_ages_beyond_every_counter_are_adults_or_unborn() -> None:
    found = scores(Measure.HEIGHT, Children.of_days(1, np.array([2**40, -(2**30), 2**31 - 1])), 120.0)
    assert reasons(found) == ["adult", "before_birth", "adult"]
    assert reasons(scores(Measure.HEIGHT, Children.of_days(1, [INF, -INF]), 120.0)) == ["age_unknown", "age_unknown"]


def test_weight_without_height_has_its_own_score_and_no_body_mass_index() -> None:
    visits = assess(Children.of_days(1, [2900, 2900]), [np.nan, 128.0], [26.0, np.nan])
    assert reasons(visits.height) == ["not_measured", "answered"]
    assert reasons(visits.weight) == ["answered", "not_measured"]
    assert reasons(visits.bmi) == ["not_measured", "not_measured"]
    assert np.isnan(visits.bmi_value).all()
    assert np.isnan(visits.percent_of_p95).all()


def test_a_body_mass_index_of_a_false_height_is_none() -> None:
    """Two negatives would make a plausible quotient."""
    height, weight = [-128.0, 0.0, INF, 128.0, -128.0, 128.0], [26.0, 26.0, 26.0, -26.0, -26.0, INF]
    visits = assess(Children.of_days(1, np.full(6, 2900)), height, weight)
    assert np.isnan(visits.bmi_value).all()
    assert reasons(visits.bmi) == ["not_a_measurement"] * 6


def test_where_there_is_no_answer_there_is_no_flag_and_no_modified_z() -> None:
    visits = assess(Children.of_days([0, 1, 1, 1], [2900, -5, 8000, 2900]), [128, 128, 128, -1], [26, 26, 26, INF])
    for one in (visits.height, visits.weight, visits.bmi):
        assert np.isnan(one.modified_z).all()
        assert not one.implausible.any()


def test_an_empty_batch_has_empty_answers() -> None:
    none = Children.of_days([], [])
    assert len(scores(Measure.BMI, none, []).z) == 0
    assert len(assess(none, [], []).weight_status) == 0
    assert len(measurement_at(Measure.BMI, none, []).value) == 0


def test_nothing_warns() -> None:
    odd = np.array([np.nan, 0.0, -1.0, INF, -INF, 1e300, 5e-324])
    sex, days, values = np.meshgrid([0, 1, 2, 9], [-1, 0, 400, 730, 731, 7304, 7305, -(2**31)], odd)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        children = Children.of_days(sex.ravel(), days.ravel())
        assess(children, values.ravel(), values.ravel()[::-1])
        measurement_at(Measure.BMI, children, values.ravel())


def test_a_block_in_trouble_leaves_its_neighbors_alone() -> None:
    """20,000 visits span three blocks; every seventh one is wrong in some way, and the rest answer as if alone."""
    chance = np.random.default_rng(7)
    sex, days = chance.integers(1, 3, 20_000), chance.integers(731, 7305, 20_000)
    height, weight = chance.uniform(80, 190, 20_000), chance.uniform(10, 100, 20_000)
    whole = assess(Children.of_days(sex, days), height, weight)
    wrong = np.arange(20_000) % 7 == 0
    odd = np.resize([np.nan, 0.0, -3.0, INF], wrong.sum())
    spoiled = assess(
        Children.of_days(np.where(wrong, 0, sex), days), replaced(height, wrong, odd), replaced(weight, wrong, odd)
    )
    for before, after in ((whole.height, spoiled.height), (whole.weight, spoiled.weight), (whole.bmi, spoiled.bmi)):
        assert (before.z[~wrong] == after.z[~wrong]).all()
        assert (before.percentile[~wrong] == after.percentile[~wrong]).all()
        assert (before.implausible[~wrong] == after.implausible[~wrong]).all()
        assert (after.reason[wrong] != Reason.ANSWERED).all()
    assert (whole.weight_status[~wrong] == spoiled.weight_status[~wrong]).all()


def replaced(values: np.ndarray, where: np.ndarray, others: np.ndarray) -> np.ndarray:
    result = values.copy()
    result[where] = others
    return result
