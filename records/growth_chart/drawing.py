"""What the template draws: bands, percentile lines with their names, the child's visits, axes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from records.growth import Measure, Sex
from records.growth.ages import DAYS_A_MONTH
from records.growth.tables import Floats
from records.growth_chart.axes import UNITS, Scale, Tick, apart, ticks
from records.growth_chart.spans import EXTENDED, LIMITS, PERCENTILES, Span, extended_line, node_days, percentile_line

WIDTH, HEIGHT = 900, 560
RIGHT, TOP, BOTTOM = 104, 26, 50
LEFT = {1: 48, 2: 96}
"""Room for the scales at the left, by how many there are."""
GAP_BETWEEN_NAMES, HALF_A_LETTER, MARK = 14.5, 5, 10
TICKS_US, TICKS_METRIC = 11, 9
ROOM = 0.03
"""Of the height, left free above and below what is drawn."""
SEXES = (Sex.MALE, Sex.FEMALE)
STRETCH = 0.25
"""Of the height, by which an implausible value may stretch the scale; one further away stands on the edge."""
# Lines differ by dashes and width and are named at their end, so that a black-and-white print tells them apart.
LIMIT, INNER_LIMIT, EXTENSION = "7 3", "2 3", "10 3 2 3"
DARK, MIDDLE, PALE = "#3d4551", "#565c65", "#8d9297"
# Body mass index: healthy, overweight, obesity. Height and weight: the outer and the inner half.
HEALTHY, OVERWEIGHT, OBESITY = "#eaf3e6", "#fcf3d2", "#fae6de"
OUTER, INNER = "#eff4f9", "#e1ebf4"


@dataclass(frozen=True, slots=True)
class Plotted:
    """A visit as it is plotted: `words` are what hovering and a screen reader tell, a line each."""

    age_days: int
    value: float
    words: tuple[str, ...]
    sound: bool
    """False for an implausible value: it is shown and marked, and no line goes through it."""
    above_p95: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A visit on the picture; `off` is `above` or `below` where its value lies outside, and the mark on the edge."""

    x: float
    y: float
    visit: Plotted
    off: str

    @property
    def label(self) -> str:
        """All its words in one sentence."""
        return ", ".join(self.visit.words)

    @property
    def lines(self) -> str:
        """Its words with a bar between, for the script that shows them beside the point."""
        return "|".join(self.visit.words)


@dataclass(frozen=True, slots=True)
class Line:
    """A percentile line, and its name at the right end."""

    name: str
    points: str
    dashes: str
    width: float
    color: str
    bold: bool
    name_y: float


@dataclass(frozen=True, slots=True)
class Band:
    """The ground between two lines."""

    points: str
    color: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as the template draws it."""

    bands: list[Band]
    lines: list[Line]
    run: str
    """The child's own line, through the sound visits; empty for fewer than two."""
    points: list[Point]
    across: list[Tick]
    up: list[Tick]
    up_metric: list[Tick]
    """A second scale in metric units, empty where there is only one."""
    units: tuple[str, ...]
    axis: str
    left: int
    width: int = WIDTH
    height: int = HEIGHT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM

    @property
    def plot_width(self) -> int:
        """Width of the ground that lines lie on."""
        return self.right - self.left

    @property
    def plot_height(self) -> int:
        """Height of the same."""
        return self.bottom - self.top

    @property
    def middle(self) -> int:
        """Where the name of the age axis stands."""
        return (self.left + self.right) // 2

    @property
    def doubtful(self) -> bool:
        """Whether an implausible visit is on it."""
        return any(not one.visit.sound for one in self.points)


def draw(measure: Measure, span: Span, sex: Sex, visits: Sequence[Plotted]) -> Chart:
    """Lay out the visits of the span over the percentile lines of the child's sex.

    The scale holds all lines and all sound visits; an implausible one beyond it stands on the edge. Without a
    reference (sex unknown) the visits stand alone.
    """
    shown = [visit for visit in visits if span.ages.first_day <= visit.age_days <= span.ages.last_day]
    extended = any(visit.above_p95 and visit.sound for visit in shown)
    curves = curves_of(measure, span, sex, extended=extended)
    # Where the sex is unknown the scale is that of both charts, or a kilogram more would look like a leap.
    held = [curves] if curves else [curves_of(measure, span, one) for one in SEXES]
    y = scale_of([end for some in held for curve in some.values() for end in (curve.min(), curve.max())], shown)
    left = LEFT[len(units := UNITS[measure])]
    x = Scale(span.ages.first_month, span.ages.last_month, left, WIDTH - RIGHT)
    at = [x(min(day / DAYS_A_MONTH, span.ages.last_month)) for day in node_days(span)]
    paths = {name: way(zip(at, map(y, curve.tolist()), strict=True)) for name, curve in curves.items()}
    names = apart([y(curve[-1]) + HALF_A_LETTER for curve in curves.values()], GAP_BETWEEN_NAMES)
    points = [point(visit, x, y) for visit in shown]
    run = [one for one in points if one.visit.sound]
    return Chart(
        bands=bands(measure, span, paths, left),
        lines=[line(span, name, paths[name], names[place]) for place, name in enumerate(curves)],
        run=way((one.x, one.y) for one in run) if len(run) > 1 else "",
        points=points,
        across=ages_across(span, x),
        up=ticks(y, units[0], TICKS_US),
        up_metric=ticks(y, units[1], TICKS_METRIC) if len(units) > 1 else [],
        units=tuple(unit.name for unit in units),
        axis=span.ages.axis,
        left=left,
    )


