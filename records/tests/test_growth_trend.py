"""Trend: how a child moves across the chart, and which earlier visit it is compared with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.growth import NO_AGE, Children, Measure, Reason, earlier_visit, scores, trend


def crossed(before: float, after: float, days: int = 730) -> int:
    """Lines crossed between two percentiles."""
    z = [standard(value) for value in (before, after)]
    return int(trend([3000], [z[0]], [3000 + days], [z[1]]).lines_crossed[0])


def standard(percentile: float) -> float:
    """The z-score of a percentile, found by bisection in the kernel's own answers for a girl's height."""
    child = Children.of_days([2], [3000])
    low, high = 80.0, 200.0
    for _ in range(80):
        middle = (low + high) / 2
        below = scores(Measure.HEIGHT, child, [middle]).percentile[0] < percentile
        low, high = (middle, high) if below else (low, middle)
    return float(scores(Measure.HEIGHT, child, [high]).z[0])


def test_the_change_is_counted_by_the_year() -> None:
    found = trend([3000], [0.5], [3000 + 731], [-0.5])
    assert found.z_per_year[0] == pytest.approx(-1.0 / (731 / 365.25))
    assert found.reason[0] == Reason.ANSWERED


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [(60, 55, 0), (60, 45, -1), (60, 20, -2), (60, 4, -4), (30, 80, 2), (3, 97, 7), (97, 3, -7), (96, 99, 0)],
)
def test_each_line_between_two_visits_counts_once(before: float, after: float, lines: int) -> None:
    assert crossed(before, after) == lines


def test_a_child_who_reaches_a_line_has_crossed_it_and_one_who_leaves_it_upward_has_not() -> None:
    found = trend([3000, 3000, 3000], [-0.1, 0.0, 0.0], [4000] * 3, [0.0, 0.1, -0.1])
    assert found.lines_crossed.tolist() == [1, 0, -1]


def test_within_six_months_lines_count_and_speed_does_not() -> None:
    found = trend([3000], [1.0], [3100], [-1.0])
    assert found.reason[0] == Reason.INTERVAL_TOO_SHORT
    assert np.isnan(found.z_per_year[0])
    assert found.lines_crossed[0] == -3


def test_without_two_scores_there_is_no_trend() -> None:
    found = trend([3000, 3000, NO_AGE, 3000], [np.nan, 1.0, 1.0, 1.0], [4000, 4000, 4000, 2000], [1, np.nan, 1, -1])
    assert found.reason.tolist() == [
        Reason.NOT_MEASURED, Reason.NOT_MEASURED, Reason.AGE_UNKNOWN, Reason.INTERVAL_TOO_SHORT,
    ]  # fmt: skip
    assert np.isnan(found.z_per_year).all()
    assert not found.lines_crossed.any()


def test_each_visit_finds_the_latest_one_six_months_before_of_its_own_child() -> None:
    child = [7, 7, 7, 7, 3, 3]
    days = [1000, 1100, 1300, 1500, 1290, 1501]
    # In any order: the fourth visit of child 7 looks back to the third, which is 200 days older.
    assert earlier_visit(child, days, np.ones(6, dtype=bool)).tolist() == [-1, -1, 1, 2, -1, 4]
    assert earlier_visit(child[::-1], days[::-1], np.ones(6, dtype=bool)).tolist() == [1, -1, 3, 4, -1, -1]


def test_a_visit_that_is_not_usable_is_not_compared_with() -> None:
    usable = [True, False, False, True]
    assert earlier_visit([7, 7, 7, 7], [1000, 1100, 1300, 1500], usable).tolist() == [-1, -1, 0, 0]
    assert earlier_visit([7, 7], [1000, NO_AGE], [True, True]).tolist() == [-1, -1]
    assert earlier_visit([7], [1000], [False]).tolist() == [-1]
    assert earlier_visit([], [], []).tolist() == []


visits = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1500), st.booleans()), max_size=25)


@given(visits, st.integers(1, 400))
def test_the_search_finds_what_looking_at_every_pair_finds(rows: list[tuple[int, int, bool]], at_least: int) -> None:
    child, days, usable = ([row[column] for row in rows] for column in range(3))
    found = earlier_visit(child, days, np.array(usable, dtype=bool), at_least)
    for here, (number, day, _) in enumerate(rows):
        before = [d for other, d, good in rows if other == number and good and d <= day - at_least]
        if not before:
            assert found[here] == -1
        else:
            assert (child[found[here]], days[found[here]], usable[found[here]]) == (number, max(before), True)
