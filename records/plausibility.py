"""Whether a height or weight was probably typed wrong, in words that a nurse can act on. Pure: no Django, no database.

Nothing here refuses or changes a value. Each Check is a question: the nurse corrects the value, or keeps it as typed.
What no living person measures is refused before (vital_limits.py).

Sources: implausible by the modified z-score, CDC's limits (growth/implausible.py). A fall in height of more than 1 cm
is an error of measurement, not growth (growth/velocity.py). Units mixed up: the value is more than
3 modified SD from the median and the same number in the other unit lies within 2.5, or the other unit fits the last
measurement where the typed one does not; on 2,712 children from 4 to 19 years of NHANES 2015-2018 this finds, without
any last measurement, 93 % of pounds typed as kilograms and every inch typed as centimeter, and asks about 5 % of right
weights in kilograms (0.1 % in pounds). The 15 % of the weight come from the design of the vitals form; here it is 15 %
from what the growth chart would make of the last weight, and 10 % more a year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isnan, nan

from records.child_sizes import Whose, growth_of_median, places
from records.growth.ages import DAYS_A_YEAR
from records.vital_signs import (
    NUMBER_AT_START,
    Impossible,
    Measured,
    NotAMeasurement,
    from_metric,
    measured,
    number,
    plain,
    shown_day,
    shown_height,
    shown_weight,
)

OTHER_UNIT = {"in": "cm", "cm": "in", "lb": "kg", "kg": "lb"}
UNIT_WORDS = {"in": "inches", "cm": "centimeters", "lb": "pounds", "kg": "kilograms"}
FAR = 3.0
"""Modified standard deviations from the median: further is suspicious."""
TALLER_FROM_MEASURING, SHORTER_FROM_MEASURING = 3.0, 1.0
"""cm by which two heights of one day may differ."""
FASTEST_GROWTH = {2: 30.0, 200: 14.0}
"""cm a year, before that age in years: some 25 in the first year of life; then Tanner's peak plus 3 SD, 13.9."""
WEIGHT_SHARE, WEIGHT_SHARE_A_YEAR, MOST_WEIGHT_SHARE = 0.15, 0.10, 0.40
LOWEST_BMI, HIGHEST_BMI = 6.9, 60.0
"""kg/m2 where no chart covers the child: half of the lowest 5th percentile of CDC's charts, and where they end."""


