"""z-scores and percentiles of one measure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from records.growth.ages import LAST_WHO_DAY
from records.growth.children import Children
from records.growth.codes import Measure
from records.growth.kernel import Scratch, blocks, measured
from records.growth.tables import Floats, Values


@dataclass(frozen=True, slots=True)
class Scores:
    """Answers for n measurements, in their order."""

    z: Floats
    """Standard deviations from the median of the child's sex and age; NaN without answer."""
    percentile: Floats
    """0 to 100, unrounded; NaN without answer. Show it rounded down, or 94.96 reads as 95 beside `overweight`."""
    reason: NDArray[np.uint8]
    """Reason of each, ANSWERED where there is a z-score."""

    @classmethod
    def room_for(cls, length: int) -> "Scores":
        """Return arrays to be written into, for a caller that scores many batches of one size."""
        return cls(np.empty(length), np.empty(length), np.empty(length, dtype=np.uint8))


def scores(measure: Measure, children: Children, value: Values, out: Scores | None = None) -> Scores:
    """Score n values in the measure's unit (cm, kg, kg/m²) against WHO (under 24 months) or CDC (under 240).

    CDC 2000 by LMS [CDC's SAS program], body mass index above the 95th percentile by CDC's extended method (2022); WHO
    2006 with its linear rule beyond 3 SD. NaN or None is a missing value. Never raises for a value. `out` is filled
    and returned where given.
    """
    values = one_for_each(children, value)
    result = out or Scores.room_for(len(children))
    result.reason.fill(0)
    scratch = Scratch(len(children))
    infants = has_infants(children)
    with np.errstate(all="ignore"):
        for block in blocks(len(children)):
            z, percentile, reason = result.z[block], result.percentile[block], result.reason[block]
            measured(measure, children, block, values[block], z, percentile, reason, scratch, infants)
    return result


def one_for_each(children: Children, value: Values) -> Floats:
    """Return n numbers, one for each child; a single one is everybody's. None becomes NaN."""
    values = np.asarray(value, dtype=np.float64)
    return values if values.shape == children.row.shape else np.broadcast_to(values, children.row.shape)


def has_infants(children: Children) -> bool:
    """Whether WHO's rule may have work to do; an unknown age counts too, which costs time and changes nothing."""
    return len(children) > 0 and bool(children.age_days.min() <= LAST_WHO_DAY)
