"""Vital signs as people type them: text and units in, metric numbers out. Pure: no Django, no database.

US customary and metric alike; the conversion factors are exact by definition (1 in = 2.54 cm, 1 lb = 0.45359237 kg,
degF = degC * 9/5 + 32). The metric value keeps every digit that the conversion gives; what was typed is kept beside it.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

from records.vital_limits import LIMITS

INCHES_A_FOOT = 12
CM_AN_INCH = Decimal("2.54")
KG_A_POUND = Decimal("0.45359237")
OUNCES_A_POUND = 16
TENTH = Decimal("0.1")
# Keeps a number and its unit on one line.
NBSP = "\u00a0"

# The sign as it is spoken of, the name it has in `vital`, and the units it may be typed in, the US one first.
KEYS = {
    "height": "height_cm",
    "weight": "weight_kg",
    "temperature": "temperature_c",
    "heart_rate": "heart_rate",
    "respiratory_rate": "respiratory_rate",
    "systolic": "systolic",
    "diastolic": "diastolic",
    "oxygen_saturation": "oxygen_saturation",
}
UNITS: dict[str, tuple[str, ...]] = {
    "height": ("in", "cm"),
    "weight": ("lb", "kg"),
    "temperature": ("F", "C"),
    "heart_rate": ("/min",),
    "respiratory_rate": ("/min",),
    "systolic": ("mmHg",),
    "diastolic": ("mmHg",),
    "oxygen_saturation": ("%",),
}
SPELLED = {
    "in": "in", "inch": "in", "inches": "in", '"': "in", "”": "in", "″": "in",
    "cm": "cm",
    "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb", "#": "lb",
    "kg": "kg", "kgs": "kg",
    "f": "F", "°f": "F", "degf": "F", "c": "C", "°c": "C", "degc": "C",
}  # fmt: skip
NAMES = {
    "height": "Height",
    "weight": "Weight",
    "temperature": "Temperature",
    "heart_rate": "Heart rate",
    "respiratory_rate": "Respiratory rate",
    "systolic": "Systolic pressure",
    "diastolic": "Diastolic pressure",
    "oxygen_saturation": "Oxygen saturation",
}

NUMBER = r"(\d{1,4}(?:[.,]\d{1,4})?)"
FEET_AND_INCHES = re.compile(rf"(\d)\s*(?:'|′|’|ft|feet|foot)\s*(?:{NUMBER}\s*(?:\"|″|”|''|in|inches|inch)?)?", re.I)
POUNDS_AND_OUNCES = re.compile(rf"(\d{{1,3}})\s*(?:lb|lbs|pounds?)\s+{NUMBER}\s*(?:oz|ounces?)", re.I)
NUMBER_AT_START = re.compile(NUMBER)
VALUE_AND_UNIT = re.compile(rf"{NUMBER}\s*([^\d\s.,]{{0,8}})")


class NotAMeasurement(ValueError):
    """The text is no value of this sign; the message says what would be."""


class Impossible(ValueError):
    """The value lies beyond what was ever measured in a living person; the message says the range in the typed unit."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One vital sign: the metric number, and value and unit as they were typed."""

    metric: float
    value: str
    unit: str


def read(sign: str, text: str, *, default_unit: str | None = None) -> Measured:
    """Read what a nurse typed, `4'10`, `58 in`, `147cm`, `106`, `98.6`; a bare number has the default unit.

    Raises NotAMeasurement or Impossible.
    """
    text = text.strip()
    if sign == "height" and (match := FEET_AND_INCHES.fullmatch(text)):
        inches = number(match[2] or "0")
        if inches >= INCHES_A_FOOT:
            raise NotAMeasurement(f"{NAMES[sign]}: inches after feet are less than 12, for example 4'10.")
        return measured(sign, number(match[1]) * INCHES_A_FOOT + inches, "in", typed=text)
    if sign == "weight" and (match := POUNDS_AND_OUNCES.fullmatch(text)):
        ounces = number(match[2])
        if ounces >= OUNCES_A_POUND:
            raise NotAMeasurement(f"{NAMES[sign]}: ounces after pounds are less than 16, for example 106 lb 8 oz.")
        return measured(sign, number(match[1]) + ounces / OUNCES_A_POUND, "lb", typed=text)
    match = VALUE_AND_UNIT.fullmatch(text)
    if not match:
        raise NotAMeasurement(f"{NAMES[sign]}: type a number, {example(sign)}.")
    unit = match[2] or default_unit or UNITS[sign][0]
    return measured(sign, number(match[1]), SPELLED.get(unit.lower(), unit))


