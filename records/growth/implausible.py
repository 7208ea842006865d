"""CDC's modified z-scores and implausible-value flags: "look at this again", never a reason to delete.

The modified z-score grows linearly with the measurement, where the LMS z-score of a body mass index never passes 3.1
even at 333 kg/m². It is (x - M) / (half the distance from M to z = 2), or to z = -2 below the median.
"""

import numpy as np
from numpy.typing import NDArray

from records.growth.ages import LAST_WHO_DAY
from records.growth.children import Children
from records.growth.codes import Measure
from records.growth.kernel import Scratch
from records.growth.tables import Floats, Lms

# Low below the first, high above the second, by modified z-score [CDC's SAS program for the 2000 charts, 2016 limits].
CDC_LIMITS = {Measure.HEIGHT: (-5.0, 4.0), Measure.WEIGHT: (-5.0, 8.0), Measure.BMI: (-4.0, 8.0)}
# Under 24 months by the plain z-score [CDC's SAS program for WHO]. Weight and length are high AT their limit already.
WHO_LIMITS = {Measure.HEIGHT: (-6.0, 6.0), Measure.WEIGHT: (-6.0, 5.0), Measure.BMI: (-5.0, 5.0)}


def modified_z(lms: Lms, row: NDArray[np.intp], value: Floats, modified: Floats, scratch: Scratch) -> None:
    """Write CDC's modified z-scores of one block; NaN without answer and under 24 months, where WHO has none."""
    size = len(value)
    scale, above, is_above = scratch.first[:size], scratch.second[:size], scratch.mask[:size]
    lms.median.take(row, out=scale, mode="clip")
    np.subtract(value, scale, out=modified)
    np.greater(modified, 0, out=is_above)
    lms.by_half_below.take(row, out=scale, mode="clip")
    lms.by_half_above.take(row, out=above, mode="clip")
    np.copyto(scale, above, where=is_above)
    np.multiply(modified, scale, out=modified)


def flag_cdc(measure: Measure, modified: Floats, flag: NDArray[np.int8], scratch: Scratch) -> None:
    """Write -1 for implausibly low, 1 for implausibly high, 0 for neither and where there is no modified z-score."""
    low, high = CDC_LIMITS[measure]
    too_low = scratch.mask[: len(modified)]
    np.less(modified, low, out=too_low)
    np.greater(modified, high, out=flag.view(np.bool_))
    np.subtract(flag, too_low.view(np.int8), out=flag)


def flag_who(measure: Measure, children: Children, block: slice, z: Floats, flag: NDArray[np.int8]) -> None:
    """Write the flags of children under 24 months, by WHO's z-scores; the others keep theirs."""
    days = children.age_days[block]
    infants = np.flatnonzero((days >= 0) & (days <= LAST_WHO_DAY))
    low, high = WHO_LIMITS[measure]
    scores = z[infants]
    too_high = scores > high if measure == Measure.BMI else scores >= high
    flag[infants] = too_high.astype(np.int8) - (scores < low)
