"""The columns of a file of health records: which there are, which must be, and where they stand in this file."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

REQUIRED: Final = ("id", "student_number", "date", "type")
TEXTS: Final[dict[str, int]] = {"description": 500, "notes": 100_000, "provider": 200}
"""Longest text of each, in characters; more notes than that belong into an attached document."""
# A column of a vital sign: the sign of records.vital_signs and the unit of a bare number.
SIGNS: Final[dict[str, tuple[str, str]]] = {
    "height_cm": ("height", "cm"),
    "height_in": ("height", "in"),
    "weight_kg": ("weight", "kg"),
    "weight_lb": ("weight", "lb"),
    "temperature_c": ("temperature", "C"),
    "temperature_f": ("temperature", "F"),
    "heart_rate": ("heart_rate", "/min"),
    "respiratory_rate": ("respiratory_rate", "/min"),
    "systolic": ("systolic", "mmHg"),
    "diastolic": ("diastolic", "mmHg"),
    "oxygen_saturation": ("oxygen_saturation", "%"),
}
KNOWN: Final = (*REQUIRED, "school", *TEXTS, "confidential", *SIGNS)


class BadHeader(ValueError):
    """The first line names columns that White Cross does not know, or leaves out ones it needs."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column stands; -1 where the file has none, which is an empty cell behind the last."""

    count: int
    id: int
    student_number: int
    date: int
    type: int
    school: int
    description: int
    notes: int
    provider: int
    confidential: int
    signs: tuple[tuple[int, str, str, str], ...]
    """Place, name of the column, sign, unit."""

    @classmethod
    def of(cls, header: Sequence[str]) -> Columns:
        """Read the first line. Raises BadHeader: a column that nobody reads would look as if it had been kept."""
        names = [name.strip().lower() for name in header]
        wrong = [f"it has no column {name}" for name in REQUIRED if name not in names]
        wrong += [unknown(name) for name in names if name not in KNOWN]
        wrong += [f"{name} stands in it twice" for name in sorted({name for name in names if names.count(name) > 1})]
        if wrong:
            raise BadHeader("; ".join(wrong))
        place = {name: names.index(name) if name in names else -1 for name in KNOWN}
        signs = tuple((place[name], name, sign, unit) for name, (sign, unit) in SIGNS.items() if place[name] >= 0)
        single = {name: place[name] for name in KNOWN if name not in SIGNS}
        return cls(count=len(names), signs=signs, **single)


def unknown(name: str) -> str:
    """Say that there is no such column, and which was probably meant."""
    near = difflib.get_close_matches(name, KNOWN, n=1)
    return f"White Cross has no column {name[:40]!r}" + (f" (do you mean {near[0]}?)" if near else "")
