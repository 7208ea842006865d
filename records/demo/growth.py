"""How a made-up child grows: smooth curves that look right on a chart.

Made by hand for demonstration, from two logistic steps for height (childhood and the spurt) and a parabola for body
mass index. They are no reference and must not be used as one; percentiles are computed elsewhere, from CDC and WHO.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from records.demo.chance import Chance


@dataclass(frozen=True, slots=True)
class Curve:
    """Height in cm: where it starts, and two logistic steps, each with its size, its middle and its width in years."""

    start: float
    childhood: tuple[float, float, float]
    spurt: tuple[float, float, float]

    def at(self, age: float, tempo: float) -> float:
        """Return the height; `tempo` years by which the spurt comes later."""
        size, middle, width = self.childhood
        spurt, spurt_middle, spurt_width = self.spurt
        return (
            self.start
            + size / (1 + math.exp((middle - age) / width))
            + spurt / (1 + math.exp((spurt_middle + tempo - age) / spurt_width))
        )


BOYS: Final = Curve(19.0, (140.0, 2.3, 4.6), (21.0, 13.2, 0.9))
GIRLS: Final = Curve(54.5, (89.5, 3.9, 2.8), (19.5, 11.6, 0.9))


@dataclass(frozen=True, slots=True)
class Body:
    """One child's way of growing."""

    curve: Curve
    tall: float
    heavy: float
    tempo: float

    def height_cm(self, age: float) -> float:
        """Return the height at an age in years."""
        return self.curve.at(age, self.tempo) * self.tall

    def weight_kg(self, age: float) -> float:
        """Return the weight: the body mass index falls until five and a half, rises after, more so in a heavy child."""
        middle = 15.3 + 0.045 * (age - 5.5) ** 2
        bmi = middle * (1 + (self.heavy - 1) * min(1.0, 0.4 + 0.06 * age))
        return bmi * (self.height_cm(age) / 100) ** 2


def draw_body(sex: str, chance: Chance) -> Body:
    """Return a way of growing; one child in eight is much heavier than most."""
    girl = sex == "female" or (sex == "unknown" and chance.happens(0.5))
    heavy = math.exp(min(0.45, max(-0.22, chance.gauss(0.02, 0.1))))
    return Body(
        curve=GIRLS if girl else BOYS,
        tall=1 + min(0.1, max(-0.1, chance.gauss(0.0, 0.04))),
        heavy=heavy * (chance.uniform(1.15, 1.45) if chance.happens(0.125) else 1.0),
        tempo=min(1.8, max(-1.8, chance.gauss(0.0, 0.7))),
    )
