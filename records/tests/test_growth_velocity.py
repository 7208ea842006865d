"""Height velocity: centimeters a year, against Tanner's table, from intervals long enough to mean something."""

from __future__ import annotations

import numpy as np
import pytest

from records.growth import NO_AGE, Reason, Velocity, VelocityFinding, height_velocity

EIGHT = 2922  # days: the eighth birthday
YEAR = 365


def boy(cm: float, days: int = YEAR, first: float = 128.0, start: int = EIGHT, **more: bool) -> Velocity:
    """A boy's growth by `cm` within `days`."""
    return height_velocity([1], [start], [first], [start + days], [first + cm], **more)


def said(found: Velocity) -> tuple[str, str]:
    return VelocityFinding(found.finding[0]).word, Reason(found.reason[0]).word


def test_a_year_of_growth_is_measured_in_years_of_365_and_a_quarter_days() -> None:
    found = boy(5.4)
    assert found.cm_per_year[0] == pytest.approx(5.4 / 365 * 365.25)
    assert found.middle_days[0] == EIGHT + 182.5
    assert said(found) == ("none", "answered")


def test_an_eight_year_old_boy_is_compared_with_tanners_eight_year_olds() -> None:
    """Tanner's year with its middle at 102 months: 3.8, 5.4 and 7.0 cm."""
    middle = round(102 * 30.4375)
    found = height_velocity([1], [middle - 183], [128.0], [middle + 183], [133.4])
    assert [found.p5[0], found.p50[0], found.p95[0]] == pytest.approx([3.8, 5.4, 7.0], abs=0.01)


def test_slower_than_the_fifth_percentile_is_low() -> None:
    assert said(boy(3.0)) == ("low", "answered")
    assert said(boy(4.2)) == ("none", "answered")
    assert said(boy(0.0)) == ("low", "answered")


def test_a_girl_at_the_end_of_growth_may_stand_still() -> None:
    found = height_velocity([2], [16 * YEAR], [163.0], [17 * YEAR], [163.0])
    assert said(found) == ("none", "answered")
    assert found.cm_per_year[0] == 0


@pytest.mark.parametrize(
    ("days", "reason"), [(180, "interval_too_short"), (181, "answered"), (0, "interval_too_short")]
)
def test_less_than_six_months_is_too_short(days: int, reason: str) -> None:
    """1 September to 1 March are 181 days."""
    found = boy(3.0, days=days)
    assert said(found) == ("none", reason)
    assert np.isnan(found.cm_per_year[0]) == (reason != "answered")


def test_the_later_measurement_first_is_no_interval() -> None:
    assert said(boy(-5.0, days=-YEAR)) == ("none", "interval_too_short")


def test_a_child_who_shrank_by_more_than_a_centimeter_was_measured_wrong() -> None:
    assert said(boy(-1.1)) == ("fall", "answered")
    assert said(boy(-1.0)) == ("low", "answered")
    assert said(boy(-1.1, days=30)) == ("fall", "interval_too_short")


def test_lying_and_standing_are_not_compared() -> None:
    found = boy(-1.5, same_method=False)
    assert said(found) == ("none", "method_changed")
    assert np.isnan(found.cm_per_year[0])


def test_outside_tanners_ages_the_velocity_stands_alone() -> None:
    found = height_velocity([1, 1], [200, 7700], [66.0, 177.0], [400, 8066], [77.0, 177.1])
    assert found.reason.tolist() == [Reason.BEYOND_REFERENCE] * 2
    assert np.isfinite(found.cm_per_year).all()
    assert np.isnan(found.p50).all()
    assert not found.finding.any()


def test_an_unknown_sex_has_a_velocity_and_no_percentile() -> None:
    found = height_velocity([0], [EIGHT], [128.0], [EIGHT + YEAR], [128.0])
    assert said(found) == ("none", "sex_unknown")
    assert found.cm_per_year[0] == 0
    assert np.isnan(found.p5[0])


@pytest.mark.parametrize(
    ("first", "last", "start", "reason"),
    [
        (np.nan, 130.0, EIGHT, "not_measured"),
        (128.0, np.nan, EIGHT, "not_measured"),
        (0.0, 130.0, EIGHT, "not_a_measurement"),
        (128.0, -130.0, EIGHT, "not_a_measurement"),
        (np.inf, 130.0, EIGHT, "not_a_measurement"),
        (128.0, 130.0, NO_AGE, "age_unknown"),
        (128.0, 130.0, -400, "before_birth"),
    ],
)
def test_odd_input_says_why(first: float, last: float, start: int, reason: str) -> None:
    found = height_velocity([1], [start], [first], [EIGHT + YEAR], [last])
    assert said(found) == ("none", reason)
    for values in (found.cm_per_year, found.middle_days, found.p5, found.p50, found.p95):
        assert np.isnan(values[0])
