"""The z-score of a block of measurements: where the time goes, so plain passes over buffers that stay in the cache.

`scores.py` and `assessment.py` cut their arrays into blocks and own the results; here is the arithmetic alone, on one
block. Nothing here raises for a value: what has no answer is NaN, and `why` tells the reason.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from records.growth.ages import LAST_CDC_DAY, LAST_WHO_DAY, NO_AGE
from records.growth.children import Children
from records.growth.codes import Measure, Reason, Sex
from records.growth.tables import Floats, Lms, at_z

BLOCK = 8192
HIGHEST_Z = 8.21
"""CDC's extended body mass index z ends here: its percentile is 100 in double precision."""
# The logarithm of how far a measurement may lie from the median; zero, negatives, NaN and infinities lie further.
FURTHEST = 20.0


class Scratch:
    """Buffers for one block, made once a call."""

    __slots__ = ("first", "mask", "second", "third")

    def __init__(self, length: int) -> None:
        size = min(length, BLOCK)
        self.first, self.second, self.third = (np.empty(size) for _ in range(3))
        self.mask = np.empty(size, dtype=bool)


def blocks(length: int) -> Iterator[slice]:
    """Yield the slices that cut an array into blocks."""
    for start in range(0, length, BLOCK):
        yield slice(start, min(start + BLOCK, length))


def z_and_percentile(
    lms: Lms, row: NDArray[np.intp], value: Floats, z: Floats, percentile: Floats, scratch: Scratch
) -> NDArray[np.bool_] | None:
    """Write ((x/M)^L - 1)/(L S) and 100 Phi(z), NaN without answer; return which have one, None when all do.

    The mask returned is the scratch's own, good until the next use.
    """
    size = len(value)
    ratio, factor, answered = scratch.first[:size], scratch.second[:size], scratch.mask[:size]
    # mode="clip" spares take() a copy of its output; every row is in range.
    lms.by_median.take(row, out=ratio, mode="clip")
    np.multiply(ratio, value, out=ratio)
    np.log(ratio, out=ratio)
    np.abs(ratio, out=factor)
    np.less(factor, FURTHEST, out=answered)
    lms.power.take(row, out=factor, mode="clip")
    np.multiply(ratio, factor, out=ratio)
    np.expm1(ratio, out=z)
    lms.by_power_spread.take(row, out=factor, mode="clip")
    np.multiply(z, factor, out=z)
    everyone = bool(answered.all())
    if not everyone:
        z[~answered] = np.nan
    ndtr(z, out=percentile)
    np.multiply(percentile, 100.0, out=percentile)
    return None if everyone else answered


def extend_bmi(
    lms: Lms, row: NDArray[np.intp], bmi: Floats, z: Floats, percentile: Floats, scratch: Scratch
) -> NDArray[np.intp]:
    """Replace the answers above the 95th percentile by CDC's extended method of 2022; return which lie there.

    percentile = 90 + 10 Phi((x - P95)/sigma), z its normal quantile, at most 8.21 (Wei 2020). Calculated in the upper
    tail, 10 Phi(-d): near 100 the textbook's form loses every digit that tells one child from another.
    """
    p95 = scratch.first[: len(bmi)]
    lms.p95.take(row, out=p95, mode="clip")
    above = np.flatnonzero(np.greater(bmi, p95))
    above = above[np.isfinite(z[above])]
    if above.size:
        tail = bmi[above]
        tail -= p95[above]
        tail /= lms.sigma[row[above]]
        np.negative(tail, out=tail)
        ndtr(tail, out=tail)
        tail *= 0.1
        percentile[above] = 100.0 - 100.0 * tail
        ndtri(tail, out=tail)
        np.negative(tail, out=tail)
        z[above] = np.minimum(tail, HIGHEST_Z, out=tail)
    return above


def straighten_who(lms: Lms, children: Children, block: slice, value: Floats, z: Floats, percentile: Floats) -> None:
    """Replace WHO's weight and body mass index z beyond 3 by WHO's rule: linear in the distance from 2 to 3 SD.

    z = 3 + (x - SD3)/(SD3 - SD2), mirrored below -3 (WHO 2006; CDC's who-source-code.sas). Lengths need none, L is 1.
    """
    days = children.age_days[block]
    far = np.flatnonzero((days >= 0) & (days <= LAST_WHO_DAY) & (np.abs(z) > 3))
    if far.size:
        rows = children.row[block][far]
        power, median, spread = lms.power[rows], lms.median[rows], lms.spread[rows]
        sign = np.sign(z[far])
        third, second = (at_z(power, median, spread, sign * number) for number in (3.0, 2.0))
        z[far] = sign * 3 + (value[far] - third) / np.abs(third - second)
        percentile[far] = 100 * ndtr(z[far])


def measured(
    measure: Measure, children: Children, block: slice, value: Floats, z: Floats, percentile: Floats,
    reason: NDArray[np.uint8], scratch: Scratch, infants: bool,
) -> NDArray[np.intp]:  # fmt: skip
    """Write z, percentile and reason of one block by whichever method applies; return which BMI lie above the 95th."""
    lms, row = children.table(measure), children.row[block]
    answered = z_and_percentile(lms, row, value, z, percentile, scratch)
    if answered is not None:
        without = np.flatnonzero(~answered)
        reason[without] = why(measure, children, without + block.start, value[without])
    if infants and measure != Measure.HEIGHT:
        straighten_who(lms, children, block, value, z, percentile)
    if measure == Measure.BMI:
        return extend_bmi(lms, row, value, z, percentile, scratch)
    return np.empty(0, dtype=np.intp)


def why(measure: Measure, children: Children, which: NDArray[np.intp], value: Floats) -> NDArray[np.uint8]:
    """Return the Reason of each of these that has no answer, `value` being theirs; the first that holds."""
    days, sex = children.age_days[which], children.sex[which]
    conditions = {
        Reason.NOT_MEASURED: np.isnan(value),
        Reason.NOT_A_MEASUREMENT: ~((value > 0) & np.isfinite(value)),
        Reason.AGE_UNKNOWN: days == NO_AGE,
        Reason.BEFORE_BIRTH: days < 0,
        Reason.ADULT: days > LAST_CDC_DAY,
        Reason.SEX_UNKNOWN: (sex != Sex.MALE) & (sex != Sex.FEMALE),
        Reason.NO_REFERENCE: np.isnan(children.table(measure).median[children.row[which]]),
    }
    return np.select(list(conditions.values()), list(conditions), default=Reason.NOT_A_MEASUREMENT).astype(np.uint8)
