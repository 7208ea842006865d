"""Whose measurements they are: sex and age, resolved once to the rows of the tables."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from records.growth.ages import DAYS_A_MONTH, LAST_CDC_DAY, LAST_WHO_DAY, NO_AGE, whole_days
from records.growth.codes import Measure, Reference, Sex
from records.growth.tables import DAYS, Lms, day_table, parameters


@dataclass(frozen=True, slots=True)
class Children:
    """Sex and age of the child of each measurement, n of them; one child may stand in it many times."""

    sex: NDArray[np.uint8]
    age_days: NDArray[np.int32]
    row: NDArray[np.intp]
    """Each one's row in the tables; a row of NaN where no reference covers sex and age."""
    table: Callable[[Measure], Lms]

    @classmethod
    def of_days(cls, sex: ArrayLike, age_days: ArrayLike) -> "Children":
        """Take sexes (1 male, 2 female, all else unknown) and ages in days (see ages.whole_days), n each or one."""
        sexes, days = np.broadcast_arrays(sex_codes(sex), whole_days(age_days))
        # As unsigned a negative day is a huge one; both end in the last row of their sex, which is NaN.
        row = np.multiply(sexes, DAYS, dtype=np.intp)
        row += np.minimum(days.view(np.uint32), DAYS - 1).view(np.int32)
        return cls(sexes, days, row, day_table)

    @classmethod
    def of_months(cls, sex: ArrayLike, age_months: ArrayLike) -> "Children":
        """Take ages in months with their fraction, as surveys and CDC's own files give them; slower than days.

        Completed months need half a month added, for that is where the child is on average (CDC's advice).
        """
        sexes, months = np.broadcast_arrays(sex_codes(sex), np.asarray(age_months, dtype=np.float64))
        days = whole_days(np.rint(months * DAYS_A_MONTH))
        # The rounded day must not cross a border that the months have not crossed.
        low, high = np.full(months.shape, NO_AGE), np.full(months.shape, np.iinfo(np.int32).max)
        for border, last_before in ((24, LAST_WHO_DAY), (240, LAST_CDC_DAY)):
            low[months >= border] = last_before + 1
            high[(months < border) & (high > last_before)] = last_before
        days = np.clip(days, low, high).astype(np.int32)

        @cache
        def table(measure: Measure) -> Lms:
            return parameters(measure, sexes, days, months)

        return cls(sexes, days, np.arange(len(days)), table)

    def __len__(self) -> int:
        return len(self.row)


def sex_codes(sex: ArrayLike) -> NDArray[np.uint8]:
    """Return sexes as bytes; what is neither 1 nor 2 (None and NaN too) becomes 0, unknown."""
    codes = np.asarray(sex)
    if codes.dtype == np.uint8 and (not codes.size or codes.max() <= Sex.FEMALE):
        return codes
    return np.where(codes == Sex.MALE, Sex.MALE, np.where(codes == Sex.FEMALE, Sex.FEMALE, 0)).astype(np.uint8)


def reference(age_days: ArrayLike) -> NDArray[np.uint8]:
    """Return the Reference that covers each age in days; NONE before birth, at unknown age and from 240 months."""
    days = whole_days(age_days)
    charted = np.where(days <= LAST_WHO_DAY, Reference.WHO2006, Reference.CDC2000)
    return np.where((days >= 0) & (days <= LAST_CDC_DAY), charted, Reference.NONE).astype(np.uint8)
