"""Height velocity: centimeters a year between two measurements of one child, against Tanner's table."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from records.growth.ages import DAYS_A_MONTH, DAYS_A_YEAR, NO_AGE, whole_days
from records.growth.children import sex_codes
from records.growth.codes import Reason, Sex, VelocityFinding
from records.growth.reference_files import Columns, shipped
from records.growth.tables import Floats

SHORTEST_INTERVAL = 181
"""Days: the shortest six calendar months (1 September to 1 March). A shorter interval measures mostly the error."""
YOUNGEST, OLDEST = 24, 252
"""Months of the middle of the interval that Tanner's years cover (first year's middle 30, last one's 246)."""
FALL = -1.0
"""cm: nobody shrinks by more than this."""


@dataclass(frozen=True, slots=True)
class Velocity:
    """n intervals, in their order."""

    cm_per_year: Floats
    middle_days: Floats
    """Age in days in the middle of the interval, where the velocity is plotted."""
    p5: Floats
    """Tanner's 5th, 50th and 95th percentile at that age, cm a year; NaN without answer or beyond his table."""
    p50: Floats
    p95: Floats
    finding: NDArray[np.uint8]
    """VelocityFinding of each."""
    reason: NDArray[np.uint8]
    """Reason of each; BEYOND_REFERENCE and SEX_UNKNOWN leave the velocity there and only its percentiles out."""


@cache
def tanner() -> Columns:
    """Tanner's velocities by sex and middle of the year in months."""
    return shipped("tanner_height_velocity.csv")


def height_velocity(
    sex: ArrayLike, first_days: ArrayLike, first_cm: ArrayLike, last_days: ArrayLike, last_cm: ArrayLike,
    same_method: ArrayLike = True,
) -> Velocity:  # fmt: skip
    """Return cm a year from the first to the last of two heights of one child, for n children.

    Ages in days, heights in cm; `same_method` false where one was measured lying, the other standing. CDC has no
    velocity chart; Tanner's percentiles are interpolated linearly between the middles of his years. Never raises for
    a value.
    """
    sexes, start, end = sex_codes(sex), whole_days(first_days), whole_days(last_days)
    low, high = (np.asarray(values, dtype=np.float64) for values in (first_cm, last_cm))
    days = end.astype(np.int64) - start
    alike = np.broadcast_to(np.asarray(same_method, dtype=bool), days.shape)
    with np.errstate(all="ignore"):
        growth, middle = high - low, start + days / 2
        speed = growth / (days / DAYS_A_YEAR)
        p5, p50, p95 = percentiles(sexes, middle)
        conditions = {
            Reason.NOT_MEASURED: np.isnan(growth),
            Reason.NOT_A_MEASUREMENT: ~((low > 0) & (high > 0) & np.isfinite(growth)),
            Reason.AGE_UNKNOWN: (start == NO_AGE) | (end == NO_AGE),
            Reason.BEFORE_BIRTH: (start < 0) | (end < 0),
            Reason.METHOD_CHANGED: ~alike,
            Reason.INTERVAL_TOO_SHORT: days < SHORTEST_INTERVAL,
            Reason.SEX_UNKNOWN: (sexes != Sex.MALE) & (sexes != Sex.FEMALE),
            Reason.BEYOND_REFERENCE: np.isnan(p50),
        }
        reason = np.select(list(conditions.values()), list(conditions), default=Reason.ANSWERED).astype(np.uint8)
        silent = ~np.isin(reason, (Reason.ANSWERED, Reason.SEX_UNKNOWN, Reason.BEYOND_REFERENCE))
        # A fall is an error after a week too.
        fell = (growth < FALL) & (days > 0) & (~silent | (reason == Reason.INTERVAL_TOO_SHORT))
        slow = ~silent & (speed < p5)
    finding = np.where(fell, VelocityFinding.FALL, np.where(slow, VelocityFinding.LOW, VelocityFinding.NONE))
    for values in (speed, middle, p5, p50, p95):
        values[silent] = np.nan
    return Velocity(speed, middle, p5, p50, p95, finding.astype(np.uint8), reason)


def percentiles(sex: NDArray[np.uint8], middle_days: Floats) -> tuple[Floats, Floats, Floats]:
    """Return Tanner's 5th, 50th and 95th percentile of the height velocity (cm a year) at these ages; NaN beyond."""
    table, months = tanner(), middle_days / DAYS_A_MONTH
    covered = (months >= YOUNGEST) & (months <= OLDEST)
    found = []
    for name in ("p5", "p50", "p95"):
        values = np.full(len(sex), np.nan)
        for one in (Sex.MALE, Sex.FEMALE):
            nodes, rows = table["sex"] == one, np.flatnonzero((sex == one) & covered)
            values[rows] = np.interp(months[rows], table["age_months"][nodes], table[name][nodes])
        found.append(values)
    return found[0], found[1], found[2]
