"""One child's heights and weights, visit by visit, as growth: what the API, the page and the summary say about them.

Pure: the kernel of records.growth with the words of the API around it. No Django, no database.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, zip_longest
from typing import Any, Self

import numpy as np

from records.growth import (
    Assessment,
    Children,
    Reason,
    Reference,
    Sex,
    VelocityFinding,
    WeightStatus,
    assess,
    body_mass,
    earlier_visit,
    height_velocity,
    on_chart,
    reference,
    trend,
)  # fmt: skip
from records.growth.ages import LAST_WHO_DAY
from records.growth.children import sex_codes
from records.growth.tables import Floats

LYING = "recumbent_length"
"""The flag of a record whose height was measured lying."""
SEXES = {"male": Sex.MALE, "female": Sex.FEMALE}
MEASURES = ("height", "weight", "bmi")
# A reason that is the child's or the day's is said once a visit; any other belongs to one measure.
OF_THE_VISIT = {Reason.AGE_UNKNOWN, Reason.BEFORE_BIRTH, Reason.ADULT, Reason.SEX_UNKNOWN, Reason.NO_REFERENCE}
IMPLAUSIBLE = {-1: "implausibly_low", 1: "implausibly_high"}
UNDER_TWO = "under_24_months"
HEIGHT_FELL = "height_fell"
WEIGHT_JUMPED = "weight_jumped"
JUMP, JUMP_WITHIN = 1.7, 400
"""Times the weight, within so many days, that no child past infancy gains or loses: pounds for kilograms are 2.2."""


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of one child, oldest first, all columns of one length; NaN for what was not measured."""

    sex: Sex
    dates: Sequence[date]
    days: Any
    """Age in days at each visit."""
    height_cm: Floats
    """As measured."""
    weight_kg: Floats
    lying: Any
    """Whether the height is known to be a length measured lying."""

    @classmethod
    def of(cls, born: date, sex: str, rows: Iterable[dict[str, Any]]) -> Self:
        """Take `date` (ISO), `height_cm`, `weight_kg` and `flags` of each record; `sex` is a word, unknown allowed."""
        taken = list(rows)
        dates = [date.fromisoformat(row["date"]) for row in taken]
        return cls(
            sex=SEXES.get(sex, Sex.UNKNOWN),
            dates=dates,
            days=np.array([(day - born).days for day in dates], dtype=np.int32),
            height_cm=np.array([row["height_cm"] for row in taken], dtype=np.float64),
            weight_kg=np.array([row["weight_kg"] for row in taken], dtype=np.float64),
            lying=np.array([LYING in row["flags"] for row in taken], dtype=bool),
        )

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def children(self) -> Children:
        """Whose they are."""
        return Children.of_days(np.full(len(self), self.sex, dtype=np.uint8), self.days)

    @property
    def charted_cm(self) -> Floats:
        """The heights as the charts want them: a known length becomes a stature from 24 months on (CDC)."""
        if not self.lying.any():
            return self.height_cm
        return np.where(self.lying, on_chart(self.height_cm, self.days, lying=True), self.height_cm)

    def assess(self) -> Assessment:
        """Assess them, the body mass index from the height as charted."""
        return assess(self.children, self.charted_cm, self.weight_kg)