def curves_of(measure: Measure, span: Span, sex: Sex, *, extended: bool = False) -> dict[int, Floats]:
    """Return the lines by percentile, those of the extended chart by percent of the 95th; none without reference."""
    if sex is Sex.UNKNOWN:
        return {}
    found = {number: percentile_line(span, measure, sex, number) for number in PERCENTILES[span, measure]}
    if extended and measure is Measure.BMI and span is Span.CHILD:
        found |= {percent: extended_line(sex, percent) for percent in EXTENDED}
    return {} if any(np.isnan(curve).any() for curve in found.values()) else found


def scale_of(values: list[float], visits: Sequence[Plotted]) -> Scale:
    """Return the scale up the picture that holds the lines, the sound visits, and of the others those not far away."""
    held = values + [visit.value for visit in visits if visit.sound] or [visit.value for visit in visits] or [0.0, 1.0]
    low, high = min(held), max(held)
    near = (high - low) * STRETCH
    held += [visit.value for visit in visits if low - near <= visit.value <= high + near]
    low, high = min(held), max(held)
    room = max((high - low) * ROOM, high * ROOM / 2, 0.1)
    return Scale(low - room, high + room, HEIGHT - BOTTOM, TOP)


def point(visit: Plotted, x: Scale, y: Scale) -> Point:
    """Place a visit, on the edge if its value lies outside."""
    off = "above" if visit.value > y.high else "below" if visit.value < y.low else ""
    place = min(max(y(visit.value), TOP + MARK), HEIGHT - BOTTOM - MARK) if off else y(visit.value)
    return Point(x(visit.age_days / DAYS_A_MONTH), place, visit, off)


def line(span: Span, number: int, points: str, name_y: float) -> Line:
    """Dress a percentile line: the median strongest, the limits dashed and named in bold."""
    if number > 100:
        return Line(f"{number}% of 95th", points, EXTENSION, 1.3, DARK, bold=False, name_y=name_y)
    limit = number in LIMITS[span]
    return Line(
        name=f"{number}{'nd' if number == 2 else 'th'}",
        points=points,
        dashes="" if not limit else INNER_LIMIT if number == 85 else LIMIT,
        width=1.8 if number == 50 else 1.4 if limit else 0.9,
        color=DARK if number == 50 or limit else PALE,
        bold=number == 50 or limit,
        name_y=name_y,
    )


def bands(measure: Measure, span: Span, paths: dict[int, str], left: int) -> list[Band]:
    """Return the grounds between lines: of the weight status for a child's body mass index, of halves for all else."""
    if not paths:
        return []
    if measure is Measure.BMI and span is Span.CHILD:
        roof = f"{left},{TOP} {WIDTH - RIGHT},{TOP}"
        return [
            Band(between(paths[5], paths[85]), HEALTHY),
            Band(between(paths[85], paths[95]), OVERWEIGHT),
            Band(between(paths[95], roof), OBESITY),
        ]
    lowest, highest = PERCENTILES[span, measure][0], PERCENTILES[span, measure][-1]
    return [Band(between(paths[lowest], paths[highest]), OUTER), Band(between(paths[25], paths[75]), INNER)]


def between(lower: str, upper: str) -> str:
    """Return the outline between two lines: along one and back along the other."""
    return " ".join([lower, *reversed(upper.split(" "))])


def way(places: Iterable[tuple[float, float]]) -> str:
    """Write places as an SVG polyline wants them."""
    return " ".join(f"{x:g},{y:g}" for x, y in places)


def ages_across(span: Span, x: Scale) -> list[Tick]:
    """Return the marks of the age axis, every second or third with its number."""
    ages = span.ages
    marks = []
    for month in range(ages.first_month, ages.last_month + 1, ages.months_a_line):
        numbered = month % ages.months_a_label == 0
        marks.append(Tick(x(month), f"{month // ages.unit_months}" if numbered else ""))
    return marks
