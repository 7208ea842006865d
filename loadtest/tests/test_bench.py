"""The benchmarks' own arithmetic: ratios inside a round, a control that finds noise, a floor of the same work."""

from __future__ import annotations

import itertools
import json
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import ndtr

from devtools.trouble import Trouble
from loadtest.bench.__main__ import main
from loadtest.bench.growth import Arguments, District, floors, kernels
from loadtest.bench.rounds import Ratio, Variants, side_by_side
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


def test_a_variant_with_several_costs_is_named_with_each() -> None:
    costs = iter([{"cpu": 2.0, "wall": 9.0}, {"cpu": 4.0, "wall": 3.0}, {"cpu": 6.0, "wall": 6.0}])
    variants: Variants = {"one": lambda: next(costs), "other": lambda: 2.0}
    ratios = {"cpu": Ratio("one cpu", "other"), "rps": Ratio("other", "one wall"), "same": Ratio("other", "other")}
    found = side_by_side("try", variants, ratios, "same", rounds=3)
    assert found["ratios"] == {"cpu": 2.0, "rps": 0.3333, "same": 1.0}
    assert found["spread"]["cpu"] == [1.0, 3.0]
    assert found["env"]["medians"] == {"one cpu": 4.0, "one wall": 6.0}


def test_each_control_has_a_band_of_its_own() -> None:
    variants = {"one": lambda: 1.0, "again": lambda: 1.2}
    ratios = {"wide": Ratio("again", "one"), "narrow": Ratio("one", "one")}
    found = side_by_side("try", variants, ratios, {"wide": (0.8, 1.25), "narrow": (0.9, 1.1)}, 2)
    assert found["env"]["noisy"] is False
    assert side_by_side("try", variants, ratios, {"wide": (0.9, 1.1), "narrow": (0.9, 1.1)}, 2)["env"]["noisy"] is True


def test_a_benchmark_that_cannot_be_run_is_named_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise Trouble("cached: 3 × status 500. The run is void.")

    modules = {"broken": SimpleNamespace(run=fails), "sound": SimpleNamespace(run=lambda: {"bench": "sound"})}
    monkeypatch.setattr("loadtest.bench.__main__.BENCHES", {name: name for name in modules})
    monkeypatch.setattr("loadtest.bench.__main__.import_module", modules.__getitem__)
    assert main([]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"bench": "sound"}
    assert printed.err.startswith("broken: cached: 3 × status 500")
