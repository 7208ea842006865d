"""An implausible value is flagged to be checked: a height in inches, a weight in pounds, two that were swapped."""

from __future__ import annotations

import numpy as np
import pytest

from records.growth import Children, Measure, assess, scores
from records.growth.implausible import flag_cdc, flag_who
from records.growth.kernel import Scratch
from records.growth.tables import day_table


def test_inches_typed_as_centimeters_are_implausibly_short() -> None:
    """Eight-year-old of 4'2\" (127 cm) and 26 kg, whose 50 inches were typed as 50 cm."""
    visits = assess(Children.of_days([1], [2922]), [50.0], [26.0])
    assert visits.height.implausible.tolist() == [-1]
    assert visits.bmi.implausible.tolist() == [1]
    assert visits.weight.implausible.tolist() == [0]


def test_pounds_typed_as_kilograms_are_implausible_in_a_heavy_child() -> None:
    """70 kg at ten years is heavy and believed; the same child's 154 lb typed as kg is not."""
    visits = assess(Children.of_days([2, 2], [3653, 3653]), [145.0, 145.0], [70.0, 154.3])
    assert visits.weight.implausible.tolist() == [0, 1]
    assert visits.bmi.implausible.tolist() == [0, 1]


def test_height_and_weight_swapped_are_both_flagged() -> None:
    visits = assess(Children.of_days([1], [2922]), [26.0], [127.0])
    assert visits.height.implausible.tolist() == [-1]
    assert visits.weight.implausible.tolist() == [1]
    assert visits.bmi.implausible.tolist() == [1]


def test_a_body_mass_index_of_333_is_flagged_though_its_lms_score_is_small() -> None:
    """The plain LMS z-score cannot pass -1/(LS); the modified one can."""
    lms, row = day_table(Measure.BMI), 8192 + 2922
    assert -1 / (lms.power[row] * lms.spread[row]) < 4
    visits = assess(Children.of_days([1], [2922]), [100.0], [333.0])
    assert visits.bmi.modified_z[0] > 50
    assert visits.bmi.implausible.tolist() == [1]


@pytest.mark.parametrize(
    ("measure", "low", "high"), [(Measure.HEIGHT, -5, 4), (Measure.WEIGHT, -5, 8), (Measure.BMI, -4, 8)]
)
def test_a_modified_z_at_the_limit_is_believed_and_beyond_it_is_not(measure: Measure, low: int, high: int) -> None:
    """CDC's limits for the 2000 charts, as its SAS program compares with them."""
    modified = np.array([low - 1e-9, low, 0.0, high, high + 1e-9, np.nan])
    flag = np.full(6, 9, dtype=np.int8)
    flag_cdc(measure, modified, flag, Scratch(6))
    assert flag.tolist() == [-1, 0, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("measure", "low", "high", "at_high"),
    [(Measure.HEIGHT, -6, 6, 1), (Measure.WEIGHT, -6, 5, 1), (Measure.BMI, -5, 5, 0)],
)
def test_under_24_months_length_and_weight_are_high_at_their_limit(
    measure: Measure, low: int, high: int, at_high: int
) -> None:
    """WHO's limits on the plain z-score, as CDC's program for WHO compares with them."""
    z = np.array([low - 1e-9, low, 0.0, high - 1e-9, high, high + 1e-9, np.nan])
    flag = np.full(8, 9, dtype=np.int8)
    infants = Children.of_days(1, [0, 100, 365, 365, 365, 730, 365, 731])
    flag_who(measure, infants, slice(0, 8), np.append(z, 0.0), flag)
    assert flag.tolist() == [-1, 0, 0, 0, at_high, 1, 0, 9]


def test_an_infant_is_judged_by_the_plain_score() -> None:
    visits = assess(Children.of_days(np.ones(4), np.full(4, 365)), [50.0, 66.0, 76.0, 91.0], [4.0, 6.5, 9.6, 18.0])
    assert visits.height.implausible.tolist() == [-1, 0, 0, 1]
    assert visits.height.z[0] < -6
    assert visits.height.z[3] >= 6
    assert visits.weight.implausible.tolist()[2:] == [0, 1]
    assert np.isnan(visits.height.modified_z).all()


def test_an_implausible_value_keeps_its_score() -> None:
    """A flag says look again; it takes nothing away."""
    visits = assess(Children.of_days([1], [2922]), [50.0], [26.0])
    alone = scores(Measure.HEIGHT, Children.of_days([1], [2922]), [50.0])
    assert visits.height.z[0] == alone.z[0] < -10
    assert np.isfinite(visits.bmi.percentile[0])
