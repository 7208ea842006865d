"""Writing a chunk of lines: staged by COPY, then told apart and written in a handful of statements.

The search entries follow by themselves: their triggers run once a statement (migration 0002).
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from access import audit
from access.events import Action, Actor
from records.fhir.element import Problem
from records.fhir.stream import Rejection
from records.intake.batches import refused_by_database
from records.intake.csv_files import TWICE, Chunk, refused, staged
from records.intake.csv_lines import Line
from records.intake.report import Outcome, Report
from records.intake.vital_table import CHANGED_HERE
from records.models import HealthRecord
from students.models import Student

# Two imports at once would both find that a line is new. A number of this import alone.
TURN: Final = 7_102_031

STAGE: Final = """
CREATE TEMPORARY TABLE staged_line (
    line integer, id uuid, student_id uuid, type varchar(30), date date, description varchar(500), notes text,
    provider varchar(200), confidential boolean, vital jsonb, vital_typed jsonb, flags varchar(40)[],
    source_id varchar(100), digest bytea
)
"""
COPY: Final = """
COPY staged_line FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (description, notes, provider, source_id))
"""
# Writers lock the records that they change, then the students, each in the order of their ids (migration 0002).
LOCK_RECORDS: Final = """
SELECT FROM records_healthrecord WHERE id IN (
    SELECT e.target_id FROM staged_line s
    JOIN records_sourceentry e ON e.student_id = s.student_id AND e.resource_type = %s AND e.source_id = s.source_id
    WHERE e.digest <> s.digest
) ORDER BY id FOR NO KEY UPDATE
"""
KNOWN: Final = """
SELECT s.line, CASE
    WHEN e.digest = s.digest THEN 'unchanged'
    WHEN e.seen_at >= %s THEN 'twice'
    WHEN r.version > e.target_version THEN 'changed_here'
    ELSE 'updated'
END
FROM staged_line s
JOIN records_sourceentry e ON e.student_id = s.student_id AND e.resource_type = %s AND e.source_id = s.source_id
JOIN records_healthrecord r ON r.id = e.target_id
"""
# The last places of what was written: the students who get a new summary, and one row each in the audit trail.
INSERT: Final = """
WITH fresh AS NOT MATERIALIZED (
    SELECT * FROM staged_line WHERE NOT line = ANY (%(known)s::integer[])
), sources AS (
    INSERT INTO records_sourceentry (student_id, resource_type, source_id, digest, target_model, target_id,
        target_version, imported_at, seen_at)
    SELECT student_id, %(resource_type)s, source_id, digest, %(model)s, id, 1, now(), clock_timestamp() FROM fresh
)
INSERT INTO records_healthrecord (id, student_id, status, status_reason, flags, source, version, created_by_id,
    created_at, updated_at, confidential, type, date, description, notes, provider, code_system, code, result,
    vital, vital_typed)
SELECT id, student_id, 'final', '', flags, %(source)s, 1, %(user)s::integer, now(), now(), confidential, type, date,
    description, notes, provider, '', '', '', vital, vital_typed
FROM fresh
"""
UPDATE: Final = """
WITH changed AS (
    UPDATE records_sourceentry e SET digest = s.digest, imported_at = now(), seen_at = clock_timestamp(),
        target_version = e.target_version + 1
    FROM staged_line s
    WHERE s.line = ANY (%(lines)s::integer[])
        AND e.student_id = s.student_id AND e.resource_type = %(resource_type)s AND e.source_id = s.source_id
    RETURNING e.target_id, s.*
)
UPDATE records_healthrecord r SET status = 'amended', status_reason = '', flags = c.flags, version = r.version + 1,
    updated_at = now(), confidential = c.confidential, type = c.type, date = c.date, description = c.description,
    notes = c.notes, provider = c.provider, vital = c.vital, vital_typed = c.vital_typed
FROM changed c WHERE r.id = c.target_id
"""
SEEN: Final = """
UPDATE records_sourceentry e SET seen_at = clock_timestamp() FROM staged_line s
WHERE s.line = ANY (%(lines)s::integer[])
    AND e.student_id = s.student_id AND e.resource_type = %(resource_type)s AND e.source_id = s.source_id
