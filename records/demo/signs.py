"""Vital signs of a made-up visit: typed as a nurse types them, converted and flagged as every other vital sign is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import orjson

from records.alarms import BREATHING, HEART_RATE, band, flags_for
from records.demo.chance import Chance
from records.demo.growth import Body
from records.vital_signs import KEYS, Measured, read

# What was typed, by sign: {"height": "58.25 in", "temperature": "98.6 F"}.
Typed = dict[str, str]
FEVER_F = 100.4
IN_CELSIUS = 0.1
IN_FEET_AND_INCHES = 0.25


class Signs(NamedTuple):
    """The three columns of a record that vital signs fill."""

    vital: str | None
    vital_typed: str | None
    flags: list[str]


@cache
def reading(sign: str, text: str) -> Measured:
    """Read what was typed; kept, because there are few different heights in a district and many children."""
    return read(sign, text)


def signs(typed: Typed, age: float) -> Signs:
    """Return the columns for what was typed, for a child of that age in years."""
    measured = {sign: reading(sign, text) for sign, text in typed.items()}
    vital = {KEYS[sign]: each.metric for sign, each in measured.items()}
    kept = {sign: {"value": each.value, "unit": each.unit} for sign, each in measured.items()}
    return Signs(orjson.dumps(vital).decode(), orjson.dumps(kept).decode(), flags_for(vital, int(age)))


def take(which: Iterable[str], body: Body, age: float, chance: Chance, *, ill: bool = False) -> Typed:
    """Return typed values of these signs: within the usual for the age, with a fever for some of the ill."""
    return {sign: TAKEN[sign](body, age, chance, ill) for sign in which}


def height(body: Body, age: float, chance: Chance, ill: bool) -> str:
    """Return a height to the quarter inch; the tape is off by a few millimeters."""
    quarters = round((body.height_cm(age) + chance.gauss(0, 0.25)) / 2.54 * 4)
    if chance.happens(IN_FEET_AND_INCHES):
        return f"{quarters // 48}'{quarters % 48 / 4:g}"
    return f"{quarters / 4:g} in"


def weight(body: Body, age: float, chance: Chance, ill: bool) -> str:
    """Return a weight to the half pound; clothes and breakfast weigh something."""
    return f"{round(body.weight_kg(age) * chance.gauss(1.0, 0.012) / 0.45359237 * 2) / 2:g} lb"


def temperature(body: Body, age: float, chance: Chance, ill: bool) -> str:
    """Return a temperature, mostly in Fahrenheit; a third of the ill have a fever."""
    fahrenheit = chance.gauss(98.4, 0.4)
    if ill and chance.happens(0.35):
        fahrenheit = FEVER_F + min(3.6, chance.expovariate(1.1))
    if chance.happens(IN_CELSIUS):
        return f"{(fahrenheit - 32) * 5 / 9:.1f} C"
    return f"{fahrenheit:.1f} F"


def heart_rate(body: Body, age: float, chance: Chance, ill: bool) -> str:
    """Return a heart rate in the middle of the band for the age, faster when ill."""
    low, high = band(HEART_RATE, int(age))
    return f"{within(low + 2, high + (12 if ill else -4), chance):d}"


def respiratory_rate(body: Body, age: float, chance: Chance, ill: bool) -> str:
    """Return a breathing rate of the band for the age, faster when ill."""
    low, high = band(BREATHING, int(age))
    return f"{within(low, high + (4 if ill else 0), chance):d}"


def systolic(body: Body, age: float, chance: Chance, ill: bool) -> str:
    """Return a systolic pressure that rises with age."""
    return f"{round(min(134, max(88, chance.gauss(91 + 1.6 * age, 6)))):d}"


def diastolic(body: Body, age: float, chance: Chance, ill: bool) -> str:
    """Return a diastolic pressure that rises with age."""
    return f"{round(min(84, max(46, chance.gauss(54 + 0.9 * age, 5)))):d}"


def oxygen_saturation(body: Body, age: float, chance: Chance, ill: bool) -> str:
    """Return a saturation: 97 to 100 %, a little less when ill."""
    return f"{chance.randint(94, 99) if ill and chance.happens(0.2) else chance.randint(97, 100):d}"


def within(low: float, high: float, chance: Chance) -> int:
    """Return a whole number between the two, more often in the middle."""
    return round(chance.triangular(low, high))


TAKEN = {
    "height": height,
    "weight": weight,
    "temperature": temperature,
    "heart_rate": heart_rate,
    "respiratory_rate": respiratory_rate,
    "systolic": systolic,
    "diastolic": diastolic,
    "oxygen_saturation": oxygen_saturation,
}
