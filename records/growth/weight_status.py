"""Weight status: from underweight to class 3 obesity, on unrounded values.

From 2 to under 20 years by CDC's percentile and the share of its 95th percentile: underweight below the 5th, healthy
below the 85th, overweight below the 95th, obesity from the 95th; class 2 from 120 % of the 95th or 35 kg/m², class 3
from 140 % or 40 kg/m², whichever is lower (CDC; American Academy of Pediatrics 2023, Pediatrics 151(2):e2022060640).
The fixed limits count only for a child at or above the 95th. From 240 months by the adult limits. None under 24 months.
"""

import numpy as np
from numpy.typing import NDArray

from records.growth.codes import WeightStatus
from records.growth.kernel import Scratch
from records.growth.tables import Floats, Lms

# Lower limits in kg/m² of healthy weight, overweight, obesity classes 1 to 3 (CDC, adult BMI categories).
ADULT_LIMITS = np.array([18.5, 25.0, 30.0, 35.0, 40.0])
# 91.204 kg at 151 cm are 40 kg/m² on paper and 39.99999999999999 in a computer. Limits in kg/m² forgive that much.
ROUNDING = 1e-9


def share_of_p95(lms: Lms, row: NDArray[np.intp], bmi: Floats, share: Floats) -> None:
    """Write 100 BMI/P95 of one block; NaN without a CDC chart."""
    lms.p95.take(row, out=share, mode="clip")
    np.divide(bmi, share, out=share)
    np.multiply(share, 100.0, out=share)


def status_of_child(
    bmi: Floats, percentile: Floats, share: Floats, status: NDArray[np.uint8], scratch: Scratch
) -> None:
    """Write the WeightStatus of one block from unrounded percentile and share; of no use where the share is NaN."""
    reached = scratch.mask[: len(bmi)]
    # Each limit that is reached counts one up.
    status.fill(WeightStatus.UNDERWEIGHT)
    for limit in (5.0, 85.0):
        np.greater_equal(percentile, limit, out=reached)
        np.add(status, reached.view(np.uint8), out=status)
    np.greater_equal(share, 100.0, out=reached)
    heavy = np.flatnonzero(reached)
    if heavy.size:
        body, ratio = bmi[heavy], share[heavy]
        second = (ratio >= 120) | (body >= 35 - ROUNDING)
        third = (ratio >= 140) | (body >= 40 - ROUNDING)
        status[heavy] = WeightStatus.OBESITY + second.astype(np.uint8) + third


def status_of_adult(bmi: Floats) -> NDArray[np.uint8]:
    """Return the WeightStatus from 240 months by the adult limits; NONE for what is no body mass index."""
    status = np.searchsorted(ADULT_LIMITS - ROUNDING, bmi, side="right") + WeightStatus.UNDERWEIGHT
    return np.where((bmi > 0) & np.isfinite(bmi), status, WeightStatus.NONE).astype(np.uint8)
