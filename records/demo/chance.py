"""Chance that repeats: every choice and every id of the made-up district comes from a named seed."""

from __future__ import annotations

import datetime
import math
import random
from uuid import UUID

SCHOOL_YEAR_BEGINS = 9  # September
SCHOOL_DAY_TRIES = 12
# In UTC, so that ids do not depend on a time zone setting; from 8:30 to 14:30 on the East coast of the US, and the
# same day in every US time zone.
DAY_BEGINS = datetime.time(13, 30, tzinfo=datetime.UTC)
MINUTES_A_DAY = 360


class Chance(random.Random):
    """A random generator whose seed is a name, for example `demo/7/family/12`: the same name, the same choices."""

    def happens(self, probability: float) -> bool:
        """Return True with this probability."""
        return self.random() < probability

    def count(self, mean: float) -> int:
        """Return how often something happens that happens `mean` times on average (Poisson, Knuth's method)."""
        limit, product, n = math.exp(-mean), self.random(), 0
        while product > limit:
            product *= self.random()
            n += 1
        return n

    def moment_on(self, day: datetime.date) -> datetime.datetime:
        """Return a moment of that day during school hours."""
        return datetime.datetime.combine(day, DAY_BEGINS) + datetime.timedelta(minutes=self.randrange(MINUTES_A_DAY))

    def new_id(self, at: datetime.datetime) -> UUID:
        """Return an id of the form of UUIDv7 (RFC 9562): the moment in milliseconds, then 74 random bits."""
        milliseconds = int(at.timestamp() * 1000)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | self.getrandbits(12) << 64 | 0b10 << 62 | self.getrandbits(62))

    def school_day(self, first: datetime.date, last: datetime.date) -> datetime.date:
        """Return a day of school from first to last; where chance finds none in a few tries, the last day itself."""
        begin, span = first.toordinal(), (last - first).days + 1
        for _ in range(SCHOOL_DAY_TRIES):
            day = datetime.date.fromordinal(begin + self.randrange(span))
            if is_school_day(day):
                return day
        return last


def is_school_day(day: datetime.date) -> bool:
    """Tell whether a school is open: no weekend, no summer from 21 June to August, no 23 December to 1 January."""
    if day.weekday() >= 5 or day.month in (7, 8):
        return False
    month_and_day = (day.month, day.day)
    return not ((6, 21) <= month_and_day <= (6, 30) or month_and_day >= (12, 23) or month_and_day == (1, 1))


def school_year_of(day: datetime.date) -> int:
    """Return the year in which the school year of that day began."""
    return day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1
