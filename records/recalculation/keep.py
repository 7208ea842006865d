"""Results into the table: new ones by COPY, and of those that are there only the rows that differ are touched."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from numpy.typing import NDArray
from psycopg import ClientCursor, Connection
from psycopg.errors import UniqueViolation

from records.growth import Assessment, reference
from records.recalculation.chunks import RULES, Chunk, index_by_index
from records.recalculation.rows import DATE, EPOCH, ID, INTEGER, NUMBER, SMALL, TIME, Layout

# PostgreSQL counts time in microseconds from here.
SINCE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
# Columns of records_growthassessment beside the key, as they travel.
NUMBERS = (
    "height_z", "height_percentile", "height_modified_z", "weight_z", "weight_percentile", "weight_modified_z",
    "bmi", "bmi_z", "bmi_percentile", "bmi_modified_z", "bmi_percent_of_p95",
)  # fmt: skip
CODES = (
    "weight_status", "reference", "height_reason", "weight_reason", "bmi_reason", "height_implausible",
    "weight_implausible", "bmi_implausible",
)  # fmt: skip
ROW = Layout(
    {"record_id": ID, "student_id": ID, "date": DATE, "age_days": INTEGER}
    | dict.fromkeys(NUMBERS, NUMBER)
    | dict.fromkeys(CODES, SMALL)
    | {"computed_at": TIME}
)
COPY = "COPY {} (" + ", ".join(ROW.columns) + ") FROM STDIN (FORMAT BINARY)"
MAKE = """
CREATE TEMPORARY TABLE IF NOT EXISTS growth_staging AS SELECT * FROM records_growthassessment WITH NO DATA
"""
KNOWN = "SELECT EXISTS (SELECT FROM growth_chunk c JOIN records_growthassessment a ON a.student_id = c.id)"
REMOVE = """
DELETE FROM records_growthassessment a USING growth_chunk c
WHERE a.student_id = c.id AND a.record_id NOT IN (SELECT record_id FROM growth_staging)
"""
COMPARED = ROW.columns[1:-1]
# A row that says the same is not touched, not even locked.
MERGE = f"""
MERGE INTO records_growthassessment a USING growth_staging s ON a.record_id = s.record_id
WHEN MATCHED AND ({", ".join(f"a.{name}" for name in COMPARED)})
        IS DISTINCT FROM ({", ".join(f"s.{name}" for name in COMPARED)}) THEN
    UPDATE SET {", ".join(f"{name} = s.{name}" for name in ROW.columns[1:])}
WHEN NOT MATCHED THEN
    INSERT ({", ".join(ROW.columns)}) VALUES ({", ".join(f"s.{name}" for name in ROW.columns)})
"""
REACHED = f"""
INSERT INTO records_growthprogress AS p (student_id, health_version, rules)
SELECT id, health_version, {RULES} FROM growth_chunk
ON CONFLICT (student_id) DO UPDATE SET health_version = excluded.health_version, rules = excluded.rules
WHERE (p.health_version, p.rules) IS DISTINCT FROM (excluded.health_version, excluded.rules)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows a chunk wrote or changed, and took away."""

    written: int
    removed: int


def keep(connection: Connection[Any], chunk: Chunk, found: Assessment) -> Kept:
    """Make the stored assessments of the chunk's students what was found, and note at which version.

    Where the students have none yet, COPY writes straight into the table. Else it writes into a staging table, and only
    the rows that differ are touched. A record that moved to another student keeps its row; one that does not stand any
    more loses it.
    """
    rows = ROW.sent(rows_of(chunk, found), NUMBERS)
    with ClientCursor(connection) as cursor:
        (known,) = cursor.execute(KNOWN).fetchone() or (True,)
        kept = None if known else add(connection, rows)
        if kept is None:
            cursor.execute("TRUNCATE growth_staging")
            copy(cursor, "growth_staging", rows)
            with index_by_index(cursor):
                removed = cursor.execute(REMOVE).rowcount
                kept = Kept(written=cursor.execute(MERGE).rowcount, removed=removed)
        cursor.execute(REACHED)
    return kept


def add(connection: Connection[Any], rows: list[bytes]) -> Kept | None:
    """Add the rows; return None, having done nothing, where a record has a row as another student's."""
    try:
        with connection.transaction(), ClientCursor(connection) as cursor:
            return Kept(written=copy(cursor, "records_growthassessment", rows), removed=0)
    except UniqueViolation:
        return None


def copy(cursor: ClientCursor[Any], table: str, rows: list[bytes]) -> int:
    """Copy the rows into a table; return how many there were."""
    with cursor.copy(COPY.format(table)) as copying:
        for piece in rows:
            copying.write(piece)
    return cursor.rowcount


def rows_of(chunk: Chunk, found: Assessment) -> NDArray[Any]:
    """Return the results as rows of the table."""
    size = len(chunk)
    rows = ROW.room(size)
    rows["record_id"] = chunk.record
    rows["student_id"] = chunk.students[chunk.place]
    rows["date"] = chunk.date - EPOCH
    rows["age_days"] = chunk.children.age_days
    for name, one in (("height", found.height), ("weight", found.weight), ("bmi", found.bmi)):
        rows[f"{name}_z"] = one.z[:size]
        rows[f"{name}_percentile"] = one.percentile[:size]
        rows[f"{name}_modified_z"] = one.modified_z[:size]
        rows[f"{name}_reason"] = one.reason[:size]
        rows[f"{name}_implausible"] = one.implausible[:size]
    rows["bmi"] = found.bmi_value[:size]
    rows["bmi_percent_of_p95"] = found.percent_of_p95[:size]
    rows["weight_status"] = found.weight_status[:size]
    rows["reference"] = reference(chunk.children.age_days)
    rows["computed_at"] = (timezone.now() - SINCE) // datetime.timedelta(microseconds=1)
    return rows