def growth(born: date, sex: str, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return `measurements`, `velocity` and `trend` as the API gives them; rows oldest first, see Visits.of."""
    visits = Visits.of(born, sex, rows)
    found = visits.assess()
    return {
        "measurements": measurements(visits, found),
        "velocity": list(velocities(visits, found)),
        "trend": list(trends(visits, found)),
    }


def latest(born: date, sex: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a single visit for the health summary: date, BMI, its percentile and the weight status."""
    visits = Visits.of(born, sex, [row])
    found = body_mass(visits.children, visits.charted_cm, visits.weight_kg)
    return {
        "date": row["date"],
        # orjson writes NaN as null.
        "bmi": found.value.item(),
        "bmi_percentile": found.percentile.item(),
        "weight_status": status_word(found.weight_status.item()),
    }


def measurements(visits: Visits, found: Assessment) -> list[dict[str, Any]]:
    """Return one object a visit, in the order and with the keys of the API; NaN where there is no answer."""
    columns = {
        "age_days": visits.days,
        "height_cm": visits.height_cm,
        "weight_kg": visits.weight_kg,
        "bmi": found.bmi_value,
        "height_z": found.height.z,
        "height_percentile": found.height.percentile,
        "weight_z": found.weight.z,
        "weight_percentile": found.weight.percentile,
        "bmi_z": found.bmi.z,
        "bmi_percentile": found.bmi.percentile,
        "bmi_percent_of_p95": found.percent_of_p95,
    }
    numbers = zip(*(column.tolist() for column in columns.values()), strict=True)
    references = reference(visits.days).tolist()
    statuses = found.weight_status.tolist()
    said = flags(visits, found)
    return [
        {
            "date": visits.dates[place].isoformat(),
            **dict(zip(columns, row, strict=True)),
            "weight_status": status_word(statuses[place]),
            "reference": Reference(references[place]).word or None,
            "flags": said[place],
        }
        for place, row in enumerate(numbers)
    ]


def status_word(status: int) -> str | None:
    """Return the word of a WeightStatus; None for none."""
    return WeightStatus(status).word if status else None


def flags(visits: Visits, found: Assessment) -> list[list[str]]:
    """Return for each visit why it lacks answers, and which of its values to check: each said once."""
    parts = (found.height, found.weight, found.bmi)
    reasons = zip(*(one.reason.tolist() for one in parts), strict=True)
    doubts = zip(*(one.implausible.tolist() for one in parts), strict=True)
    under_two = ((visits.days >= 0) & (visits.days <= LAST_WHO_DAY)).tolist()
    own = zip(under_two, visits.lying.tolist(), falls(visits, found), jumps(visits, found), strict=True)
    return [
        [
            *dict.fromkeys(chain(missing(why), check(odd))),
            *(
                word
                for word, applies in zip((UNDER_TWO, LYING, HEIGHT_FELL, WEIGHT_JUMPED), that, strict=True)
                if applies
            ),
        ]
        for why, odd, that in zip(reasons, doubts, own, strict=True)
    ]


def missing(reasons: tuple[int, ...]) -> Iterator[str]:
    """Yield the words of the reasons of height, weight and BMI; what a BMI lacks is a height or weight, said there."""
    if any(reasons):
        for name, reason in zip(MEASURES, map(Reason, reasons), strict=True):
            if reason in OF_THE_VISIT:
                yield reason.word
            elif reason and name != "bmi":
                yield f"{name}_{reason.word}"


def check(doubts: tuple[int, ...]) -> Iterator[str]:
    """Yield which of height, weight and BMI is implausible, and in which direction."""
    return (f"{name}_{IMPLAUSIBLE[way]}" for name, way in zip(MEASURES, doubts, strict=True) if way)


def sound_heights(visits: Visits, found: Assessment) -> Any:
    """Return which visits have a height that others may be compared with: measured, after birth, not implausible."""
    return (visits.height_cm > 0) & (visits.days >= 0) & (found.height.implausible == 0)


def falls(visits: Visits, found: Assessment) -> list[bool]:
    """Tell of each visit whether it is more than 1 cm shorter than on an earlier day: one of the two is wrong."""
    sound = sound_heights(visits, found)
    before = earlier_visit(np.zeros(len(visits), dtype=np.int64), visits.days, sound, at_least=1)
    speed = between(visits, before, np.arange(len(visits)))
    fell: list[bool] = (sound & (before >= 0) & (speed.finding == VelocityFinding.FALL)).tolist()
    return fell


def jumps(visits: Visits, found: Assessment) -> list[bool]:
    """Tell of each visit whether its weight stands apart from the one before and the one after, where there are any.

    CDC's limits are wide enough for a heavy child, so pounds typed as kilograms often pass them; the child's own
    weights do not let them pass. Of a last weight the one before decides alone, of a first one nothing does.
    """
    past_infancy = (visits.weight_kg > 0) & (visits.days > LAST_WHO_DAY) & (found.weight.implausible == 0)
    places = np.flatnonzero(past_infancy).tolist()
    days, weights = visits.days.tolist(), visits.weight_kg.tolist()
    jumped, before = [False] * len(visits), None
    for place, after in zip_longest(places, places[1:]):
        if before is not None and days[place] - days[before] <= JUMP_WITHIN and apart(weights[before], weights[place]):
            jumped[place] = after is None or apart(weights[place], weights[after])
        if not jumped[place]:
            before = place
    return jumped


def apart(first: float, second: float) -> bool:
    """Tell whether one weight is more than JUMP times the other."""
    return max(first, second) > JUMP * min(first, second)


def between(visits: Visits, first: Any, last: Any) -> Any:
    """Return the height velocities between visits given by their places."""
    return height_velocity(
        sex_codes(np.full(len(last), visits.sex)), visits.days[first], visits.height_cm[first], visits.days[last],
        visits.height_cm[last], same_method=visits.lying[first] == visits.lying[last],
    )  # fmt: skip


def velocities(visits: Visits, found: Assessment) -> Iterator[dict[str, Any]]:
    """Yield the height velocity up to each visit from the latest one at least six months before; NaN without answer."""
    sound = sound_heights(visits, found)
    before = earlier_visit(np.zeros(len(visits), dtype=np.int64), visits.days, sound)
    last = np.flatnonzero(sound & (before >= 0))
    first = before[last]
    speed = between(visits, first, last)
    for place, (start, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        finding, reason = VelocityFinding(speed.finding[place]), Reason(speed.reason[place])
        yield {
            "from_date": visits.dates[start].isoformat(),
            "to_date": visits.dates[end].isoformat(),
            "days": int(visits.days[end] - visits.days[start]),
            "cm_per_year": speed.cm_per_year[place].item(),
            "p5": speed.p5[place].item(),
            "p50": speed.p50[place].item(),
            "p95": speed.p95[place].item(),
            "finding": finding.word if finding else None,
            "reason": reason.word if reason else None,
        }


def trends(visits: Visits, found: Assessment) -> Iterator[dict[str, Any]]:
    """Yield for each measure how the last visit's z-score moved since the latest one at least six months before.

    Only visits of one reference are compared: WHO's and CDC's percentiles differ for the same child.
    """
    which = reference(visits.days)
    for measure, one in zip(MEASURES, (found.height, found.weight, found.bmi), strict=True):
        sound = ~np.isnan(one.z) & (one.implausible == 0)
        if measure == "bmi":
            sound &= (found.height.implausible == 0) & (found.weight.implausible == 0)
        if not sound.any():
            continue
        last = int(np.flatnonzero(sound)[-1])
        comparable = sound & (which == which[last])
        first = int(earlier_visit(np.zeros(len(visits), dtype=np.int64), visits.days, comparable)[last])
        if first < 0:
            continue
        moved = trend(visits.days[[first]], one.z[[first]], visits.days[[last]], one.z[[last]])
        yield {
            "measure": measure,
            "from_date": visits.dates[first].isoformat(),
            "to_date": visits.dates[last].isoformat(),
            "from_percentile": one.percentile[first].item(),
            "to_percentile": one.percentile[last].item(),
            "from_percent_of_p95": found.percent_of_p95[first].item() if measure == "bmi" else None,
            "to_percent_of_p95": found.percent_of_p95[last].item() if measure == "bmi" else None,
            "z_per_year": moved.z_per_year.item(),
            "lines_crossed": moved.lines_crossed.item(),
        }
