"""Weight status and coverage of the enrolled students of some schools: by school, grade and sex, small cells hidden.

The latest height and weight of one day counts, not older than a year; whose weight status nobody knows (sex unknown,
under two, an implausible value) is not measured here. From the stored assessments, so as new as the
last run of recalculate_growth. All measured students count, those of confidential records too: nobody can be told from
the numbers (records.small_cells). Nothing is offered by a combination of these, nor for a part of one's schools: tables
of the parts, set against the whole, would give away what each of them hides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from records.cached import answer
from records.growth import WeightStatus
from records.small_cells import merged, suppress
from students.models import School, Student

CACHE, SHAPE = "growth_statistics", 2
SECONDS_KEPT: Final = 3_600
# In the order of the columns.
STATUSES: Final = tuple(status for status in WeightStatus if status)
COUNT = """
SELECT s.school_id, s.grade, s.sex, a.status, count(*)
FROM students_student s
LEFT JOIN LATERAL (
    SELECT CASE WHEN a.height_implausible = 0 AND a.weight_implausible = 0 AND a.bmi_implausible = 0
           THEN nullif(a.weight_status, 0) END AS status
    FROM records_growthassessment a
    WHERE a.student_id = s.id AND a.bmi IS NOT NULL AND a.date > %s AND a.date <= %s
    ORDER BY a.date DESC, a.record_id DESC LIMIT 1
) a ON true
WHERE s.status = 'enrolled' AND s.school_id = ANY (%s)
GROUP BY 1, 2, 3, 4
"""


def growth_statistics(schools: Collection[School]) -> dict[str, Any]:
    """Return `tables`, each with `by`, `groups` and their numbers; kept for an hour."""
    ids = sorted(school.pk for school in schools)
    names = blake2b(b"".join(one.bytes for one in ids), digest_size=16).hexdigest()
    key = f"{CACHE}:{SHAPE}:{names}:{timezone.localdate():%y%m%d}"
    found = answer(CACHE, key, lambda: build(schools), about=key.encode(), schools=ids, seconds=SECONDS_KEPT)
    tables: dict[str, Any] = orjson.loads(found.body)
    return tables


def build(schools: Collection[School]) -> bytes:
    """Count in one statement; finished JSON bytes."""
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [today - timedelta(days=365), today, [school.pk for school in schools]])
        rows = cursor.fetchall()
    dimensions: dict[str, tuple[int, dict[Any, str]]] = {
        "School": (0, {school.pk: school.name for school in sorted(schools, key=lambda one: (one.name, one.pk))}),
        "Grade": (1, {code: str(label) for code, label in Student.Grade.choices}),
        "Sex": (2, {code: str(label) for code, label in Student.Sex.choices}),
    }
    totals = Counter[int]()
    for *_, status, number in rows:
        if status is not None:
            totals[status] += number
    together = merged([totals[status] for status in STATUSES])
    columns = [[STATUSES[place] for place in places] for places in together or ()]
    return orjson.dumps(
        {
            "as_of": timezone.now(),
            "enrolled": sum(number for *_, number in rows),
            "too_few": together is None,
            "columns": [" or ".join(status.word.replace("_", " ") for status in column) for column in columns],
            "tables": [table_by(by, rows, place, labels, columns) for by, (place, labels) in dimensions.items()],
        }
    )


def table_by(
    by: str, rows: list[tuple[UUID, str, str, int | None, int]], place: int, labels: dict[Any, str],
    columns: list[list[WeightStatus]],
) -> dict[str, Any]:  # fmt: skip
    """Return one table: a row for each group that has students, and one for all."""
    enrolled, measured = Counter[Any](), Counter[tuple[Any, int]]()
    for row in rows:
        group, status, number = row[place], row[3], row[4]
        enrolled[group] += number
        if status is not None:
            measured[group, status] += number
    groups = [group for group in labels if enrolled[group]]
    if not groups or not columns:
        return {"by": by, "groups": []}
    shown = suppress([[sum(measured[group, status] for status in column) for column in columns] for group in groups])
    body = [
        line(labels[group], enrolled[group], shown.row_totals[number], shown.cells[number])
        for number, group in enumerate(groups)
    ]
    return {"by": by, "groups": [*body, line("All", enrolled.total(), shown.total, shown.column_totals)]}


def line(label: str, enrolled: int, measured: int | None, statuses: Sequence[int | None]) -> dict[str, Any]:
    """Return one line; the coverage is hidden with the number that it would give away."""
    coverage = None if measured is None else round(100 * measured / enrolled, 1)
    return {"label": label, "enrolled": enrolled, "measured": measured, "coverage": coverage, "statuses": statuses}
