"""Axes of a chart: round numbers on them, and names at the ends of lines that do not lie on each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from records.growth import Measure

STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of an axis, and how much of the metric one it is."""

    name: str
    metric: float


# The US unit first: it is the one whose numbers the grid follows.
UNITS = {
    Measure.HEIGHT: (Unit("in", 2.54), Unit("cm", 1.0)),
    Measure.WEIGHT: (Unit("lb", 0.45359237), Unit("kg", 1.0)),
    Measure.BMI: (Unit("kg/m²", 1.0),),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where, and what it says; empty for a line without a number."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight way from values to places on the picture."""

    low: float
    high: float
    at_low: float
    at_high: float

    def __call__(self, value: float) -> float:
        """Return the place of a value, to a tenth of a pixel."""
        return round(self.at_low + (value - self.low) / (self.high - self.low) * (self.at_high - self.at_low), 1)


def round_step(roughly: float) -> float:
    """Return the next larger of 1, 2, 5, 10, 20, … or 0.1, 0.2, …"""
    power: float = 10.0 ** math.floor(math.log10(roughly))
    return next(power * step for step in STEPS if power * step >= roughly * 0.999)


def ticks(scale: Scale, unit: Unit, about: int) -> list[Tick]:
    """Return marks at round numbers of a unit, `about` so many."""
    low, high = scale.low / unit.metric, scale.high / unit.metric
    step = round_step((high - low) / about)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [Tick(scale(number * step * unit.metric), f"{number * step:g}") for number in range(first, last + 1)]


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Return places as near to these as can be with `gap` between any two; in the order of the input.

    Neighbors that are too close are moved as one block around their middle (isotonic regression by pooling).
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    blocks: list[tuple[float, int]] = []
    for rank, number in enumerate(order):
        blocks.append((places[number] - rank * gap, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, many), (second, more) = blocks[-2:]
            blocks[-2:] = [((first * many + second * more) / (many + more), many + more)]
    middles = [middle for middle, many in blocks for _ in range(many)]
    found = [0.0] * len(places)
    for rank, number in enumerate(order):
        found[number] = round(middles[rank] + rank * gap, 1)
    return found
