"""From a z-score or percentile back to the measurement: the lines of a chart, and a check of the way there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from records.growth.ages import LAST_WHO_DAY
from records.growth.children import Children
from records.growth.codes import Measure, Reason
from records.growth.kernel import HIGHEST_Z, why
from records.growth.tables import Z95, Floats, Lms, at_z


@dataclass(frozen=True, slots=True)
class Answers:
    """n values, in their order."""

    value: Floats
    """In the measure's unit; NaN without answer."""
    reason: NDArray[np.uint8]


def measurement_at_percentile(measure: Measure, children: Children, percentile: ArrayLike) -> Answers:
    """Return the measurement at a percentile (0 to 100, one or n) for n children; see measurement_at."""
    return measurement_at(measure, children, ndtri(np.asarray(percentile, dtype=np.float64) / 100))


def measurement_at(measure: Measure, children: Children, z: ArrayLike) -> Answers:
    """Return the measurement with this z-score (one or n) for n children: the inverse of scores.scores.

    Above the 95th percentile of the body mass index by the extended method, for WHO by its linear rule beyond 3 SD.
    Reason.BEYOND_REFERENCE where none has it: beyond the power's limit, and from CDC's highest z of 8.21 on.
    """
    wanted = np.broadcast_to(np.asarray(z, dtype=np.float64), len(children)).copy()
    lms, rows = children.table(measure), children.row
    infants = (children.age_days >= 0) & (children.age_days <= LAST_WHO_DAY)
    with np.errstate(all="ignore"):
        value = at_z(lms.power[rows], lms.median[rows], lms.spread[rows], wanted)
        if measure == Measure.BMI:
            high = np.flatnonzero((wanted > Z95) & ~infants)
            distance = -ndtri(10 * ndtr(-wanted[high]))
            value[high] = lms.p95[rows[high]] + lms.sigma[rows[high]] * distance
            value[high[wanted[high] >= HIGHEST_Z]] = np.nan
        if measure != Measure.HEIGHT:
            far = np.flatnonzero((np.abs(wanted) > 3) & infants)
            value[far] = _beyond_three(lms, rows[far], wanted[far])
        found = np.isfinite(value) & (value > 0)
    value[~found] = np.nan
    reason = np.zeros(len(children), dtype=np.uint8)
    without = np.flatnonzero(~found)
    # The median asks why: is it the child that no reference covers, or the z-score?
    given = np.where(np.isnan(wanted[without]), np.nan, 1.0)
    reason[without] = why(measure, children, without, given)
    reason[reason == Reason.NOT_A_MEASUREMENT] = Reason.BEYOND_REFERENCE
    return Answers(value, reason)


def _beyond_three(lms: Lms, rows: NDArray[np.intp], z: Floats) -> Floats:
    sign = np.sign(z)
    third, second = (at_z(lms.power[rows], lms.median[rows], lms.spread[rows], sign * sd) for sd in (3.0, 2.0))
    value: Floats = third + (np.abs(z) - 3) * (third - second)
    return value
