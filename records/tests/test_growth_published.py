"""The lines that CDC printed: a small piece of its percentile tables, for every checkout.

From CDC's data files of the 2000 growth charts (bmiagerev, statage, wtage; National Center for Health Statistics),
with the decimals as published.
"""

from __future__ import annotations

import numpy as np
import pytest

from records.growth import Children, Measure, measurement_at_percentile, scores

PERCENTILES = np.array([3, 5, 10, 25, 50, 75, 90, 95, 97])
LINES = [
    # measure, sex, age in months, the measurement at the 3rd, 5th, 10th, 25th, 50th, 75th, 90th, 95th, 97th
    (Measure.BMI, 1, 24.5, 14.50347667, 14.71929257, 15.07117474, 15.71962876, 16.54777487, 17.52129279, 18.56110634,
     19.27889813, 19.79194014),
    (Measure.BMI, 1, 96.5, 13.58604144, 13.79574779, 14.14712305, 14.82964685, 15.78231007, 17.05798645, 18.69225117,
     20.06792538, 21.2353237),
    (Measure.BMI, 1, 239.5, 18.68822161, 19.10550722, 19.80312068, 21.14945673, 22.99908062, 25.39724967, 28.29381294,
     30.54859414, 32.31786791),
    (Measure.BMI, 2, 36.5, 13.80229888, 14.00209476, 14.32806133, 14.92950329, 15.69924188, 16.60686761, 17.5801877,
     18.25475381, 18.73837743),
    (Measure.BMI, 2, 120.5, 13.7407435, 14.03535405, 14.5310003, 15.49992271, 16.86231366, 18.69520235, 21.03668675,
     22.98257733, 24.60332779),
    (Measure.HEIGHT, 1, 96.5, 117.4999879, 118.8052553, 120.830485, 124.2562127, 128.1237104, 132.0558684, 135.6503652,
     137.8267001, 139.2501934),
    (Measure.HEIGHT, 2, 180.5, 149.7416255, 151.2611287, 153.6039864, 157.5271178, 161.8979913, 166.281224, 170.236624,
     172.6083849, 174.1505102),
    (Measure.WEIGHT, 1, 150.5, 31.13865154, 32.30727227, 34.26487746, 38.04241318, 43.18828419, 49.6994021, 57.20431332,
     62.71500036, 66.81782206),
    (Measure.WEIGHT, 2, 36.5, 11.38824099, 11.65541879, 12.0925858, 12.90221529, 13.94108332, 15.16452247, 16.46788956,
     17.3624437, 17.9980699),
]  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{Measure(line[0]).name}-{line[1]}-{line[2]}")
def test_each_printed_line_lies_at_its_percentile(line: tuple[Measure, int, float, float]) -> None:
    measure, sex, months, *published = line
    upto = 8 if measure == Measure.BMI else 9  # above the 95th CDC's extended method has replaced the printed line
    children = Children.of_months(np.full(upto, sex), np.full(upto, months))
    values = np.array(published[:upto])
    assert np.abs(scores(measure, children, values).percentile - PERCENTILES[:upto]).max() < 1e-5
    back = measurement_at_percentile(measure, children, PERCENTILES[:upto]).value
    assert np.abs(back - values).max() < 1e-6


def test_the_extended_method_gives_what_its_formula_says() -> None:
    """A ten-year-old boy of 30 kg/m²: 90 + 10 Phi((30 - P95)/sigma), worked by hand (Wei 2020)."""
    boy = Children.of_months([1], [120.5])
    p95 = float(measurement_at_percentile(Measure.BMI, boy, 95).value[0])
    assert p95 == pytest.approx(22.15409242, abs=1e-8)  # as CDC published it
    years = 120.5 / 12
    sigma = 0.3728 + 0.5196 * years - 0.0091 * years**2
    distance = (30 - p95) / sigma
    by_hand = 90 + 10 * 0.5 * (1 + float(np.sign(distance)) * erf(distance / 2**0.5))
    found = scores(Measure.BMI, boy, [30.0])
    assert found.percentile[0] == pytest.approx(by_hand, abs=1e-9)
    assert 2.0 < found.z[0] < 3.0


def erf(x: float) -> float:
    """The error function by its series, so that the check leans on nothing the kernel uses."""
    total, term = 0.0, x
    for n in range(60):
        total += term / (2 * n + 1)
        term *= -x * x / (n + 1)
    return float(2 / np.pi**0.5 * total)
