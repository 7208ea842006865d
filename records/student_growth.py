"""Growth of one student: every standing height and weight against the references, computed when it is read.

A child has some dozens of measurements and they are assessed in about a millisecond, so nothing is stored for
this: a new measurement, a corrected birth date or sex is right at once. Cached like the summary, under the student's
health_version; docs/growth.md.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from access.gate import Pass, StudentNotVisible
from records.cached import Cached, answer, student_key
from records.measured_visits import growth
from records.models import HealthRecord
from students.models import Student

CACHE = "growth"
# Grows with each change of the JSON's shape or of what its numbers mean.
SHAPE = 1
SECONDS_CACHED = 3_600


@dataclass(frozen=True)
class StudentGrowth:
    """Growth as finished JSON bytes, and where they came from."""

    body: bytes
    cache: Cached

    @cached_property
    def data(self) -> dict[str, Any]:
        """The same as Python values, for the page."""
        value: dict[str, Any] = orjson.loads(self.body)
        return value


def student_growth(look: Pass) -> StudentGrowth:
    """Return the growth of the student the gate let us through to: at most one statement, none when cached."""
    key = student_key(CACHE, SHAPE, look)
    found = answer(
        CACHE,
        key,
        lambda: build(look.student_id, confidential=look.confidential),
        about=key.encode(),
        schools=(look.school_id,),
        seconds=SECONDS_CACHED,
    )
    return StudentGrowth(found.body, found.cache)


def build(student_id: UUID, *, confidential: bool) -> bytes:
    """Compute it from the database in one statement; finished JSON bytes, in which NaN is written as null.

    Raises StudentNotVisible if the student is gone since the gate.
    """
    taken = (
        HealthRecord.objects.filter(student=OuterRef("pk")).shown_to(confidential=confidential).growth_measurements()
    )
    row = Student.objects.filter(pk=student_id).values("birth_date", "sex", taken=ArraySubquery(taken)).first()
    if row is None:
        raise StudentNotVisible("There is no such student among yours.")
    return orjson.dumps(growth(row["birth_date"], row["sex"], row["taken"]))