def measured(sign: str, value: Decimal, unit: str, *, typed: str | None = None) -> Measured:
    """Convert a value in one of the sign's units; raise NotAMeasurement for another unit, Impossible out of range."""
    if unit not in UNITS[sign]:
        raise NotAMeasurement(f"{NAMES[sign]}: {unit!r} is not a unit of it. Use {' or '.join(UNITS[sign])}.")
    metric = to_metric(value, unit)
    low, high = (Decimal(str(limit)) for limit in LIMITS[KEYS[sign]])
    if not low <= metric <= high:
        # Rounded inwards, so that the limits it names are possible themselves.
        shown_low = from_metric(low, unit).quantize(TENTH, ROUND_CEILING)
        shown_high = from_metric(high, unit).quantize(TENTH, ROUND_FLOOR)
        raise Impossible(
            f"{NAMES[sign]}: {plain(value)} {unit} is not possible. It lies between {plain(shown_low)} and "
            f"{plain(shown_high)} {unit}. Check the number and the unit."
        )
    return Measured(metric=float(metric), value=typed or plain(value), unit="" if typed else unit)


def to_metric(value: Decimal, unit: str) -> Decimal:
    """Return the value in cm, kg or degC; other units are metric already."""
    if unit == "in":
        return value * CM_AN_INCH
    if unit == "lb":
        return value * KG_A_POUND
    if unit == "F":
        return (value - 32) * 5 / 9
    return value


def from_metric(metric: Decimal, unit: str) -> Decimal:
    """Return a metric value in the unit: the inverse of to_metric."""
    if unit == "in":
        return metric / CM_AN_INCH
    if unit == "lb":
        return metric / KG_A_POUND
    if unit == "F":
        return metric * 9 / 5 + 32
    return metric


def number(text: str) -> Decimal:
    """Read a decimal number with a point or a comma."""
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise NotAMeasurement(f"{text!r} is not a number.") from error


def plain(value: Decimal, places: int | None = None) -> str:
    """Write a number without exponent and trailing zeros, rounded to `places` where given."""
    rounded = value if places is None else round(value, places)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def example(sign: str) -> str:
    """Return an example of what may be typed."""
    return {
        "height": "for example 4'10, 58 in or 147 cm",
        "weight": "for example 106 lb or 48 kg",
        "temperature": "for example 98.6 F or 37 C",
    }.get(sign, f"in {UNITS[sign][0]}")


def shown_height(cm: float) -> str:
    """Write a height in US units and metric: 4 ft 10 in (147.3 cm)."""
    inches = from_metric(Decimal(str(cm)), "in")
    feet, rest = divmod(round(inches, 1), INCHES_A_FOOT)
    return f"{feet:.0f}{NBSP}ft{NBSP}{plain(rest, 1)}{NBSP}in ({plain(Decimal(str(cm)), 1)}{NBSP}cm)"


def shown_weight(kg: float) -> str:
    """Write a weight in US units and metric: 106 lb (48.1 kg)."""
    return f"{plain(from_metric(Decimal(str(kg)), 'lb'), 1)}{NBSP}lb ({plain(Decimal(str(kg)), 1)}{NBSP}kg)"


def shown_temperature(celsius: float) -> str:
    """Write a temperature in US units and metric: 98.6 °F (37 °C)."""
    return f"{plain(from_metric(Decimal(str(celsius)), 'F'), 1)}{NBSP}°F ({plain(Decimal(str(celsius)), 1)}{NBSP}°C)"


def shown_day(day: date) -> str:
    """Write a day as US nurses do: Nov 24, 2026."""
    return f"{day:%b} {day.day}, {day.year}"
