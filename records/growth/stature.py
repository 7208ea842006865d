"""Lying or standing: the same child is longer lying down, and each chart knows one of the two."""

import numpy as np
from numpy.typing import ArrayLike

from records.growth.ages import LAST_WHO_DAY, whole_days
from records.growth.tables import Floats

WHO_DIFFERENCE = 0.7
"""cm by which WHO's own programs lengthen a standing height under 24 months."""
CDC_DIFFERENCE = 0.8
"""cm by which CDC shortens a lying length from 24 months on."""


def on_chart(height_cm: ArrayLike, age_days: ArrayLike, lying: ArrayLike) -> Floats:
    """Return n heights as the chart of their age expects them: length under 24 months (WHO), stature after (CDC).

    `lying` is true for a length measured lying; leave out children whose position nobody wrote down, for the custom of
    their age is the best guess. NaN stays NaN.
    """
    height, infant = np.asarray(height_cm, dtype=np.float64), whole_days(age_days) <= LAST_WHO_DAY
    flat = np.asarray(lying, dtype=bool)
    return height + np.where(infant & ~flat, WHO_DIFFERENCE, np.where(~infant & flat, -CDC_DIFFERENCE, 0.0))
