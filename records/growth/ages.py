"""Age in days, which decides everything: the reference, its row, the end of the charts.

Days and not birthdays, because CDC's and WHO's tables count them: a second birthday is day 730 or 731, and the charts
change at 730.5 days. A month here is 30.4375 days, a year 365.25.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Dates: TypeAlias = ArrayLike | Sequence[date | None]
"""Dates as they come: datetime64, or a list in which None is an unknown one."""

DAYS_A_MONTH = 30.4375
DAYS_A_YEAR = 365.25
LAST_WHO_DAY = 730
"""WHO's SAS program covers day 0 to 730, CDC's begins at 24.0 months = 730.5 days."""
LAST_CDC_DAY = 7304
"""CDC's program ends before 240 months = 7,305 days."""
NO_AGE = np.iinfo(np.int32).min
"""Stands for an age that is not known, where NaN cannot."""


def age_days(born: Dates, measured: Dates) -> NDArray[np.int32]:
    """Return whole days from birth to measurement for two arrays of dates; NO_AGE where one is missing (NaT, None).

    Negative where the measurement lies before birth. Accepts datetime64 and datetime.date.
    """
    days = np.asarray(measured, dtype="datetime64[D]") - np.asarray(born, dtype="datetime64[D]")
    return np.where(np.isnat(days), NO_AGE, days.astype(np.int64)).astype(np.int32, copy=False)


def whole_days(age: ArrayLike) -> NDArray[np.int32]:
    """Return ages in days as the kernel wants them: int32, fractions cut off, NaN and infinities as NO_AGE."""
    days: NDArray[Any] = np.asarray(age)
    if days.dtype == np.int32:
        return days
    if days.dtype == object:
        days = days.astype(np.float64)
    if days.dtype.kind == "f":
        days = np.floor(np.where(np.isfinite(days), days, NO_AGE))
    whole: NDArray[np.int32] = np.clip(days, NO_AGE, np.iinfo(np.int32).max).astype(np.int32)
    return whole
