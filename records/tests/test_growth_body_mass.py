"""The body mass index alone is the one of the full assessment, for whatever is measured in whomever."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from records.growth import Children, assess, body_mass

VALUES = st.one_of(st.floats(0.1, 300), st.sampled_from([0.0, -1.0, float("nan"), float("inf")]))
VISITS = st.lists(st.tuples(st.integers(0, 3), st.integers(-10, 9000), VALUES, VALUES), max_size=20)


@given(VISITS)
def test_it_equals_the_full_assessment(visits: list[tuple[int, int, float, float]]) -> None:
    sex, days, height, weight = (np.array([visit[part] for visit in visits]) for part in range(4))
    children = Children.of_days(sex.astype(np.int64), days.astype(np.int32))
    alone, full = body_mass(children, height, weight), assess(children, height, weight)
    np.testing.assert_array_equal(alone.value, full.bmi_value)
    np.testing.assert_array_equal(alone.percentile, full.bmi.percentile)
    np.testing.assert_array_equal(alone.weight_status, full.weight_status)


def test_it_equals_it_beyond_one_block() -> None:
    chance = np.random.default_rng(7)
    size = 20_000
    children = Children.of_days(chance.integers(0, 3, size), chance.integers(-5, 8000, size).astype(np.int32))
    height, weight = chance.uniform(40, 200, size), chance.uniform(2, 150, size)
    alone, full = body_mass(children, height, weight), assess(children, height, weight)
    np.testing.assert_array_equal(alone.percentile, full.bmi.percentile)
    np.testing.assert_array_equal(alone.weight_status, full.weight_status)
