"""Percentiles from buckets: never further from the truth than the bucket is wide, over any number of processes."""

from __future__ import annotations

import math
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.histogram import Histogram, together

BOUNDS = (0.01, 0.1, 1.0, 10.0, math.inf)
times = st.lists(st.floats(min_value=0.0001, max_value=9.9), min_size=1, max_size=200)
shares = st.sampled_from([0.5, 0.95, 0.99])


def of(values: list[float]) -> Histogram:
    """Count the times into the buckets, as a meter does."""
    counts = tuple(float(sum(value <= bound for value in values)) for bound in BOUNDS)
    return Histogram(BOUNDS, counts, sum(values))


@given(times, shares)
def test_a_percentile_lies_in_the_bucket_of_the_true_one(values: list[float], share: float) -> None:
    true = sorted(values)[math.ceil(share * len(values)) - 1]
    place = bisect_left(BOUNDS, true)
    found = of(values).quantile(share)
    assert found is not None
    assert (BOUNDS[place - 1] if place else 0.0) <= found <= BOUNDS[place]


@given(times)
def test_percentiles_do_not_cross(values: list[float]) -> None:
    found = [of(values).quantile(share) or 0.0 for share in (0.5, 0.95, 0.99)]
    assert found == sorted(found)


@given(times, times)
def test_two_processes_together_are_as_one_that_did_it_all(mine: list[float], yours: list[float]) -> None:
    found = together([of(mine), of(yours)])
    assert found is not None
    assert found.counts == of(mine + yours).counts
    assert found.total == pytest.approx(sum(mine) + sum(yours))


@given(times, times)
def test_what_came_after_is_the_difference(before: list[float], after: list[float]) -> None:
    grown = of(before + after).since(of(before))
    assert grown.counts == of(after).counts
    assert grown.average == pytest.approx(sum(after) / len(after))


def test_a_process_that_began_anew_counts_from_its_beginning() -> None:
    assert of([0.5]).since(of([0.5] * 10)) == of([0.5])
    assert of([0.5]).since(None) == of([0.5])


def test_within_a_bucket_times_are_taken_as_evenly_spread() -> None:
    assert of([0.5] * 100).quantile(0.5) == pytest.approx(0.55)


def test_beyond_the_last_bound_the_bound_is_all_that_is_known() -> None:
    assert of([60.0]).quantile(0.99) == 10.0


def test_of_nothing_there_is_no_figure() -> None:
    nothing = Histogram(BOUNDS, (0.0,) * 5, 0.0)
    assert (nothing.count, nothing.average, nothing.quantile(0.5)) == (0, None, None)
    assert together([]) is None


def test_slow_ones_are_counted_at_the_end_of_a_bucket_alone() -> None:
    assert of([0.5, 2.0, 3.0]).over(1.0) == 2
    with pytest.raises(ValueError, match="not in tuple"):
        of([0.5]).over(1.5)


def test_different_buckets_are_never_added() -> None:
    other = Histogram((1.0, math.inf), (1.0, 1.0), 0.5)
    with pytest.raises(ValueError, match="different buckets"):
        of([0.5]) + other
