"""The two charts of a childhood, and the percentile lines on each."""

from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np

from records.growth import Children, Measure, Sex, measurement_at_percentile
from records.growth.ages import DAYS_A_MONTH, LAST_CDC_DAY, LAST_WHO_DAY
from records.growth.tables import Z95, Floats, at_z


@dataclass(frozen=True, slots=True)
class Ages:
    """A span of age: its days, the month its axis begins and ends with, and how the axis is marked."""

    first_day: int
    last_day: int
    first_month: int
    last_month: int
    months_a_line: int
    months_a_label: int
    unit_months: int
    """How many months the axis counts as one: 1 for an axis in months, 12 for one in years."""
    axis: str


class Span(Enum):
    """Which chart: WHO's to two years, CDC's from there."""

    INFANT = "birth-to-2"
    CHILD = "2-to-20"

    @property
    def ages(self) -> Ages:
        """What belongs to it."""
        return AGES[self]


AGES = {
    Span.INFANT: Ages(0, LAST_WHO_DAY, 0, 24, 1, 3, 1, "Age (months)"),
    Span.CHILD: Ages(LAST_WHO_DAY + 1, LAST_CDC_DAY, 24, 240, 12, 24, 12, "Age (years)"),
}

# The lines of the printed charts: CDC 2000, with the 85th for body mass index alone; WHO's as CDC prints them, whose
# outer ones are the cut-offs under two years (MMWR 2010;59(RR-9)).
PERCENTILES = {
    (Span.CHILD, Measure.HEIGHT): (5, 10, 25, 50, 75, 90, 95),
    (Span.CHILD, Measure.WEIGHT): (5, 10, 25, 50, 75, 90, 95),
    (Span.CHILD, Measure.BMI): (5, 10, 25, 50, 75, 85, 90, 95),
    **{(Span.INFANT, measure): (2, 5, 10, 25, 50, 75, 90, 95, 98) for measure in Measure},
}
# The limits among them, drawn stronger: what the weight status turns on, and the cut-offs.
LIMITS = {Span.INFANT: (2, 98), Span.CHILD: (5, 85, 95)}
# Percent of the 95th percentile where obesity class 2 and 3 begin (CDC 2022; AAP 2023).
EXTENDED = (120, 140)
MONTHS_A_NODE = {Span.INFANT: 0.5, Span.CHILD: 3}


def span_of(age_days: int) -> Span | None:
    """Return the chart of an age; None before birth and from 20 years."""
    return next((span for span in Span if span.ages.first_day <= age_days <= span.ages.last_day), None)


@cache
def node_days(span: Span) -> tuple[int, ...]:
    """Return the ages in days that lines go through: every few months, and the span's last day."""
    ages = span.ages
    step = MONTHS_A_NODE[span]
    months = np.arange(ages.first_month, ages.last_month + step, step)
    return tuple(int(day) for day in np.clip(np.rint(months * DAYS_A_MONTH), ages.first_day, ages.last_day))


@cache
def percentile_line(span: Span, measure: Measure, sex: Sex, percentile: int) -> Floats:
    """Return the measurement at a percentile at each of node_days; NaN where the reference is not installed."""
    children = Children.of_days(np.full(len(node_days(span)), sex, dtype=np.uint8), node_days(span))
    return measurement_at_percentile(measure, children, percentile).value


@cache
def extended_line(sex: Sex, percent: int) -> Floats:
    """Return that percentage of CDC's 95th percentile of the body mass index at each of the child's node_days."""
    children = Children.of_days(np.full(len(node_days(Span.CHILD)), sex, dtype=np.uint8), node_days(Span.CHILD))
    lms, row = children.table(Measure.BMI), children.row
    value: Floats = at_z(lms.power[row], lms.median[row], lms.spread[row], Z95) * percent / 100
    return value