@dataclass(frozen=True, slots=True)
class Last:
    """The last known height and weight before this one, each with its day."""

    height_cm: float | None = None
    height_on: date | None = None
    weight_kg: float | None = None
    weight_on: date | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A question about `sign` (height or weight), as a sentence."""

    sign: str
    sentence: str


def checks(whose: Whose, on: date, signs: Mapping[str, Measured], last: Last | None = None) -> list[Check]:
    """Return what to ask about the height and weight among `signs`, measured on that day; nothing is the rule."""
    if on < whose.born:
        return []  # that the day cannot be is said by whoever refuses it
    last = last or Last()
    height, weight = signs.get("height"), signs.get("weight")
    asked = [
        *(_about_height(whose, on, height, last) if height else ()),
        *(_about_weight(whose, on, weight, height, last) if weight else ()),
    ]
    if not asked and height and weight:
        asked = _about_both(whose, on, height.metric, weight.metric)
    return asked


def meant_instead(sign: str, text: str, unit: str, whose: Whose, on: date) -> str:
    """Return a sentence where a number is impossible in its unit and usual in the other one; else nothing.

    `unit` is the one that a bare number has.
    """
    found = NUMBER_AT_START.match(text.strip())
    if not found or unit not in OTHER_UNIT or on < whose.born:
        return ""
    other = OTHER_UNIT[unit]
    try:
        swapped = measured(sign, number(found[0]), other)
    except (Impossible, NotAMeasurement):
        return ""
    if not places(whose, on, sign, [swapped.metric])[0].usual:
        return ""
    said = f"{swapped.value} {other}"
    return f"{said} would be usual for {_aged(whose, on)}: if you meant {UNIT_WORDS[other]}, type {said}."


def _about_height(whose: Whose, on: date, height: Measured, last: Last) -> list[Check]:
    typed, other = _typed(height), _in_other_unit("height", height)
    place, swapped = places(whose, on, "height", [height.metric, other.metric if other else nan])
    before, day = last.height_cm, last.height_on
    if before is None or day is None or day > on:
        fits, other_fits = None, False
    else:
        years = (on - day).days / DAYS_A_YEAR
        fits = _fits_height(whose, day, before, height.metric, years)
        other_fits = other is not None and _fits_height(whose, day, before, other.metric, years)
    very = "tall" if place.z > 0 else "short"
    if other and swapped.usual and abs(place.z) > FAR and not fits:
        return [
            Check("height", _did_you_mean(f"{typed} is very {very} for {_aged(whose, on)}", other, "would be usual"))
        ]
    if place.implausible:
        return [Check("height", f"{typed} is very {very} for {_aged(whose, on)}. Check the number and the unit.")]
    if fits is not False or before is None or day is None:
        return []
    since = f"{shown_height(before)} on {shown_day(day)}"
    if other and other_fits:
        return [Check("height", _did_you_mean(f"{typed} does not fit the last height, {since}", other, "would"))]
    change = abs(height.metric - before)
    by = f"{plain(from_metric(Decimal(str(change)), 'in'), 1)} in ({plain(Decimal(str(change)), 1)} cm)"
    word = "shorter" if height.metric < before else "taller"
    return [Check("height", f"{typed} is {by} {word} than last time, {since}. Check it, and the last one.")]


def _about_weight(whose: Whose, on: date, weight: Measured, height: Measured | None, last: Last) -> list[Check]:
    typed, other = _typed(weight), _in_other_unit("weight", weight)
    place, swapped = places(whose, on, "weight", [weight.metric, other.metric if other else nan])
    before, day = last.weight_kg, last.weight_on
    if before is None or day is None or day > on:
        fits, other_fits = None, False
    else:
        fits = _fits_weight(whose, day, before, on, weight.metric)
        other_fits = other is not None and _fits_weight(whose, day, before, on, other.metric)
    very = "high" if place.z > 0 else "low"
    if (
        other
        and swapped.usual
        and not fits
        and (abs(place.z) > FAR or _body_mass_says_so(whose, on, height, weight, other))
    ):
        sentence = f"{typed} is a very {very} weight for {_aged(whose, on)}"
        return [Check("weight", _did_you_mean(sentence, other, "would be usual"))]
    if place.implausible:
        sentence = f"{typed} is a very {very} weight for {_aged(whose, on)}. Check the number and the unit."
        return [Check("weight", sentence)]
    if fits is not False or before is None or day is None:
        return []
    since = f"{shown_weight(before)} on {shown_day(day)}"
    if other and other_fits:
        return [Check("weight", _did_you_mean(f"{typed} does not fit the last weight, {since}", other, "would"))]
    share = abs(weight.metric - before) / before
    word = "less" if weight.metric < before else "more"
    return [Check("weight", f"{typed} is {share:.0%} {word} than last time, {since}. Check the number and the unit.")]


def _about_both(whose: Whose, on: date, height_cm: float, weight_kg: float) -> list[Check]:
    bmi = weight_kg / (height_cm / 100) ** 2
    [place] = places(whose, on, "bmi", [(height_cm, weight_kg)])
    uncharted = isnan(place.z) and not LOWEST_BMI <= bmi <= HIGHEST_BMI
    if not place.implausible and not uncharted:
        return []
    high = place.implausible > 0 or bmi > HIGHEST_BMI
    sentence = f"Height and weight give a BMI of {bmi:.1f}, very {'high' if high else 'low'} for {_aged(whose, on)}."
    return [Check("weight", f"{sentence} Check both numbers and their units.")]


def _body_mass_says_so(whose: Whose, on: date, height: Measured | None, weight: Measured, other: Measured) -> bool:
    """Whether the BMI is far off with the weight as typed, and usual with it in the other unit."""
    if height is None:
        return False
    place, swapped = places(whose, on, "bmi", [(height.metric, weight.metric), (height.metric, other.metric)])
    return abs(place.z) > FAR and swapped.usual


def _fits_height(whose: Whose, day: date, before: float, now: float, years: float) -> bool:
    age = (day - whose.born).days / DAYS_A_YEAR
    fastest = next(speed for limit, speed in FASTEST_GROWTH.items() if age < limit)
    return before - SHORTER_FROM_MEASURING <= now <= before + TALLER_FROM_MEASURING + fastest * years


def _fits_weight(whose: Whose, day: date, before: float, on: date, now: float) -> bool:
    expected = before * growth_of_median(whose, day, on)
    years = (on - day).days / DAYS_A_YEAR
    share = min(WEIGHT_SHARE + WEIGHT_SHARE_A_YEAR * years, MOST_WEIGHT_SHARE)
    # Who kept the weight of last time is never asked.
    low, high = min(before, expected), max(before, expected)
    return low * (1 - share) <= now <= high * (1 + share)


def _in_other_unit(sign: str, value: Measured) -> Measured | None:
    """Return the same number in the other unit; None where that is impossible, or nobody can have mixed it up."""
    if value.unit not in OTHER_UNIT:
        return None
    try:
        return measured(sign, number(value.value), OTHER_UNIT[value.unit])
    except Impossible:
        return None


def _did_you_mean(sentence: str, other: Measured, would: str) -> str:
    return f"{sentence}; {_typed(other)} {would}. Did you mean {UNIT_WORDS[other.unit]}?"


def _typed(value: Measured) -> str:
    return f"{value.value} {value.unit}".strip()


def _aged(whose: Whose, on: date) -> str:
    """Return 'a 10-year-old', 'an 8-year-old', under two years 'a 14-month-old'."""
    months = (on.year - whose.born.year) * 12 + on.month - whose.born.month - (on.day < whose.born.day)
    count, unit = (months, "month") if months < 24 else (months // 12, "year")
    article = "an" if str(count).startswith("8") or count in (11, 18) else "a"
    return f"{article} {count}-{unit}-old"
