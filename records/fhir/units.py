"""Units of vital signs: UCUM codes and what people write for them, converted exactly to the unit that is stored.

Factors are exact by definition: 1 in = 2.54 cm and 1 lb = 0.45359237 kg (NIST Handbook 44, appendix C), degrees
Fahrenheit (F - 32) x 5/9, and UCUM's 1 m[Hg] = 133.322 kPa. Arithmetic is in fractions, so the result is the number
nearest to the exact one and not the end of a chain of roundings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

UCUM: Final = "http://unitsofmeasure.org"

# What a quantity measures, named by the unit it is stored in.
CM, KG, CELSIUS, PER_MINUTE, PERCENT, MMHG, KG_PER_M2 = "cm", "kg", "Cel", "/min", "%", "mm[Hg]", "kg/m2"


@dataclass(frozen=True, slots=True)
class Unit:
    """How a unit becomes the stored one: stored = value * factor + offset."""

    stored: str
    factor: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)


INCH: Final = Fraction("2.54")
POUND: Final = Fraction("0.45359237")

UNITS: Final[dict[str, Unit]] = {
    "cm": Unit(CM),
    "m": Unit(CM, Fraction(100)),
    "mm": Unit(CM, Fraction(1, 10)),
    "[in_i]": Unit(CM, INCH),
    "[ft_i]": Unit(CM, 12 * INCH),
    "kg": Unit(KG),
    "g": Unit(KG, Fraction(1, 1000)),
    "[lb_av]": Unit(KG, POUND),
    "[oz_av]": Unit(KG, POUND / 16),
    "Cel": Unit(CELSIUS),
    "[degF]": Unit(CELSIUS, Fraction(5, 9), Fraction(-160, 9)),
    "K": Unit(CELSIUS, Fraction(1), Fraction("-273.15")),
    "/min": Unit(PER_MINUTE),
    "1/min": Unit(PER_MINUTE),
    "%": Unit(PERCENT),
    "mm[Hg]": Unit(MMHG),
    "kPa": Unit(MMHG, 1 / Fraction("0.133322")),
    "kg/m2": Unit(KG_PER_M2),
}

# Seen in `unit` where a sender gives no UCUM code. Only what can mean one thing alone.
SPELLINGS: Final = {
    "in": "[in_i]", "inch": "[in_i]", "inches": "[in_i]", "[in_us]": "[in_i]",
    "ft": "[ft_i]", "feet": "[ft_i]", "centimeter": "cm", "centimeters": "cm", "centimetre": "cm",
    "lb": "[lb_av]", "lbs": "[lb_av]", "pound": "[lb_av]", "pounds": "[lb_av]", "oz": "[oz_av]",
    "kilogram": "kg", "kilograms": "kg", "kgs": "kg", "gram": "g", "grams": "g",
    "c": "Cel", "°c": "Cel", "degc": "Cel", "deg c": "Cel", "celsius": "Cel", "degrees celsius": "Cel",
    "f": "[degF]", "°f": "[degF]", "degf": "[degF]", "deg f": "[degF]", "fahrenheit": "[degF]",
    "degrees fahrenheit": "[degF]",
    "bpm": "/min", "beats/min": "/min", "beats/minute": "/min", "beats per minute": "/min",
    "breaths/min": "/min", "breaths/minute": "/min", "breaths per minute": "/min", "per minute": "/min",
    "mmhg": "mm[Hg]", "mm hg": "mm[Hg]", "percent": "%", "kg/m^2": "kg/m2", "kg/m²": "kg/m2",
}  # fmt: skip

# UCUM: what stands in braces is a remark and changes nothing, so {beats}/min is /min.
ANNOTATION: Final = re.compile(r"\{[^{}]*\}")


def find_unit(code: str, written: str) -> Unit | None:
    """Return the unit that a quantity's UCUM code or, without one, its written unit names."""
    for name in (code, written):
        bare = ANNOTATION.sub("", name).strip()
        unit = UNITS.get(bare) or UNITS.get(SPELLINGS.get(bare.lower(), ""))
        if unit:
            return unit
    return None


def to_stored(value: float | int, unit: Unit) -> float | int:
    """Convert to the stored unit; a value already in it keeps its digits."""
    if unit.factor == 1 and not unit.offset:
        return value
    return float(Fraction(repr(value)) * unit.factor + unit.offset)
