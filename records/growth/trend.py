"""How a child moves across the chart between two visits, and which earlier visit to compare with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from records.growth.ages import DAYS_A_YEAR, NO_AGE, whole_days
from records.growth.codes import Reason
from records.growth.tables import Floats
from records.growth.velocity import SHORTEST_INTERVAL

LINES = (5, 10, 25, 50, 75, 85, 95)
"""The percentile lines of CDC's charts; a child that crosses two of them needs a look."""
LINES_Z = ndtri(np.array(LINES) / 100)


@dataclass(frozen=True, slots=True)
class Trend:
    """n intervals, in their order."""

    z_per_year: Floats
    """Change of the z-score a year; NaN without answer and for an interval under six months."""
    lines_crossed: NDArray[np.int8]
    """Percentile lines crossed, negative when falling; given for short intervals too. 0 without answer."""
    reason: NDArray[np.uint8]


def trend(first_days: ArrayLike, first_z: ArrayLike, last_days: ArrayLike, last_z: ArrayLike) -> Trend:
    """Compare two z-scores of one measure of one child, for n children; ages in days.

    A line counts as crossed when the child was below it and now is at or above it, or the other way.
    """
    start, end = whole_days(first_days), whole_days(last_days)
    before, after = (np.asarray(values, dtype=np.float64) for values in (first_z, last_z))
    days = end.astype(np.int64) - start
    reason = np.select(
        [np.isnan(before) | np.isnan(after), (start == NO_AGE) | (end == NO_AGE), days < SHORTEST_INTERVAL],
        [Reason.NOT_MEASURED, Reason.AGE_UNKNOWN, Reason.INTERVAL_TOO_SHORT],
        default=Reason.ANSWERED,
    ).astype(np.uint8)
    with np.errstate(all="ignore"):
        speed = np.where(reason == Reason.ANSWERED, (after - before) / (days / DAYS_A_YEAR), np.nan)
    position = [np.searchsorted(LINES_Z, z, side="right") for z in (before, after)]
    comparable = np.isin(reason, (Reason.ANSWERED, Reason.INTERVAL_TOO_SHORT)) & (days > 0)
    crossed = np.where(comparable, position[1] - position[0], 0).astype(np.int8)
    return Trend(speed, crossed, reason)


def earlier_visit(
    child: ArrayLike, age_days: ArrayLike, usable: ArrayLike, at_least: int = SHORTEST_INTERVAL
) -> NDArray[np.intp]:
    """Return for each of n visits the index of the same child's latest usable one `at_least` days before, or -1.

    `child` numbers the children (any non-negative integers), in any order; `usable` is false for visits that are not
    to be compared with: implausible, entered in error, without the measurement.
    """
    number, days = np.asarray(child, dtype=np.int64), whole_days(age_days).astype(np.int64)
    known = days != NO_AGE
    # One sorted key for child and age: ages in days stay under 2^20, so the children do not mix.
    key = (number << 21) + np.clip(days, -(2**19), 2**20 - 1)
    candidates = np.flatnonzero(np.asarray(usable, dtype=bool) & known)
    order = candidates[np.argsort(key[candidates], kind="stable")]
    if not order.size:
        return np.full(len(number), -1, dtype=np.intp)
    place = np.searchsorted(key[order], key - at_least, side="right") - 1
    found = order[np.maximum(place, 0)]
    return np.where((place >= 0) & known & (number[found] == number), found, -1)
