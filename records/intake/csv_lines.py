"""One line of a file of health records: checked and ready to be written, or rejected with all that is wrong."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

import orjson
from uuid_utils import uuid7

from records.alarms import flags_for
from records.fhir.element import Problem, unusable_text
from records.intake.csv_columns import TEXTS, Columns
from records.models import HealthRecord
from records.vital_signs import KEYS, Impossible, Measured, NotAMeasurement, measured, read
from students.models.student import completed_years

LONGEST_ID: Final = 100
# A line that is as long as its shortest limit has no text that is too long.
SURELY_SHORT: Final = LONGEST_ID
# What cells say, in the order in which they are probable.
CONFIDENTIAL: Final = {"": None, "no": False, "yes": True, "false": False, "true": True, "n": False, "y": True,
                       "0": False, "1": True}  # fmt: skip
# What a child told in confidence stays so where the file does not say otherwise.
TOLD_IN_CONFIDENCE: Final = frozenset({HealthRecord.Type.COUNSELING.value, HealthRecord.Type.MENTAL_HEALTH.value})
TYPES: Final = frozenset(HealthRecord.Type.values)
US_DATE: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
# As programs write it: with more digits than a nurse types, where it was converted before.
PLAIN_NUMBER: Final = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,15})?")
BETWEEN_CELLS: Final = "\x1f"


class Child(NamedTuple):
    """A student who may stand in the file."""

    id: str
    born: datetime.date


class Line(NamedTuple):
    """A checked line: the columns of the table it is staged in, in their order."""

    line: int
    id: str
    student_id: str
    type: str
    date: datetime.date
    description: str
    notes: str
    provider: str
    confidential: bool
    vital: str
    """JSON; '' where nothing was measured."""
    vital_typed: str
    flags: str
    """As PostgreSQL writes an array."""
    source_id: str
    digest: str
    """As PostgreSQL writes bytes."""


@dataclass(frozen=True, slots=True)
class LineReader:
    """Reads the lines of one file."""

    columns: Columns
    students: Mapping[tuple[str, str], Child]
    """By the school's code and the student number."""
    school: str
    """Of lines that name none."""
    today: datetime.date

    def read(self, number: int, cells: Sequence[str]) -> Line | list[Problem]:
        """Read the cells of a line, or say what is wrong with it."""
        columns = self.columns
        if len(cells) != columns.count:
            return [Problem("", f"has {len(cells)} cells, the first line has {columns.count}")]
        whole = BETWEEN_CELLS.join(cells)
        problems: list[Problem] = []
        try:
            digest = hashlib.sha256(whole.encode()).hexdigest()
        except UnicodeEncodeError:
            return [Problem("", "holds bytes that are not UTF-8 (Latin-1?); save the file as UTF-8")]
        cells = [*cells, ""]  # the last one is that of a column which the file does not have
        source_id, kind = cells[columns.id].strip(), cells[columns.type].strip().upper()
        description, notes, provider = cells[columns.description], cells[columns.notes], cells[columns.provider]
        if not source_id or "\x00" in whole or "{" in whole or "<%" in whole or len(whole) > SURELY_SHORT:
            problems += texts_at_fault(source_id, description, notes, provider)
        if kind not in TYPES:
            problems.append(Problem("type", f"{kind[:40]!r} is not a type of record" if kind else "is missing"))
        child = self.child(cells, problems)
        date = self.day(cells[columns.date].strip(), problems)
        confidential = CONFIDENTIAL.get(cells[columns.confidential].strip().lower(), "")
        if confidential == "":
            problems.append(Problem("confidential", "is neither yes nor no"))
        signs = vital_signs(columns, cells, problems) if columns.signs else {}
        if child is not None and date is not None and signs and date < child.born:
            problems.append(Problem("date", "lies before the student's birth"))
        if problems or child is None or date is None:
            return problems
        vital = {KEYS[sign]: one.metric for sign, one in signs.items()}
        flags = flags_for(vital, completed_years(child.born, date)) if vital else []
        if date < child.born:
            flags.append("before_birth")
        return Line(
            number, str(uuid7()), child.id, kind, date,
            description.strip() or ("Vital signs" if vital else ""), notes.strip(), provider.strip(),
            kind in TOLD_IN_CONFIDENCE if confidential is None else bool(confidential),
            orjson.dumps(vital).decode() if vital else "", typed(signs) if vital else "",
            f"{{{','.join(flags)}}}", source_id, f"\\x{digest}",
        )  # fmt: skip

    def child(self, cells: Sequence[str], problems: list[Problem]) -> Child | None:
        """Return whom the line is about."""
        code, number = cells[self.columns.school].strip() or self.school, cells[self.columns.student_number].strip()
        child = self.students.get((code, number))
        if child is None:
            if not number:
                problems.append(Problem("student_number", "is missing"))
            elif not code:
                problems.append(Problem("school", "is missing, and the import was not told a school"))
            else:
                problems.append(Problem("student_number", f"nobody at school {code[:50]!r} has this number"))
        return child

    def day(self, text: str, problems: list[Problem]) -> datetime.date | None:
        """Return the day of `2026-03-14` or `3/14/2026`."""
        if not text:
            problems.append(Problem("date", "is missing"))
            return None
        try:
            day = day_of(text)
        except ValueError:
            problems.append(Problem("date", f"{text[:20]!r} is not a day; write 2026-03-14 or 3/14/2026"))
            return None
        if day > self.today:
            problems.append(Problem("date", "lies in the future"))
            return None
        return day


def day_of(text: str) -> datetime.date:
    """Read a day as ISO 8601 or as it is written in the United States. Raises ValueError."""
    if match := US_DATE.fullmatch(text):
        return datetime.date(int(match[3]), int(match[1]), int(match[2]))
    return datetime.date.fromisoformat(text)


def typed(signs: Mapping[str, Measured]) -> str:
    """Return value and unit of each sign as they stand in the file, as JSON."""
    return orjson.dumps({sign: {"value": one.value, "unit": one.unit} for sign, one in signs.items()}).decode()


def texts_at_fault(source_id: str, description: str, notes: str, provider: str) -> list[Problem]:
    """Return what is wrong with the texts of a line."""
    found = [] if source_id else [Problem("id", "is missing; without it this line again would be a second record")]
    texts = {"id": source_id, "description": description, "notes": notes, "provider": provider}
    for name, text in texts.items():
        wrong = unusable_text(text, TEXTS.get(name, LONGEST_ID))
        if wrong:
            found.append(Problem(name, wrong))
    return found


def vital_signs(columns: Columns, cells: Sequence[str], problems: list[Problem]) -> dict[str, Measured]:
    """Return what was measured, by sign."""
    found: dict[str, Measured] = {}
    for place, name, sign, unit in columns.signs:
        if not cells[place]:
            continue
        try:
            value = read_sign(sign, cells[place].strip(), unit)
        except (NotAMeasurement, Impossible) as error:
            problems.append(Problem(name, str(error)))
            continue
        if value is not None and sign in found:
            problems.append(Problem(name, f"says {sign} a second time, in another unit"))
        elif value is not None:
            found[sign] = value
    return found


@lru_cache(maxsize=4096)
def read_sign(sign: str, text: str, unit: str) -> Measured | None:
    """Read a cell, None where only spaces stand in it; a bare number has the unit of its column.

    Remembered, because the same few hundred values stand in a file again and again. Raises NotAMeasurement, Impossible.
    """
    if PLAIN_NUMBER.fullmatch(text):
        return measured(sign, Decimal(text), unit)
    return read(sign, text, default_unit=unit) if text else None
