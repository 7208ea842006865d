"""How a height, weight or BMI compares with those of children of that sex and age, also of unknown sex. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan

import numpy as np

from records.growth import Children, Measure, Sex, assess, measurement_at_percentile
from records.growth.ages import LAST_CDC_DAY

SEXES = {"male": (Sex.MALE,), "female": (Sex.FEMALE,)}
EITHER = (Sex.MALE, Sex.FEMALE)
USUAL = 2.5
"""Modified standard deviations from the median: within is usual."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The child that is measured; `sex` other than male and female is unknown, and judged by both charts."""

    sex: str
    born: date


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands among children of that sex and age: modified z-score (NaN without a chart), CDC's flag."""

    z: float
    implausible: int

    @property
    def usual(self) -> bool:
        """Whether most children of that age are like this."""
        return abs(self.z) <= USUAL


def places(whose: Whose, on: date, name: str, values: Sequence[float | tuple[float, float]]) -> list[Place]:
    """Return where each value stands: heights, weights, or pairs of both for `bmi`. Of unknown sex the milder answer.

    Who is older than the charts is compared with their last day.
    """
    sexes = SEXES.get(whose.sex, EITHER)
    given = np.array(values, dtype=np.float64)
    both = given if name == "bmi" else np.stack([given, given], axis=1)
    pairs = np.tile(both, (len(sexes), 1))
    days = min((on - whose.born).days, LAST_CDC_DAY)
    children = Children.of_days(np.repeat(np.array(sexes, dtype=np.uint8), len(values)), days)
    found = getattr(assess(children, pairs[:, 0].copy(), pairs[:, 1].copy()), name)
    # Under 24 months only WHO's plain z-score is there.
    z = np.where(np.isnan(found.modified_z), found.z, found.modified_z).reshape(len(sexes), -1)
    mildest = np.argmin(np.where(np.isnan(z), np.inf, np.abs(z)), axis=0)
    flags = found.implausible.reshape(len(sexes), -1)
    return [Place(float(z[one, at]), int(flags[one, at])) for at, one in enumerate(mildest)]


def growth_of_median(whose: Whose, day: date, on: date) -> float:
    """Return by what factor the median weight grows between two days; 1 where no chart covers both."""
    sexes = SEXES.get(whose.sex, EITHER)
    days = [min((one - whose.born).days, LAST_CDC_DAY) for one in (day, on)]
    children = Children.of_days(np.repeat(np.array(sexes, dtype=np.uint8), 2), np.tile(days, len(sexes)))
    then, now = measurement_at_percentile(Measure.WEIGHT, children, 50).value.reshape(-1, 2).mean(axis=0)
    factor = float(now / then)
    return 1.0 if isnan(factor) else factor
