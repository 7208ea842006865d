"""L, M, S and what follows from them, one row for each sex and day of age.

A z-score needs L, 1/M and 1/(LS) of the child's row. Interpolating and dividing once for every possible row (40 ms,
5 MB, on first use) leaves three look-ups and one formula for a child.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from records.growth.ages import DAYS_A_MONTH, LAST_WHO_DAY
from records.growth.codes import Measure, Sex
from records.growth.reference_files import shipped, who2006

Floats: TypeAlias = NDArray[np.float64]
Values: TypeAlias = ArrayLike | Sequence[float | None] | Sequence[Decimal | None]
"""Measurements as they come: an array, or a list in which None is a missing one."""

DAYS = 8192
"""Rows for a sex; the day of age is the row within. Days that no reference covers hold NaN, the last one among them."""
# L passes through zero in height; (y^L - 1)/L has a limit there, ln y, but no value. The R program of CDC's author
# (cdcanthro) calculates with L as it is, CDC's SAS program takes ln y wherever |L| < 0.01, which makes a jump of up to
# 0.001 z at the ends of four short spans of age. We follow the former: the definition of LMS, and no jump.
NEAREST_TO_ZERO = 1e-9
Z95 = float(ndtri(0.95))
# CDC 2022: scale of the half-normal above the 95th percentile, by age in years
# (Wei 2020, doi 10.1080/03014460.2020.1808065).
SIGMA = {Sex.MALE: (0.3728, 0.5196, -0.0091), Sex.FEMALE: (0.8334, 0.3712, -0.0011)}


@dataclass(frozen=True, slots=True)
class Lms:
    """One measure's parameters by row; NaN where the reference has none. All arrays have one length."""

    power: Floats
    """L, the Box-Cox power."""
    median: Floats
    """M, in the measure's unit."""
    spread: Floats
    """S, the coefficient of variation."""
    by_median: Floats
    """1/M"""
    by_power_spread: Floats
    """1/(L S)"""
    by_half_below: Floats
    """1/((M - X at z = -2)/2): CDC's modified z-score below the median; NaN for WHO."""
    by_half_above: Floats
    """1/((X at z = 2 - M)/2): CDC's modified z-score above the median; NaN for WHO."""
    p95: Floats
    """95th percentile of the body mass index, CDC only; NaN for all else."""
    sigma: Floats
    """Scale of the body mass index above it, CDC only."""


def at_z(power: Floats, median: Floats, spread: Floats, z: Floats | float) -> Floats:
    """Return M (1 + L S z)^(1/L), the measurement at a z-score; NaN where no measurement has it."""
    value: Floats = median * np.exp(np.log1p(power * spread * z) / power)
    return value


def parameters(measure: Measure, sex: NDArray[np.uint8], age_days: NDArray[np.int32], age_months: Floats) -> Lms:
    """Return the parameters for children of these ages, one row each.

    Under 24 months by whole days (WHO), from 24 to under 240 by months, interpolated linearly as CDC's program does.
    """
    power, median, spread = (np.full(len(sex), np.nan) for _ in range(3))
    cdc, who = shipped("cdc2000.csv"), who2006(measure)
    sigma = np.full(len(sex), np.nan)
    charted = (age_months >= 24) & (age_months < 240)
    infants = (age_days >= 0) & (age_days <= LAST_WHO_DAY)
    name = measure.name.lower()
    for one in (Sex.MALE, Sex.FEMALE):
        rows = np.flatnonzero((sex == one) & charted)
        nodes = cdc["sex"] == one
        for array, letter in ((power, "l"), (median, "m"), (spread, "s")):
            array[rows] = np.interp(age_months[rows], cdc["age_months"][nodes], cdc[f"{name}_{letter}"][nodes])
        if measure == Measure.BMI:
            years = age_months[rows] / 12
            constant, linear, square = SIGMA[one]
            sigma[rows] = constant + linear * years + square * years**2
        if who is not None:
            rows = np.flatnonzero((sex == one) & infants)
            of_sex = who["sex"] == one
            for array, letter in ((power, "l"), (median, "m"), (spread, "s")):
                array[rows] = who[letter][of_sex][age_days[rows]]
    power = np.where(np.abs(power) < NEAREST_TO_ZERO, NEAREST_TO_ZERO, power)
    below = np.where(charted, (median - at_z(power, median, spread, -2)) / 2, np.nan)
    above = np.where(charted, (at_z(power, median, spread, 2) - median) / 2, np.nan)
    p95 = np.where(charted & (measure == Measure.BMI), at_z(power, median, spread, Z95), np.nan)
    return Lms(power, median, spread, 1 / median, 1 / (power * spread), 1 / below, 1 / above, p95, sigma)


@cache
def day_table(measure: Measure) -> Lms:
    """Return the parameters of every sex (0 to 2) and day (0 to 8,191); the row is sex * DAYS + day."""
    sex = np.repeat(np.array(Sex, dtype=np.uint8), DAYS)
    days = np.tile(np.arange(DAYS, dtype=np.int32), len(Sex))
    return parameters(measure, sex, days, days / DAYS_A_MONTH)
