"""A new record of vital signs in one statement: the row, the student's new version, the audit row, what is computed.

One statement is all or nothing by itself, so it needs no BEGIN and no COMMIT around it: one trip to the database where
the ORM makes five, with five times the work of this process. The search entry follows by its trigger.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.db import connection

from access import audit
from access.events import Action, Actor
from records.freshness import Known, announce
from records.models import HealthRecord

COMPUTED = tuple(field.attname for field in HealthRecord._meta.concrete_fields if field.generated)
WRITE = f"""
WITH fresh AS (
    UPDATE students_student SET health_version = health_version + 1 WHERE id = %(student)s
    RETURNING school_id, health_version
), noted AS ({audit.NOTE_WITHIN}), written AS (
    INSERT INTO records_healthrecord (id, student_id, type, date, description, notes, vital, vital_typed, flags,
        created_by_id, status, status_reason, source, version, created_at, updated_at, confidential, provider,
        code_system, code, result)
    VALUES (%(id)s, %(student)s, %(type)s, %(date)s, %(description)s, %(notes)s, %(vital)s::jsonb, %(typed)s::jsonb,
        %(flags)s::varchar[], %(by)s, %(status)s, '', %(source)s, 1, now(), now(), false, '', '', '', '')
    RETURNING created_at, updated_at, {", ".join(COMPUTED)}
)
SELECT fresh.school_id, fresh.health_version, written.* FROM written LEFT JOIN fresh ON true
"""


def write(by: Actor, record: HealthRecord) -> None:
    """Write a new record and its audit row, and make its student's next summary a new one; set what is computed.

    All of it or nothing, with a transaction around it or without. Raises IntegrityError, DataError as saving it would.
    """
    values: dict[str, Any] = {
        **audit.within(by, Action.VITAL_SIGNS_RECORDED, record.student_id),
        "id": record.pk,
        "type": record.type,
        "date": record.date,
        "description": record.description,
        "notes": record.notes,
        "vital": orjson.dumps(record.vital).decode(),
        "typed": orjson.dumps(record.vital_typed).decode(),
        "flags": record.flags,
        "status": record.status,
        "source": record.source,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        written: Any = cursor.fetchone()
    school_id, version, *found = written
    record.__dict__.update(zip(("created_at", "updated_at", *COMPUTED), found, strict=True))
    record._state.adding, record._state.db = False, connection.alias  # noqa: SLF001  (as Model.save_base does)
    audit.noted_within(by)
    # In a transaction more may be written about the student before it commits: then whoever is told asks again.
    announce([record.student_id], known=None if connection.in_atomic_block else Known(school_id, version))
