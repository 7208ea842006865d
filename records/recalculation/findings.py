"""What a nurse should look at, found in a chunk's measurements.

    obesity_class   the weight status reached obesity, or a higher class of it, since the measurement before
    falling_lines   height or body mass index fell by two or more percentile lines (5, 10, 25, 50, 75, 85, 95) since the
                    latest measurement at least six months before, by the same reference (records.growth.trend)
    no_growth       less than 1 cm in at least six months, at an age where 95 of 100 children grow faster
                    (records.growth.velocity; 1 cm is what two careful measurements of one child may differ by)

Implausible values are no ground for anything. Only measurements of the last twelve months count: what was so years ago
is history, not work.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from records.growth import (
    Assessed,
    Assessment,
    VelocityFinding,
    WeightStatus,
    earlier_visit,
    height_velocity,
    reference,
)
from records.growth.trend import trend
from records.models.follow_up import FollowUp
from records.recalculation.chunks import Chunk

MONTHS_12: Final = 366
LINES: Final = 2
NO_GROWTH_CM: Final = 1.0
STATUS_WORDS: Final = {
    WeightStatus.UNDERWEIGHT: "underweight",
    WeightStatus.HEALTHY_WEIGHT: "healthy weight",
    WeightStatus.OVERWEIGHT: "overweight",
    WeightStatus.OBESITY: "obesity class 1",
    WeightStatus.OBESITY_CLASS_2: "obesity class 2",
    WeightStatus.OBESITY_CLASS_3: "obesity class 3",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in one measurement; two of a kind in one measurement are one finding."""

    student: UUID
    record: UUID
    kind: FollowUp.Kind
    date: datetime.date
    reason: str


def findings(chunk: Chunk, found: Assessment, today: datetime.date) -> list[Finding]:
    """Return what is to be looked at, the oldest measurement first. `found` may be longer than the chunk."""
    recent = chunk.date >= (today - datetime.date(1970, 1, 1)).days - MONTHS_12
    if not recent.any():
        return []
    size = len(chunk)
    height = (found.height.implausible[:size] == 0) & (chunk.on_chart > 0) & (chunk.children.age_days >= 0)
    bmi = (found.bmi.implausible[:size] == 0) & (found.weight.implausible[:size] == 0) & height
    rows = [
        *_new_classes(chunk, found, recent, bmi & (found.weight_status[:size] > 0)),
        *_falls(chunk, {"Height": (found.height, height), "Body mass index": (found.bmi, bmi)}, recent),
        *_no_growth(chunk, recent, height),
    ]
    return sorted(rows, key=lambda one: (one.date, one.record, one.kind))


def _new_classes(chunk: Chunk, found: Assessment, recent: NDArray[Any], sound: NDArray[Any]) -> Iterator[Finding]:
    status = found.weight_status[: len(chunk)]
    before = earlier_visit(chunk.place, chunk.children.age_days, sound, at_least=1)
    higher = recent & sound & (status >= WeightStatus.OBESITY) & (before >= 0) & (status > status[before])
    for row in np.flatnonzero(higher).tolist():
        now, then = (STATUS_WORDS[WeightStatus(status[one])] for one in (row, before[row]))
        reason = f"{now[0].upper()}{now[1:]}; {then} on {day(chunk, before[row]):%b %-d, %Y}."
        yield _finding(chunk, row, FollowUp.Kind.OBESITY_CLASS, reason)


def _falls(chunk: Chunk, measures: dict[str, tuple[Assessed, NDArray[Any]]], recent: NDArray[Any]) -> Iterator[Finding]:
    days = chunk.children.age_days
    chart = reference(days)
    said: dict[int, list[str]] = {}
    since: dict[int, int] = {}
    for name, (one, plausible) in measures.items():
        z, percentile = one.z[: len(chunk)], one.percentile[: len(chunk)]
        sound = plausible & ~np.isnan(z)
        before = earlier_visit(chunk.place, days, sound)
        rows = np.flatnonzero(recent & sound & (before >= 0) & (chart == chart[before]))
        moved = trend(days[before[rows]], z[before[rows]], days[rows], z[rows])
        for row in rows[moved.lines_crossed <= -LINES].tolist():
            words = f"{name} from percentile {shown(percentile[before[row]])} to {shown(percentile[row])}"
            said.setdefault(row, []).append(words)
            since[row] = min(since.get(row, row), int(before[row]), key=lambda place: chunk.date[place])
    for row, pieces in said.items():
        reason = f"{'; '.join(pieces)} since {day(chunk, since[row]):%b %-d, %Y}."
        yield _finding(chunk, row, FollowUp.Kind.FALLING_LINES, reason)


def _no_growth(chunk: Chunk, recent: NDArray[Any], sound: NDArray[Any]) -> Iterator[Finding]:
    days, height, lying = chunk.children.age_days, chunk.height, chunk.lying
    before = earlier_visit(chunk.place, days, sound)
    rows = np.flatnonzero(recent & sound & (before >= 0))
    first = before[rows]
    speed = height_velocity(
        chunk.children.sex[rows], days[first], height[first], days[rows], height[rows],
        same_method=lying[first] == lying[rows],
    )  # fmt: skip
    grown = height[rows] - height[first]
    stopped = (speed.finding == VelocityFinding.LOW) & (grown < NO_GROWTH_CM)
    for row, start, gain in zip(rows[stopped].tolist(), first[stopped].tolist(), grown[stopped].tolist(), strict=True):
        words = f"{gain:.1f} cm" if gain > 0 else "Nothing"
        yield _finding(chunk, row, FollowUp.Kind.NO_GROWTH, f"{words} grown since {day(chunk, start):%b %-d, %Y}.")


def _finding(chunk: Chunk, row: int, kind: FollowUp.Kind, reason: str) -> Finding:
    student, record = bytes(chunk.students[chunk.place[row]]), bytes(chunk.record[row])
    return Finding(UUID(bytes=student), UUID(bytes=record), kind, day(chunk, row), reason)


def day(chunk: Chunk, row: int) -> datetime.date:
    """Return the day of a measurement."""
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=int(chunk.date[row]))


def shown(percentile: float) -> str:
    """Return a percentile as it is shown: rounded down, never 0 or 100."""
    return "under 1" if percentile < 1 else "over 99" if percentile > 99 else f"{int(percentile)}"
