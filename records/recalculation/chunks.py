"""A chunk: the next students, and all their standing heights and weights as arrays.

Chosen by id, a chunk a transaction: an interrupted run goes on after the last one that stands, and no snapshot stays
open for the length of a run, as one cursor over the whole district would keep it (docs/stored-growth.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg import ClientCursor, Connection, Cursor

from records.growth import Children, Sex, on_chart
from records.measured_visits import LYING, SEXES
from records.recalculation.rows import BOOLEAN, DATE, EPOCH, ID, INTEGER, NUMBER, column

# Grows with each change of what a stored number means, so that the next run computes everybody anew.
RULES = 1

MAKE = """
CREATE TEMPORARY TABLE IF NOT EXISTS growth_chunk (
    place integer, id uuid, birth_date date, sex text, health_version bigint
)
"""
NEXT = """
INSERT INTO growth_chunk
SELECT row_number() OVER (ORDER BY s.id) - 1, s.id, s.birth_date, s.sex, s.health_version
FROM (
    SELECT s.id, s.birth_date, s.sex, s.health_version
    FROM students_student s LEFT JOIN records_growthprogress p ON p.student_id = s.id
    WHERE s.id > %(after)s AND (%(school)s::uuid IS NULL OR s.school_id = %(school)s)
      AND (%(whole)s OR p.health_version IS DISTINCT FROM s.health_version OR p.rules <> %(rules)s)
    ORDER BY s.id LIMIT %(students)s
) AS s
RETURNING place, id, birth_date - date '1970-01-01', sex
"""
COUNT = """
SELECT count(*)
FROM students_student s LEFT JOIN records_growthprogress p ON p.student_id = s.id
WHERE s.id > %(after)s AND (%(school)s::uuid IS NULL OR s.school_id = %(school)s)
  AND (%(whole)s OR p.health_version IS DISTINCT FROM s.health_version OR p.rules <> %(rules)s)
"""
# Each column as one array: a row by itself would cost more on its way than all its values. `vital IS NOT NULL` is the
# condition of an index. The order is the database's own.
READ = f"""
SELECT array_agg(r.id), array_agg(c.place), array_agg(r.date), array_agg(coalesce(r.height_cm, 'NaN')),
       array_agg(coalesce(r.weight_kg, 'NaN')), array_agg('{LYING}' = ANY (r.flags))
FROM growth_chunk c JOIN records_healthrecord r ON r.student_id = c.id
WHERE r.vital IS NOT NULL AND (r.height_cm IS NOT NULL OR r.weight_kg IS NOT NULL)
  AND r.status <> 'entered_in_error'
"""
COLUMNS = (ID, INTEGER, DATE, NUMBER, NUMBER, BOOLEAN)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which students a run goes through: all or those who changed, of one school or of all."""

    whole: bool
    school_id: UUID | None

    def values(self, after: UUID) -> dict[str, Any]:
        """Return what the statements ask with."""
        return {"after": after, "whole": self.whole, "school": self.school_id, "rules": RULES}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Students by place from 0, and n measurements of theirs."""

    students: NDArray[Any]
    """Ids, 16 bytes each."""
    last: UUID
    record: NDArray[Any]
    place: NDArray[np.int32]
    date: NDArray[np.int64]
    """Days since 1970."""
    children: Children
    height: NDArray[np.float64]
    """As measured, in cm; NaN where it was not."""
    on_chart: NDArray[np.float64]
    """As the chart of the age expects it; see records.growth.stature."""
    weight: NDArray[np.float64]
    lying: NDArray[np.bool_]

    @classmethod
    def of(cls, students: list[tuple[int, UUID, int, str]], columns: list[NDArray[Any]]) -> Self:
        """Put the columns and their students together."""
        ids = np.empty(len(students), dtype=ID)
        born, sex = np.empty(len(students), dtype=np.int64), np.empty(len(students), dtype=np.uint8)
        for place, student, birthday, word in students:
            ids[place], born[place], sex[place] = student.bytes, birthday, SEXES.get(word, Sex.UNKNOWN)
        record, place_of, dated, tall, heavy, flat = columns
        which = place_of.astype(np.int32)
        date = dated.astype(np.int64) + EPOCH
        days = (date - born[which]).astype(np.int32)
        height, lying = tall.astype(np.float64), flat != 0
        fitted = np.where(lying, on_chart(height, days, lying=True), height) if lying.any() else height
        return cls(
            students=ids,
            last=max(student for _, student, _, _ in students),
            record=record,
            place=which,
            date=date,
            children=Children.of_days(sex[which], days),
            height=height,
            on_chart=fitted,
            weight=heavy.astype(np.float64),
            lying=lying,
        )

    def __len__(self) -> int:
        return len(self.place)


def next_chunk(connection: Connection[Any], scope: Scope, after: UUID, students: int) -> Chunk | None:
    """Return the next so many students with their measurements, None where there are none any more.

    Their ids and versions stay in the temporary table growth_chunk, for keep.py, until the next chunk.
    """
    with ClientCursor(connection) as cursor:
        cursor.execute("TRUNCATE growth_chunk")
        cursor.execute(NEXT, scope.values(after) | {"students": students})
        found = cursor.fetchall()
        if not found:
            return None
        with index_by_index(cursor), Cursor(connection) as reader:
            columns = reader.execute(READ, binary=True).pgresult
            if columns is None:
                raise ValueError("PostgreSQL sent no columns.")
        return Chunk.of(found, [column(columns.get_value(0, place), kind) for place, kind in enumerate(COLUMNS)])


@contextmanager
def index_by_index(cursor: ClientCursor[Any]) -> Iterator[None]:
    """Look up each row of a temporary table in the index of the large one.

    The planner, which has no statistics of temporary tables, would read a whole large table for each chunk.
    """
    cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    yield
    cursor.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")
