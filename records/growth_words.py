"""Growth in a nurse's words: percentiles, flags, velocity and trend as the page says them. Pure: no Django."""

import math
from datetime import date
from decimal import Decimal
from typing import Any

from records.growth.ages import LAST_CDC_DAY
from records.vital_signs import NBSP, from_metric, plain

STATUSES = {
    "underweight": "Underweight",
    "healthy_weight": "Healthy weight",
    "overweight": "Overweight",
    "obesity": "Obesity (class 1)",
    "obesity_class_2": "Severe obesity (class 2)",
    "obesity_class_3": "Severe obesity (class 3)",
}
FLAGS = {
    "height_not_measured": "No height this day",
    "weight_not_measured": "No weight this day",
    "height_not_a_measurement": "Height is not a possible value",
    "weight_not_a_measurement": "Weight is not a possible value",
    "before_birth": "Dated before the birth date: one of the two is wrong",
    "age_unknown": "Age unknown",
    "adult": "20 years or older: adult BMI, no percentiles",
    "sex_unknown": "Sex not recorded: no percentiles",
    "no_reference": "WHO's tables for children under 2 years are not installed",
    "under_24_months": "Under 2 years: WHO percentiles, no weight status",
    "recumbent_length": "Length measured lying down",
    "height_implausibly_low": "Check the height: implausibly low. Inches entered as centimeters?",
    "height_implausibly_high": "Check the height: implausibly high. Check number and unit",
    "weight_implausibly_low": "Check the weight: implausibly low. Check number and unit",
    "weight_implausibly_high": "Check the weight: implausibly high. Pounds entered as kilograms?",
    "bmi_implausibly_low": "Check height and weight: the BMI is implausibly low",
    "bmi_implausibly_high": "Check height and weight: the BMI is implausibly high",
    "height_fell": "Check the height: more than 1 cm shorter than before",
    "weight_jumped": "Check the weight: far from the one before. Pounds entered as kilograms?",
}
# What a nurse should look at again; the others only say why something is missing.
TO_CHECK = {flag for flag, words in FLAGS.items() if words.startswith("Check") or flag == "before_birth"}
NAMES = {"height": "Height", "weight": "Weight", "bmi": "BMI"}
VELOCITY_REASONS = {
    "method_changed": "one of the two was measured lying down, so the speed cannot be told",
}
NOTABLE_LINES = 2
"""Percentile lines a child may cross before somebody should look (clinical custom: two)."""


def percentile(value: float | None) -> str:
    """Write a percentile rounded DOWN, or 94.96 would read as 95th beside `overweight`; empty for None."""
    if value is None:
        return ""
    if value < 1:
        return "below 1st"
    if value >= 99.9:
        return "above 99.9th"
    whole = math.floor(value)
    ending = "th" if 11 <= whole % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending}"


def share_of_p95(value: float | None) -> str:
    """Write the percentage of the 95th percentile, rounded down, where the child is at or above it."""
    return f"{math.floor(value)}% of 95th" if value is not None and value >= 100 else ""


def status(word: str | None, age_days: int) -> str:
    """Write a weight status; an adult's says that it is one, and that obesity is by the adult limits."""
    if word is None:
        return ""
    return f"{STATUSES[word]}, adult" if age_days > LAST_CDC_DAY else STATUSES[word]


def flag(word: str) -> str:
    """Write a flag; one that nobody has words for is shown as it is rather than kept back."""
    return FLAGS.get(word, word)


def age(born: date, day: date) -> str:
    """Write an age in completed years and months, under two years in months, under two months in days."""
    if day < born:
        return "before birth"
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if months < 2:
        days = (day - born).days
        return f"{days}{NBSP}day{'' if days == 1 else 's'}"
    if months < 24:
        return f"{months}{NBSP}months"
    years, rest = divmod(months, 12)
    return f"{years}{NBSP}y {rest}{NBSP}mo" if rest else f"{years}{NBSP}y"


def day(iso: str) -> str:
    """Write an ISO day as Mar 2, 2026."""
    found = date.fromisoformat(iso)
    return f"{found:%b} {found.day}, {found.year}"


def inches(cm: float) -> str:
    """Write a length in inches to a tenth."""
    return plain(from_metric(Decimal(str(cm)), "in"), 1)


def velocity(found: dict[str, Any]) -> str:
    """Say how fast the height grew between two visits, and what is typical."""
    when = f"from {day(found['from_date'])} to {day(found['to_date'])}"
    speed = found["cm_per_year"]
    if found["finding"] == "fall":
        return f"Height: shorter by more than 1{NBSP}cm {when}. Check both heights: one of them is wrong."
    if speed is None:
        return f"Height {when}: {VELOCITY_REASONS.get(found['reason'], 'the speed cannot be told')}."
    said = f"Height: {inches(speed)}{NBSP}in ({speed:.1f}{NBSP}cm) a year {when}."
    if found["p5"] is not None:
        low, high = found["p5"], found["p95"]
        said += f" Typical at this age: {inches(low)} to {inches(high)}{NBSP}in ({low:.1f} to {high:.1f}{NBSP}cm)."
    if found["finding"] == "low":
        said += " Slower than 95 of 100 children."
    return said


def trend(found: dict[str, Any]) -> str:
    """Say where a measure stands and where it stood at an earlier visit; in percent of the 95th percentile above it."""
    now, before = found["to_percent_of_p95"], found["from_percent_of_p95"]
    since, until, name = day(found["from_date"]), day(found["to_date"]), NAMES[found["measure"]]
    lines = found["lines_crossed"]
    if now and before and now >= 100 and before >= 100:
        return f"{name}: {math.floor(now)}% of the 95th percentile on {until}, was {math.floor(before)}% on {since}."
    then = percentile(found["from_percentile"])
    said = f"{name}: {percentile(found['to_percentile'])} percentile on {until}, was {then} on {since}"
    if not lines:
        return f"{said}."
    number = {1: "one percentile line", 2: "two percentile lines"}.get(abs(lines), f"{abs(lines)} percentile lines")
    return f"{said}: {number} {'up' if lines > 0 else 'down'}."


def is_notable(found: dict[str, Any]) -> bool:
    """Tell whether somebody should look at a velocity or trend."""
    return bool(found.get("finding")) or abs(found.get("lines_crossed") or 0) >= NOTABLE_LINES
