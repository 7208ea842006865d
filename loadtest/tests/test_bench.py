"""The benchmarks' own arithmetic: ratios inside a round, a control that finds noise, a floor of the same work."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.special import ndtr

from loadtest.bench.__main__ import main
from loadtest.bench.growth import Arguments, District, floors, kernels
from loadtest.bench.rounds import Ratio, side_by_side
from records.growth import Children, Measure, scores


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    """The medians of the costs are 20 and 10; the rounds say otherwise."""
    one, other = iter([10.0, 20.0, 90.0]), iter([10.0, 5.0, 30.0])
    variants = {"one": lambda: next(one), "other": lambda: next(other)}
    ratios = {"one_vs_other": Ratio("one", "other"), "doubled": Ratio("one", "other", 2), "same": Ratio("one", "one")}
    found = side_by_side("try", variants, ratios, "same", rounds=3)
    assert found["ratios"] == {"one_vs_other": 3.0, "doubled": 6.0, "same": 1.0}
    assert found["spread"]["one_vs_other"] == [1.0, 4.0]
    assert (found["env"]["attempts"], found["env"]["noisy"]) == (1, False)


def test_a_restless_machine_is_tried_again_and_then_said_to_be_one() -> None:
    calls = itertools.count()
    variants = {"one": lambda: 1.0, "again": lambda: 1.5 if next(calls) < 5 else 1.0}
    found = side_by_side("try", variants, {"same": Ratio("again", "one")}, "same", rounds=5)
    assert (found["ratios"]["same"], found["env"]["attempts"], found["env"]["noisy"]) == (1.0, 2, False)
    found = side_by_side("try", {"one": lambda: 1.0, "again": lambda: 1.5}, {"same": Ratio("again", "one")}, "same", 5)
    assert (found["ratios"]["same"], found["env"]["attempts"], found["env"]["noisy"]) == (1.5, 3, True)


def test_an_unknown_benchmark_is_named_before_anything_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["growth", "grwoth"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "grwoth" in printed.err


@pytest.mark.parametrize("measure", [Measure.HEIGHT, Measure.WEIGHT])
def test_the_floor_gets_the_numbers_that_the_kernel_calculates_with(measure: Measure) -> None:
    district = District.drawn(2000)
    value = district.height if measure == Measure.HEIGHT else district.weight
    given = Arguments.of(measure, district, value)
    assert np.abs(np.log(given.ratio)).max() < 1.5
    assert np.allclose(np.exp(given.exponent), given.ratio ** (given.exponent / np.log(given.ratio)))
    percentile = scores(measure, Children.of_days(district.sex, district.days), value).percentile
    assert np.allclose(100 * ndtr(given.z), percentile)


def test_every_variant_of_growth_runs_and_costs_something() -> None:
    district = District.drawn(20_000)
    assert np.isfinite(district.weight).all()
    costs = {name: variant() for name, variant in {**floors(district), **kernels(district)}.items()}
    assert set(costs) == {
        "floor", "floor again", "floor bmi", "floor row", "floor small", "height", "bmi", "row", "small",
    }  # fmt: skip
    assert min(costs.values()) > 0
    assert costs["row"] > costs["height"]
