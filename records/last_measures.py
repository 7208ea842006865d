"""The heights and weights that are known of some students: the last ones before a day, and those of the day itself."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from records.child_sizes import Whose
from records.models import HealthRecord
from records.models.health_record import HealthRecordQuerySet
from records.plausibility import Last
from students.models import Student
from students.models.among import Among

# As SQL, since every vital signs that are recorded ask it: two LIMIT 1 on the index of vitals for each student.
LAST = """
SELECT asked.id, h.height_cm, h.date, w.weight_kg, w.date
FROM unnest(%(students)s::uuid[]) AS asked(id)
LEFT JOIN LATERAL (
    SELECT r.height_cm, r.date FROM records_healthrecord r
    WHERE r.student_id = asked.id AND r.vital IS NOT NULL AND r.height_cm IS NOT NULL AND r.date <= %(until)s
        AND r.status <> 'entered_in_error' AND (%(confidential)s OR NOT r.confidential)
    ORDER BY r.date DESC, r.id DESC LIMIT 1
) AS h ON true
LEFT JOIN LATERAL (
    SELECT r.weight_kg, r.date FROM records_healthrecord r
    WHERE r.student_id = asked.id AND r.vital IS NOT NULL AND r.weight_kg IS NOT NULL AND r.date <= %(until)s
        AND r.status <> 'entered_in_error' AND (%(confidential)s OR NOT r.confidential)
    ORDER BY r.date DESC, r.id DESC LIMIT 1
) AS w ON true
WHERE h.date IS NOT NULL OR w.date IS NOT NULL
"""

LAST_OF_ONE = f"""
SELECT s.sex, s.birth_date, known.*
FROM students_student s LEFT JOIN ({LAST}) AS known(id, height_cm, height_on, weight_kg, weight_on) ON true
WHERE s.id = %(student)s
"""


def last_measures(student_ids: Iterable[UUID], until: datetime.date, *, confidential: bool) -> dict[UUID, Last]:
    """Return the last height and weight of each student up to that day, itself included; one statement."""
    asked: dict[str, Any] = {"students": list(student_ids), "until": until, "confidential": confidential}
    with connection.cursor() as cursor:
        cursor.execute(LAST, asked)
        return {student_id: Last(*measures) for student_id, *measures in cursor.fetchall()}


def child_and_last(student_id: UUID, until: datetime.date, *, confidential: bool) -> tuple[Whose, Last | None]:
    """Return whose chart counts, and the last height and weight up to that day, if any is known; one statement.

    Raises Student.DoesNotExist.
    """
    asked: dict[str, Any] = {
        "student": student_id,
        "students": [student_id],
        "until": until,
        "confidential": confidential,
    }
    with connection.cursor() as cursor:
        cursor.execute(LAST_OF_ONE, asked)
        found = cursor.fetchone()
    if found is None:
        raise Student.DoesNotExist
    sex, born, known, *measures = found
    return Whose(sex, born), Last(*measures) if known else None


def measured_on(
    day: datetime.date, student_ids: Iterable[UUID], *, confidential: bool
) -> dict[UUID, list[HealthRecord]]:
    """Return the records of that day that hold a height or weight, by student, newest first; one statement."""
    of_day = standing(student_ids, confidential=confidential).filter(date=day)
    measured = of_day.filter(Q(height_cm__isnull=False) | Q(weight_kg__isnull=False)).select_related("created_by")
    found: dict[UUID, list[HealthRecord]] = defaultdict(list)
    for record in measured.newest_first():
        found[record.student_id].append(record)
    return found


def standing(student_ids: Iterable[UUID], *, confidential: bool) -> HealthRecordQuerySet:
    """Return the vital signs of these students that stand."""
    vitals = HealthRecord.objects.stands().with_vitals().shown_to(confidential=confidential)
    return vitals.filter(student__in=Among(student_ids))
