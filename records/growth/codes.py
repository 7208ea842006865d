"""The small numbers that growth arrays are made of, with the word each stands for in data and API.

Arrays of a district hold one byte a row for these; `.word` gives the string that is stored and shown.
"""

from enum import IntEnum


class Measure(IntEnum):
    """What is compared with the reference."""

    HEIGHT = 0
    """Stature in cm, lying length under 24 months."""
    WEIGHT = 1
    """Weight in kg."""
    BMI = 2
    """Body mass index in kg/m²."""


class Sex(IntEnum):
    """Which of the two charts a child is compared with; CDC's and WHO's numbers. Any other value means unknown."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


class Word(IntEnum):
    """A code whose word in data and API is its name in lower case."""

    @property
    def word(self) -> str:
        """The code as data and API write it."""
        return self.name.lower()


class Reason(Word):
    """Why there is no answer; 0 where there is one."""

    ANSWERED = 0
    NOT_MEASURED = 1
    """The measurement is missing (NaN); for a body mass index, height or weight is."""
    NOT_A_MEASUREMENT = 2
    """Zero, negative, infinite, or further from the median than a typing error explains (a factor of 485 million)."""
    AGE_UNKNOWN = 3
    BEFORE_BIRTH = 4
    """The measurement's date lies before the birth date: one of the two is wrong."""
    SEX_UNKNOWN = 5
    """Neither male nor female is recorded, and the references know only these two."""
    ADULT = 6
    """240 months or older: the charts end; only the adult weight status is given."""
    NO_REFERENCE = 7
    """WHO's tables for children under 24 months are not installed; see docs/adr/0009-growth-reference.md."""
    BEYOND_REFERENCE = 8
    """No measurement has the z-score that was asked for, or no table covers that age."""
    INTERVAL_TOO_SHORT = 9
    """Less than six months between two measurements: what lies between may be error of measurement alone."""
    METHOD_CHANGED = 10
    """One was measured lying, the other standing; the two differ by up to a centimeter in the same child."""


class Reference(IntEnum):
    """The population a child is compared with, decided by age in days."""

    NONE = 0
    WHO2006 = 1
    """WHO Child Growth Standards, day 0 to 730."""
    CDC2000 = 2
    """CDC 2000 charts, day 731 to 7,304, with the extended body mass index of 2022."""

    @property
    def word(self) -> str:
        """The name in data and API, `CDC2000`; empty where there is none."""
        return self.name if self else ""


class WeightStatus(Word):
    """What the body mass index says at this age; obesity alone means class 1."""

    NONE = 0
    UNDERWEIGHT = 1
    HEALTHY_WEIGHT = 2
    OVERWEIGHT = 3
    OBESITY = 4
    OBESITY_CLASS_2 = 5
    OBESITY_CLASS_3 = 6


class VelocityFinding(Word):
    """What is remarkable about a height velocity."""

    NONE = 0
    LOW = 1
    """Slower than the fifth percentile at this age."""
    FALL = 2
    """More than 1 cm shorter than before: an error of measurement, not growth."""