"""
REASONS: Final = {"twice": TWICE, "changed_here": CHANGED_HERE}


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the lines of a chunk."""

    outcomes: Counter[tuple[str, Outcome]]
    rejected: list[Rejection]


@dataclass(frozen=True, slots=True)
class ChunkWriter:
    """Writes the lines of one file."""

    by: Actor
    file: str
    source: str
    """Which system the file comes from: ids count within it."""
    started: datetime.datetime
    meanwhile: Callable[[], None]
    """Called when the database gets much to do: what else there is to do may begin."""

    def take_in(self, chunk: Chunk, report: Report) -> None:
        """Write a chunk and count what becomes of each of its lines."""
        for found in chunk.rejected:
            report.reject(found)
        for kind, number in chunk.unchanged.items():
            report.count(kind, Outcome.UNCHANGED, number)
        written = self.written(chunk.lines, chunk.staged)
        for (kind, outcome), number in written.outcomes.items():
            report.count(kind, outcome, number)
        for found in written.rejected:
            report.reject(found)

    def written(self, lines: Sequence[Line], copied: bytes) -> Written:
        """Write lines in one transaction; where the database refuses one of them, the others in smaller ones."""
        if not lines:
            return Written(Counter(), [])
        try:
            with transaction.atomic():
                return self.write(lines, copied)
        except (IntegrityError, DataError) as error:
            if len(lines) == 1:
                return Written(Counter(), [self.refused(lines[0], refused_by_database(error))])
        half = len(lines) // 2
        one, other = (self.written(part, staged(part)) for part in (lines[:half], lines[half:]))
        return Written(one.outcomes + other.outcomes, one.rejected + other.rejected)

    def write(self, lines: Sequence[Line], copied: bytes) -> Written:
        """Write lines; a fixed number of statements. Raises IntegrityError, DataError."""
        given = {"resource_type": self.resource_type, "model": HealthRecord._meta.label, "source": self.source,
                 "user": self.by.user_id}  # fmt: skip
        with connection.cursor() as cursor:
            # References are checked at each statement: a whole chunk of them would wait for the commit.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
            cursor.execute(STAGE)
            with cursor.copy(COPY) as stream:
                stream.write(copied)
            known = self.known(cursor)
            if any(verdict == "updated" for verdict in known.values()):
                cursor.execute(LOCK_RECORDS, [self.resource_type])
                known = self.known(cursor)
            updated = {line for line, verdict in known.items() if verdict == "updated"}
            unchanged = [line for line, verdict in known.items() if verdict == "unchanged"]
            changed = {line.student_id for line in lines if line.line not in known or line.line in updated}
            touched = [UUID(student_id) for student_id in changed]
            Student.objects.make_stale(touched)
            self.meanwhile()
            if updated:
                cursor.execute(UPDATE, given | {"lines": list(updated)})
            if unchanged:
                cursor.execute(SEEN, given | {"lines": unchanged})
            if len(known) < len(lines):
                cursor.execute(INSERT, given | {"known": list(known)})
            cursor.execute("DROP TABLE staged_line")
        audit.note(self.by, Action.RECORDS_IMPORTED, touched)
        return self.accounted(lines, known)

    def known(self, cursor: CursorWrapper) -> dict[int, str]:
        """Return the verdict about the lines whose ids an earlier import has taken, or an earlier chunk of this."""
        cursor.execute(KNOWN, [self.started, self.resource_type])
        return dict(cursor.fetchall())

    def accounted(self, lines: Sequence[Line], known: dict[int, str]) -> Written:
        """Say what became of each line."""
        outcomes = Counter((line.type, Outcome.CREATED) for line in lines if line.line not in known)
        rejected = []
        for line in lines if known else ():
            verdict = known.get(line.line)
            if verdict in REASONS:
                rejected.append(self.refused(line, Problem("id", REASONS[verdict])))
            elif verdict:
                outcomes[line.type, Outcome(verdict)] += 1
        return Written(outcomes, rejected)

    @property
    def resource_type(self) -> str:
        """What the source entries call these lines."""
        return f"record:{self.source}"

    def refused(self, line: Line, problem: Problem) -> Rejection:
        """Return the rejection of a line."""
        return refused(self.file, line.line, [problem], line.type)
