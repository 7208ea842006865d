"""Line charts as SVG made on the server: they need no script, print, and keep the strict Content-Security-Policy.

Only presentation attributes, no style; lines differ by dashes too, so that they can be told apart without color.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 720, 230
LEFT, RIGHT, TOP, BOTTOM = 58, 60, 12, 30
STEPS = (1, 2, 2.5, 5, 10)
GAP_BETWEEN_LABELS, HALF_A_LETTER = 14, 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is called, its color, its dashes, and a value for each moment, None for none."""

    name: str
    color: str
    dashes: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where, and what it says."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as the template draws it: unbroken runs of points, lone points, and its name at the end."""

    line: Line
    runs: list[str]
    dots: list[tuple[float, float]]
    label_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as the template draws it; `title` and `text` are for those who do not see it."""

    title: str
    text: str
    across: list[Tick]
    up: list[Tick]
    drawn: list[Drawn]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def draw(
    title: str, text: str, moments: Sequence[datetime], lines: Sequence[Line], *, unit: str, top: float | None = None
) -> Chart:
    """Lay out the lines over the moments, from zero to `top` or to a round number above all values."""
    known = [value for line in lines for value in line.values if value is not None]
    step = round_step((top or max(known, default=1.0)) / 4)
    highest = top or step * max(1, math.ceil(max(known, default=0.0) / step))

    def x(place: float) -> float:
        return round(LEFT + place / max(1, len(moments) - 1) * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - min(value, highest) / highest * (HEIGHT - TOP - BOTTOM), 1)

    ends = [next((value for value in reversed(line.values) if value is not None), 0.0) for line in lines]
    labels = apart([y(end) + HALF_A_LETTER for end in ends])
    drawn = []
    for line, label_y in zip(lines, labels, strict=True):
        runs, dots = unbroken(line.values)
        drawn.append(
            Drawn(
                line,
                [" ".join(f"{x(place)},{y(value)}" for place, value in run) for run in runs],
                [(x(place), y(value)) for place, value in dots],
                label_y,
            )
        )
    up = [Tick(y(step * n), f"{step * n:g} {unit}".strip()) for n in range(round(highest / step) + 1)]
    across = [
        Tick(x(place), f"{moment:%-I:%M %p}")
        for place, moment in enumerate(moments)
        if place in {round(part / 4 * (len(moments) - 1)) for part in range(5)}
    ]
    return Chart(title, text, across, up, drawn)


def apart(places: list[float]) -> list[float]:
    """Return the labels' places, the lowest as it is and each above it moved up until none lies on another."""
    found = dict.fromkeys(range(len(places)), 0.0)
    last = math.inf
    for number in sorted(found, key=lambda number: -places[number]):
        last = found[number] = round(min(places[number], last - GAP_BETWEEN_LABELS), 1)
    return list(found.values())


def round_step(roughly: float) -> float:
    """Return the next larger of 1, 2, 2.5, 5, 10, 20, … (or 0.1, 0.2, …)."""
    if roughly <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(roughly))
    return next(power * step for step in STEPS if power * step >= roughly * 0.999)


Points = list[tuple[int, float]]


def unbroken(values: Sequence[float | None]) -> tuple[list[Points], Points]:
    """Return the runs of values without a gap, and the values that stand alone between gaps."""
    runs: list[Points] = [[]]
    for place, value in enumerate(values):
        if value is not None:
            runs[-1].append((place, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1], [run[0] for run in runs if len(run) == 1]
